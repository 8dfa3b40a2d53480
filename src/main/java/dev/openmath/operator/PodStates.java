package dev.openmath.operator;

import io.fabric8.kubernetes.api.model.Pod;

/** Simple facts about a pod. Pure. */
public final class PodStates {
    private PodStates() {}

    /** Whether the pod serves and is not on its way out. */
    public static boolean isReady(Pod pod) {
        return pod.getMetadata().getDeletionTimestamp() == null
                && pod.getStatus() != null
                && pod.getStatus().getConditions().stream()
                        .anyMatch(c -> "Ready".equals(c.getType()) && "True".equals(c.getStatus()));
    }

    /** Whether none of the pod's containers will run again. */
    public static boolean isOver(Pod pod) {
        return pod.getStatus() != null
                && ("Succeeded".equals(pod.getStatus().getPhase())
                        || "Failed".equals(pod.getStatus().getPhase()));
    }

    /** Whether the container of this name runs. */
    public static boolean runs(Pod pod, String container) {
        return pod.getStatus() != null
                && pod.getStatus().getContainerStatuses().stream()
                        .anyMatch(c -> container.equals(c.getName())
                                && c.getState() != null
                                && c.getState().getRunning() != null);
    }
}
