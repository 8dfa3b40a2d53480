package dev.openmath.operator.generation;

import dev.openmath.api.GenerationJob;
import dev.openmath.operator.Settings;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.Map;

/** The Job that reads the sources and writes the plan. Pure. */
final class PlanJob {
    private static final long GRACE_SECONDS = 15;

    private PlanJob() {}

    static Job desired(GenerationJob job, Settings settings) {
        var pod = new WorkerPod(job, JobNames.PLAN, WorkerJob.resources("128Mi", "1Gi"), settings)
                .withSources()
                .withPrompts();
        return WorkerJob.single(
                job,
                JobNames.plan(job),
                JobNames.PLAN,
                SpecHashes.planPod(job.getSpec()),
                pod.build(GRACE_SECONDS, false, Map.of()));
    }
}
