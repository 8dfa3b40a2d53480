package dev.openmath.operator.sandbox;

import dev.openmath.api.Labels;
import dev.openmath.api.SandboxPool;
import dev.openmath.operator.PodStates;
import dev.openmath.operator.PodTrouble;
import dev.openmath.operator.Trouble;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Decides what state a pool is in. Pure. */
final class PoolPlan {
    /** State of a pool. */
    sealed interface State {
        /** Nothing is wanted. */
        record ScaledToZero() implements State {}

        /** All wanted pods of the current template serve. */
        record Serving() implements State {}

        /** Pods are coming up or being replaced; {@code serving} tells whether enough of any template serve. */
        record RollingOut(boolean serving) implements State {}

        /** Pods don't come up; {@code serving} tells whether enough old ones serve on. */
        record Hindered(Trouble trouble, boolean serving) implements State {}
    }

    private PoolPlan() {}

    static State decide(SandboxPool pool, PoolObservation seen, String templateHash, Instant now) {
        int wanted = pool.getSpec().replicas();
        if (wanted == 0) {
            return new State.ScaledToZero();
        }
        int ready = ready(seen.pods());
        int updated = updatedReady(seen.pods(), templateHash);
        if (updated >= wanted) {
            return new State.Serving();
        }
        boolean serving = ready >= wanted;
        return trouble(seen, now)
                .<State>map(t -> new State.Hindered(t, serving))
                .orElseGet(() -> new State.RollingOut(serving));
    }

    static int ready(List<Pod> pods) {
        return (int) pods.stream().filter(PodStates::isReady).count();
    }

    static int updatedReady(List<Pod> pods, String templateHash) {
        return (int) pods.stream()
                .filter(PodStates::isReady)
                .filter(p -> p.getMetadata().getAnnotations() != null
                        && templateHash.equals(p.getMetadata().getAnnotations().get(Labels.INPUT_HASH)))
                .count();
    }

    private static Optional<Trouble> trouble(PoolObservation seen, Instant now) {
        return PodTrouble.first(seen.pods(), now)
                .or(() -> seen.pods().stream()
                        .filter(p -> seen.volumeMessages()
                                .containsKey(p.getMetadata().getName()))
                        .flatMap(p ->
                                PodTrouble.ofMountMessage(
                                        p,
                                        seen.volumeMessages()
                                                .get(p.getMetadata().getName()))
                                        .stream())
                        .findFirst())
                .or(() -> ofDeployment(seen.deployment()));
    }

    /** What only the Deployment knows: pods that may not be created, or a rollout past its deadline. */
    private static Optional<Trouble> ofDeployment(@org.jspecify.annotations.Nullable Deployment deployment) {
        if (deployment == null || deployment.getStatus() == null) {
            return Optional.empty();
        }
        return deployment.getStatus().getConditions().stream()
                .filter(c -> ("ReplicaFailure".equals(c.getType()) && "True".equals(c.getStatus()))
                        || ("Progressing".equals(c.getType()) && "False".equals(c.getStatus())))
                .map(c -> new Trouble(
                        c.getReason(),
                        "ReplicaFailure".equals(c.getType())
                                ? "The cluster refuses new pods: " + c.getMessage()
                                : "Pods are not ready after 300 s; see: kubectl logs -n %s deployment/%s"
                                        .formatted(
                                                deployment.getMetadata().getNamespace(),
                                                deployment.getMetadata().getName())))
                .findFirst();
    }
}
