package dev.openmath.operator.generation;

import dev.openmath.api.Labels;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/** Simple facts about a child Job. Pure. */
final class JobStates {
    private static final Duration WATCH_LAG = Duration.ofSeconds(5);

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

    /**
     * Whether the Job ended only now. Its pods come by another watch, which may lag: what they said is not missing
     * before this time has passed.
     */
    static boolean endedJustNow(Job job, Instant now) {
        return job.getStatus() != null
                && job.getStatus().getConditions().stream()
                        .filter(c -> "True".equals(c.getStatus()))
                        .map(JobCondition::getLastTransitionTime)
                        .filter(Objects::nonNull)
                        .anyMatch(t -> Duration.between(Instant.parse(t), now).compareTo(WATCH_LAG) < 0);
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
