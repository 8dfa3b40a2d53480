package dev.openmath.operator.sandbox;

import dev.openmath.api.SandboxPool;
import dev.openmath.operator.Children;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;

/** A quarter of the pool may leave at a time; pods that don't serve may always leave. Pure. */
final class PoolDisruptionBudget {
    private PoolDisruptionBudget() {}

    static PodDisruptionBudget desired(SandboxPool pool) {
        return new PodDisruptionBudgetBuilder()
                .withMetadata(Children.metadata(
                        pool, PoolNames.child(pool.getMetadata().getName()), PoolNames.labels(pool)))
                .withNewSpec()
                .withMaxUnavailable(new IntOrString("25%"))
                .withUnhealthyPodEvictionPolicy("AlwaysAllow")
                .withNewSelector()
                .withMatchLabels(PoolNames.selector(pool))
                .endSelector()
                .endSpec()
                .build();
    }
}
