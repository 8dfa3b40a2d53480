package dev.openmath.operator;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads from a pod's own status why it does not come up, in sentences to act on. Pure. */
public final class PodTrouble {
    /** A pod may be unschedulable for a moment while another one leaves. */
    private static final Duration SCHEDULING_GRACE = Duration.ofSeconds(10);

    private static final Pattern NOT_FOUND = Pattern.compile("(?i)(secret|configmap) \"([^\"]+)\" not found");
    private static final Pattern NO_KEY =
            Pattern.compile("(?i)couldn't find key (\\S+) in (Secret|ConfigMap) \\S*?/?([^/\\s]+)$");
    private static final Pattern NO_VOLUME_KEY = Pattern.compile("references non-existent (\\w+) key: (\\S+)");
    private static final Pattern NO_CLAIM = Pattern.compile("persistentvolumeclaim \"([^\"]+)\" not found");

    private PodTrouble() {}

    /** The first trouble among pods that are not being deleted. */
    public static Optional<Trouble> first(List<Pod> pods, Instant now) {
        return pods.stream()
                .filter(p -> p.getMetadata().getDeletionTimestamp() == null)
                .flatMap(p -> of(p, now).stream())
                .findFirst();
    }

    /** What keeps this pod from running, if anything. */
    public static Optional<Trouble> of(Pod pod, Instant now) {
        PodStatus status = pod.getStatus();
        if (status == null || "Succeeded".equals(status.getPhase()) || "Failed".equals(status.getPhase())) {
            return Optional.empty();
        }
        return containers(status)
                .flatMap(c -> ofContainer(pod, c).stream())
                .findFirst()
                .or(() -> scheduling(pod, status, now));
    }

    /** Turns the kubelet's words about a volume into a sentence; empty if it says nothing to act on. */
    public static Optional<Trouble> ofMountMessage(Pod pod, String message) {
        Matcher key = NO_VOLUME_KEY.matcher(message);
        if (key.find()) {
            return Optional.of(new Trouble(
                    key.group(1).equalsIgnoreCase("secret") ? "SecretKeyNotFound" : "ConfigMapKeyNotFound",
                    "A %s that pod %s mounts has no key %s; add the key, the pod goes on by itself"
                            .formatted(
                                    key.group(1).equalsIgnoreCase("secret") ? "Secret" : "ConfigMap",
                                    pod.getMetadata().getName(),
                                    key.group(2))));
        }
        return missing(pod, message)
                .or(() -> Optional.of(new Trouble(
                        "FailedMount",
                        "Pod %s cannot mount a volume: %s"
                                .formatted(pod.getMetadata().getName(), firstLine(message)))));
    }

    /** Whether the pod waits for something that only the kubelet's events explain, such as a volume. */
    public static boolean waitsForVolumes(Pod pod) {
        PodStatus status = pod.getStatus();
        return status != null
                && "Pending".equals(status.getPhase())
                && pod.getMetadata().getDeletionTimestamp() == null
                && condition(status, "PodScheduled")
                        .filter(c -> "True".equals(c.getStatus()))
                        .isPresent()
                && containers(status)
                        .allMatch(c -> c.getState() == null
                                || (c.getState().getWaiting() != null
                                        && Stream.of("ContainerCreating", "PodInitializing")
                                                .anyMatch(c.getState()
                                                        .getWaiting()
                                                        .getReason()::equals)));
    }

    private static Optional<Trouble> ofContainer(Pod pod, ContainerStatus container) {
        if (container.getState() == null || container.getState().getWaiting() == null) {
            return Optional.empty();
        }
        String reason = String.valueOf(container.getState().getWaiting().getReason());
        String message = String.valueOf(container.getState().getWaiting().getMessage());
        String name = pod.getMetadata().getName();
        return switch (reason) {
            case "ImagePullBackOff", "ErrImagePull", "InvalidImageName", "ErrImageNeverPull" ->
                Optional.of(new Trouble(
                        "ImagePullBackOff".equals(reason)
                                ? "ImagePullFailed"
                                : reason.replace("ErrImagePull", "ImagePullFailed"),
                        "Image %s of container %s cannot be pulled; correct its name, or load it or give pull secrets"
                                .formatted(container.getImage(), container.getName())));
            case "CrashLoopBackOff" ->
                Optional.of(new Trouble(
                        "CrashLoop",
                        "Container %s of pod %s stopped %d times, last with %s; see: kubectl logs -n %s %s -c %s --previous"
                                .formatted(
                                        container.getName(),
                                        name,
                                        container.getRestartCount(),
                                        lastEnd(container),
                                        pod.getMetadata().getNamespace(),
                                        name,
                                        container.getName())));
            case "CreateContainerConfigError", "CreateContainerError", "RunContainerError" ->
                missing(pod, message)
                        .or(() -> Optional.of(new Trouble(
                                reason,
                                "Container %s of pod %s cannot be created: %s"
                                        .formatted(container.getName(), name, firstLine(message)))));
            default -> Optional.empty();
        };
    }

    private static Optional<Trouble> missing(Pod pod, String message) {
        String namespace = pod.getMetadata().getNamespace();
        Matcher object = NOT_FOUND.matcher(message);
        if (object.find()) {
            String kind = object.group(1).equalsIgnoreCase("secret") ? "Secret" : "ConfigMap";
            return Optional.of(new Trouble(
                    kind + "NotFound",
                    "%s %s is missing in namespace %s; create it, the pod goes on by itself"
                            .formatted(kind, object.group(2), namespace)));
        }
        Matcher key = NO_KEY.matcher(message.strip());
        if (key.find()) {
            String kind = key.group(2);
            return Optional.of(new Trouble(
                    kind + "KeyNotFound",
                    "%s %s in namespace %s has no key %s; add the key, the pod goes on by itself"
                            .formatted(kind, key.group(3), namespace, key.group(1))));
        }
        return Optional.empty();
    }

    private static Optional<Trouble> scheduling(Pod pod, PodStatus status, Instant now) {
        return condition(status, "PodScheduled")
                .filter(c -> "False".equals(c.getStatus()) && "Unschedulable".equals(c.getReason()))
                .filter(c -> c.getLastTransitionTime() == null
                        || Duration.between(Instant.parse(c.getLastTransitionTime()), now)
                                        .compareTo(SCHEDULING_GRACE)
                                >= 0)
                .map(c -> {
                    Matcher claim = NO_CLAIM.matcher(String.valueOf(c.getMessage()));
                    return claim.find()
                            ? new Trouble(
                                    "PersistentVolumeClaimNotFound",
                                    "PersistentVolumeClaim %s is missing in namespace %s; create it, the pod goes on by itself"
                                            .formatted(
                                                    claim.group(1),
                                                    pod.getMetadata().getNamespace()))
                            : new Trouble(
                                    "Unschedulable",
                                    "No node takes pod %s: %s"
                                            .formatted(pod.getMetadata().getName(), firstLine(c.getMessage())));
                });
    }

    private static String lastEnd(ContainerStatus container) {
        var last = container.getLastState() == null
                ? null
                : container.getLastState().getTerminated();
        return last == null ? "an unknown code" : "code %d (%s)".formatted(last.getExitCode(), last.getReason());
    }

    private static Optional<PodCondition> condition(PodStatus status, String type) {
        return status.getConditions().stream()
                .filter(c -> type.equals(c.getType()))
                .findFirst();
    }

    private static Stream<ContainerStatus> containers(PodStatus status) {
        return Stream.concat(status.getInitContainerStatuses().stream(), status.getContainerStatuses().stream());
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().map(String::strip).orElse("");
    }
}
