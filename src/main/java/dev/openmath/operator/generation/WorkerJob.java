package dev.openmath.operator.generation;

import dev.openmath.api.GenerationJob;
import dev.openmath.api.Labels;
import dev.openmath.operator.Children;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpecBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.PodFailurePolicy;
import io.fabric8.kubernetes.api.model.batch.v1.PodFailurePolicyBuilder;
import java.util.Map;

/** What the Jobs of all three roles have in common. Pure. */
final class WorkerJob {
    /** Exit code of a worker whose input is wrong: another pod would say the same. */
    private static final int BAD_INPUT = 2;
    /** Exit codes of a worker that was stopped: no fault of its own. */
    private static final Integer[] STOPPED = {75, 143};

    private WorkerJob() {}

    /** A Job of one pod; the operator itself decides when another is worth trying. */
    static Job single(GenerationJob job, String name, String role, String inputHash, PodTemplateSpec template) {
        return of(job, name, role, inputHash, Map.of(), specOf(template).withBackoffLimit(0));
    }

    static Job of(
            GenerationJob job,
            String name,
            String role,
            String inputHash,
            Map<String, String> extraLabels,
            JobSpecBuilder spec) {
        Map<String, String> labels = JobNames.labels(job, role);
        labels.putAll(extraLabels);
        return new JobBuilder()
                .withMetadata(Children.metadata(job, name, labels))
                .editMetadata()
                .addToAnnotations(Labels.INPUT_HASH, inputHash)
                .endMetadata()
                .withSpec(spec.build())
                .build();
    }

    static JobSpecBuilder specOf(PodTemplateSpec template) {
        return new JobSpecBuilder().withPodFailurePolicy(failurePolicy()).withTemplate(template);
    }

    /** The rules name the container: without that, exit codes of the engine would match too. */
    private static PodFailurePolicy failurePolicy() {
        return new PodFailurePolicyBuilder()
                .addNewRule()
                .withAction("Ignore")
                .addNewOnPodCondition("True", "DisruptionTarget")
                .endRule()
                .addNewRule()
                .withAction("FailJob")
                .withNewOnExitCodes()
                .withContainerName(WorkerPod.CONTAINER)
                .withOperator("In")
                .withValues(BAD_INPUT)
                .endOnExitCodes()
                .endRule()
                .addNewRule()
                .withAction("Ignore")
                .withNewOnExitCodes()
                .withContainerName(WorkerPod.CONTAINER)
                .withOperator("In")
                .withValues(STOPPED)
                .endOnExitCodes()
                .endRule()
                .build();
    }

    /** Requests small enough for a small node; the limit bounds what a mistake can cost. */
    static ResourceRequirements resources(String memoryRequest, String memoryLimit) {
        return new ResourceRequirementsBuilder()
                .addToRequests(Map.of("cpu", new Quantity("50m"), "memory", new Quantity(memoryRequest)))
                .addToLimits(Map.of("memory", new Quantity(memoryLimit)))
                .build();
    }
}
