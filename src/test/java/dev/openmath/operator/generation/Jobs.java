package dev.openmath.operator.generation;

import dev.openmath.api.GenerationJob;
import dev.openmath.api.GenerationJobStatus;
import dev.openmath.operator.Manifests;
import io.fabric8.kubernetes.client.utils.Serialization;

/** Jobs that tests begin with. */
final class Jobs {
    static final String RUN = "v1-0123456789abcdef";
    static final GenerationJobStatus NONE = new GenerationJobStatus(
            null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);

    private Jobs() {}

    /** The demo's job as the API server stores it, generation 1. */
    static GenerationJob demo(String... replacements) {
        String yaml = Manifests.JOB;
        for (int i = 0; i < replacements.length; i += 2) {
            yaml = yaml.replace(replacements[i], replacements[i + 1]);
        }
        GenerationJob job = Serialization.unmarshal(yaml, GenerationJob.class);
        job.getMetadata().setNamespace("data");
        job.getMetadata().setUid("job-uid");
        job.getMetadata().setGeneration(1L);
        return job;
    }

    static GenerationJobStatus planned(GenerationJob job, long samples, long shards) {
        return withPlan(
                NONE,
                new GenerationJobStatus.Plan(
                        20L, samples, shards, "%064x".formatted(samples), SpecHashes.plan(job.getSpec())));
    }

    static GenerationJobStatus withPlan(GenerationJobStatus s, GenerationJobStatus.Plan plan) {
        return new GenerationJobStatus(
                s.observedGeneration(),
                s.runId() == null ? RUN : s.runId(),
                s.attempt(),
                s.startTime(),
                s.completionTime(),
                s.conditions(),
                plan,
                s.progress(),
                s.results(),
                s.throughput(),
                s.usage(),
                s.workers(),
                s.failures(),
                s.output(),
                s.backoff(),
                s.observedRetry());
    }
}
