package dev.openmath.operator.generation;

import dev.openmath.api.GenerationJob;
import dev.openmath.api.Labels;
import dev.openmath.operator.Children;
import java.util.Map;
import java.util.TreeMap;

/** Names and labels of a GenerationJob's children. */
final class JobNames {
    static final String APP = "openmath-worker";
    static final String PLAN = "plan";
    static final String GENERATE = "generate";
    static final String FINALIZE = "finalize";

    private JobNames() {}

    static String plan(GenerationJob job) {
        return name(job) + "-plan";
    }

    static String generate(GenerationJob job, int attempt) {
        return name(job) + "-g" + attempt;
    }

    static String finalizing(GenerationJob job, int revision) {
        return name(job) + "-finalize-" + revision;
    }

    static String spec(GenerationJob job) {
        return name(job) + "-spec";
    }

    static String policy(GenerationJob job) {
        return name(job) + "-workers";
    }

    static String name(GenerationJob job) {
        return job.getMetadata().getName();
    }

    /** Labels of a child and, for Jobs, of its pods. */
    static Map<String, String> labels(GenerationJob job, String role) {
        Map<String, String> labels = Children.labels(APP, name(job), role);
        labels.put(Labels.GENERATION_JOB, name(job));
        labels.put(Labels.ROLE, role);
        return labels;
    }

    /** What selects the worker pods of all attempts. */
    static Map<String, String> workerSelector(GenerationJob job) {
        Map<String, String> selector = new TreeMap<>();
        selector.put(Labels.GENERATION_JOB, name(job));
        selector.put(Labels.ROLE, GENERATE);
        return selector;
    }

    static String workerSelectorText(GenerationJob job) {
        return Labels.GENERATION_JOB + "=" + name(job) + "," + Labels.ROLE + "=" + GENERATE;
    }
}
