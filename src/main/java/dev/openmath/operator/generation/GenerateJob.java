package dev.openmath.operator.generation;

import dev.openmath.api.GenerationJob;
import dev.openmath.api.Labels;
import dev.openmath.api.Workers;
import dev.openmath.operator.Resources;
import dev.openmath.operator.Settings;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The Indexed Job whose indexes are worker slots, never shards: a worker leases shards until none is left. Pure. */
final class GenerateJob {
    /** The worker flushes within 20 s of SIGTERM, the engine is stopped after it. */
    private static final long GRACE_SECONDS = 60;

    private static final int DEFAULT_BACKOFF_LIMIT = 10;

    private GenerateJob() {}

    static Job desired(GenerationJob job, int attempt, int replicas, Settings settings) {
        Map<String, String> attemptLabel = Map.of(Labels.ATTEMPT, String.valueOf(attempt));
        var pod = new WorkerPod(job, JobNames.GENERATE, resources(job.getSpec().workers()), settings)
                .withSources()
                .withPrompts()
                .withSandbox()
                .withEngine()
                .withManagement();
        var failures = job.getSpec().failurePolicy();
        var spec = WorkerJob.specOf(pod.build(GRACE_SECONDS, true, attemptLabel))
                .withCompletionMode("Indexed")
                .withParallelism(replicas)
                .withCompletions(replicas)
                .withBackoffLimitPerIndex(
                        failures == null || failures.backoffLimitPerWorker() == null
                                ? DEFAULT_BACKOFF_LIMIT
                                : failures.backoffLimitPerWorker());
        Job generate = WorkerJob.of(
                job,
                JobNames.generate(job, attempt),
                JobNames.GENERATE,
                SpecHashes.generatePod(job.getSpec()),
                attemptLabel,
                spec);
        generate.getMetadata().getAnnotations().put(Labels.PLAN_HASH, planHash(job));
        return generate;
    }

    /** Whether the Job was started for another plan than the current one: the plan grew since. */
    static boolean isOfAnotherPlan(Job generate, GenerationJob job) {
        return !planHash(job).equals(generate.getMetadata().getAnnotations().get(Labels.PLAN_HASH));
    }

    private static String planHash(GenerationJob job) {
        return job.getStatus() == null
                        || job.getStatus().plan() == null
                        || job.getStatus().plan().sha256() == null
                ? ""
                : job.getStatus().plan().sha256();
    }

    static int attempt(Job generate) {
        String label = generate.getMetadata().getLabels().get(Labels.ATTEMPT);
        return label == null ? 0 : Integer.parseInt(label);
    }

    private static ResourceRequirements resources(@Nullable Workers workers) {
        return Resources.merge(WorkerJob.resources("256Mi", "2Gi"), workers == null ? null : workers.resources());
    }
}
