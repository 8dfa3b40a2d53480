package dev.openmath.operator.generation;

import dev.openmath.api.GenerationJob;
import dev.openmath.operator.Settings;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.Map;

/** The Job that verifies the commits and exports the data set. Pure. */
final class FinalizeJob {
    private static final long GRACE_SECONDS = 15;

    private FinalizeJob() {}

    static Job desired(GenerationJob job, int revision, Settings settings) {
        var pod = new WorkerPod(job, JobNames.FINALIZE, WorkerJob.resources("128Mi", "2Gi"), settings)
                .withRevision(revision);
        return WorkerJob.single(
                job,
                JobNames.finalizing(job, revision),
                JobNames.FINALIZE,
                SpecHashes.finalizePod(job),
                pod.build(GRACE_SECONDS, false, Map.of()));
    }
}
