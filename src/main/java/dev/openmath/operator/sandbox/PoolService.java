package dev.openmath.operator.sandbox;

import dev.openmath.api.SandboxPool;
import dev.openmath.operator.Children;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;

/** Headless Service: each address record is a ready pod, since a session stays on its pod. Pure. */
final class PoolService {
    private PoolService() {}

    static Service desired(SandboxPool pool) {
        return new ServiceBuilder()
                .withMetadata(Children.metadata(
                        pool, PoolNames.child(pool.getMetadata().getName()), PoolNames.labels(pool)))
                .withNewSpec()
                .withClusterIP("None")
                .withType("ClusterIP")
                .withSelector(PoolNames.selector(pool))
                .addNewPort()
                .withName("sessions")
                .withPort(PoolNames.SESSIONS_PORT)
                .withProtocol("TCP")
                .withTargetPort(new IntOrString("sessions"))
                .endPort()
                .endSpec()
                .build();
    }
}
