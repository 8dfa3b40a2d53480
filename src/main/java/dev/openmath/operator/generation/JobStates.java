package dev.openmath.operator.generation;

import dev.openmath.api.Labels;
import io.fabric8.kubernetes.api.model.batch.v1.Job;

/** Simple facts about a child Job. Pure. */
final class JobStates {
    private JobStates() {}

    static boolean isComplete(Job job) {
        return has(job, "Complete");
    }

    static boolean isFailed(Job job) {
        return has(job, "Failed");
    }

    static boolean isOver(Job job) {
        return isComplete(job) || isFailed(job);
    }

    static boolean isLeaving(Job job) {
        return job.getMetadata().getDeletionTimestamp() != null;
    }

    /** Whether the Job was made from other inputs than these. */
    static boolean differs(Job job, String inputHash) {
        return job.getMetadata().getAnnotations() == null
                || !inputHash.equals(job.getMetadata().getAnnotations().get(Labels.INPUT_HASH));
    }

    private static boolean has(Job job, String condition) {
        return job.getStatus() != null
                && job.getStatus().getConditions().stream()
                        .anyMatch(c -> condition.equals(c.getType()) && "True".equals(c.getStatus()));
    }
}
