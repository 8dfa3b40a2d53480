package dev.openmath.operator.sandbox;

import dev.openmath.api.SandboxPool;
import dev.openmath.operator.Children;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;

/** An identity without any permission, and without a token in the pods. Pure. */
final class PoolServiceAccount {
    private PoolServiceAccount() {}

    static ServiceAccount desired(SandboxPool pool) {
        return new ServiceAccountBuilder()
                .withMetadata(Children.metadata(
                        pool, PoolNames.child(pool.getMetadata().getName()), PoolNames.labels(pool)))
                .withAutomountServiceAccountToken(false)
                .build();
    }
}
