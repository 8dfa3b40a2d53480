package dev.openmath.operator.generation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.openmath.operator.PodStates;
import dev.openmath.operator.Trouble;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What pods said when they ended: their termination message, else how they ended. Pure. */
final class LastWords {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private LastWords() {}

    /** The worker container's termination message, if it left a JSON object. */
    static Optional<JsonNode> of(Pod pod) {
        return terminated(pod).map(ContainerStateTerminated::getMessage).flatMap(LastWords::parse);
    }

    /** Why the newest failed pod failed; else what the Job itself says. */
    static Trouble ofFailed(Job job, List<Pod> pods) {
        return pods.stream()
                .filter(p -> "Failed"
                        .equals(p.getStatus() == null ? null : p.getStatus().getPhase()))
                .max(Comparator.comparing(LastWords::end))
                .map(LastWords::failure)
                .orElseGet(() -> job.getStatus().getConditions().stream()
                        .filter(c -> "Failed".equals(c.getType()))
                        .findFirst()
                        .map(c -> new Trouble(
                                c.getReason() == null ? "JobFailed" : c.getReason(),
                                "Job %s failed: %s".formatted(job.getMetadata().getName(), c.getMessage())))
                        .orElse(new Trouble(
                                "JobFailed",
                                "Job %s failed".formatted(job.getMetadata().getName()))));
    }

    /** Why this pod failed: the worker's own sentence where it left one. */
    static Trouble failure(Pod pod) {
        Optional<Trouble> own = of(pod).map(m -> m.path("error"))
                .filter(e -> e.hasNonNull("reason"))
                .map(e ->
                        new Trouble(e.path("reason").asText(), e.path("message").asText("The worker gave no message")));
        return own.orElseGet(() -> ending(pod));
    }

    /** Exit code of the worker container, if it ended. */
    static Optional<Integer> exitCode(Pod pod) {
        return terminated(pod).map(ContainerStateTerminated::getExitCode);
    }

    private static Trouble ending(Pod pod) {
        String namespace = pod.getMetadata().getNamespace();
        String name = pod.getMetadata().getName();
        return terminated(pod)
                .map(t -> "OOMKilled".equals(t.getReason())
                        ? new Trouble(
                                "OutOfMemory",
                                "The worker of pod %s used more memory than its limit; raise workers.resources.limits.memory"
                                        .formatted(name))
                        : new Trouble(
                                "WorkerFailed",
                                "The worker of pod %s ended with code %d; see: kubectl logs -n %s %s -c worker"
                                        .formatted(name, t.getExitCode(), namespace, name)))
                .orElseGet(() -> new Trouble(
                        pod.getStatus().getReason() == null
                                ? "PodFailed"
                                : pod.getStatus().getReason(),
                        "Pod %s failed before its worker ran; see: kubectl describe pod -n %s %s"
                                .formatted(name, namespace, name)));
    }

    private static Optional<ContainerStateTerminated> terminated(Pod pod) {
        if (pod.getStatus() == null) {
            return Optional.empty();
        }
        return pod.getStatus().getContainerStatuses().stream()
                .filter(c -> WorkerPod.CONTAINER.equals(c.getName()))
                .findFirst()
                .flatMap(LastWords::terminated);
    }

    private static Optional<ContainerStateTerminated> terminated(ContainerStatus container) {
        if (container.getState() != null && container.getState().getTerminated() != null) {
            return Optional.of(container.getState().getTerminated());
        }
        return container.getLastState() == null
                ? Optional.empty()
                : Optional.ofNullable(container.getLastState().getTerminated());
    }

    private static String end(Pod pod) {
        return PodStates.isOver(pod)
                ? terminated(pod)
                        .map(ContainerStateTerminated::getFinishedAt)
                        .orElse(String.valueOf(pod.getMetadata().getCreationTimestamp()))
                : "";
    }

    private static Optional<JsonNode> parse(String text) {
        try {
            JsonNode json = JSON.readTree(text);
            return json != null && json.isObject() ? Optional.of(json) : Optional.empty();
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }
}
