package dev.openmath.operator.generation;

import dev.openmath.api.GenerationJobSpec;
import dev.openmath.api.Inference;
import dev.openmath.operator.Trouble;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Engines that don't come up. Their restarts never fail a Job, so somebody has to say it. Pure. */
final class EngineTrouble {
    private EngineTrouble() {}

    /** A pod whose engine has not started within its time, or starts again and again. */
    static Optional<Trouble> of(List<Pod> pods, Instant now, GenerationJobSpec spec) {
        Inference.Colocated engine = spec.inference().colocated();
        if (engine == null) {
            return Optional.empty();
        }
        int limit = engine.startupTimeoutSeconds() == null ? 1800 : engine.startupTimeoutSeconds();
        return pods.stream()
                .filter(p -> p.getMetadata().getDeletionTimestamp() == null && p.getStatus() != null)
                .filter(p -> "Pending".equals(p.getStatus().getPhase()))
                .flatMap(p -> p.getStatus().getInitContainerStatuses().stream()
                        .filter(c -> EngineContainer.NAME.equals(c.getName()))
                        .filter(c -> !Boolean.TRUE.equals(c.getStarted()))
                        .filter(c -> c.getRestartCount() > 0 || isLate(p, limit, now))
                        .map(c -> trouble(p, c, limit)))
                .findFirst();
    }

    /** A crash loop of the engine is known by the engine's name. */
    static Trouble explain(Trouble trouble) {
        return "CrashLoop".equals(trouble.reason())
                        && trouble.message().startsWith("Container " + EngineContainer.NAME + " ")
                ? new Trouble("EngineNotStarting", trouble.message())
                : trouble;
    }

    private static boolean isLate(Pod pod, int limitSeconds, Instant now) {
        String start = pod.getStatus().getStartTime();
        return start != null && Duration.between(Instant.parse(start), now).getSeconds() > limitSeconds;
    }

    private static Trouble trouble(Pod pod, ContainerStatus engine, int limitSeconds) {
        var last = engine.getLastState() == null ? null : engine.getLastState().getTerminated();
        String name = pod.getMetadata().getName();
        String how = last == null
                ? "does not answer after %d s".formatted(limitSeconds)
                : "stopped %d times while starting, last with code %d (%s)"
                        .formatted(engine.getRestartCount(), last.getExitCode(), last.getReason());
        return new Trouble(
                "EngineNotStarting",
                "The engine of pod %s %s; check model.source and inference.colocated, see: kubectl logs -n %s %s -c engine --previous"
                        .formatted(name, how, pod.getMetadata().getNamespace(), name));
    }
}
