package dev.openmath.operator.sandbox;

import dev.openmath.api.Labels;
import dev.openmath.api.SandboxPool;
import dev.openmath.operator.Children;
import dev.openmath.operator.OperatorIngress;
import dev.openmath.operator.Settings;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import java.util.List;
import java.util.Map;

/** Sessions from the namespace's generate pods, management from the operator, nothing out, not even DNS. Pure. */
final class PoolNetworkPolicy {
    private PoolNetworkPolicy() {}

    static NetworkPolicy desired(SandboxPool pool, Settings settings) {
        return new NetworkPolicyBuilder()
                .withMetadata(Children.metadata(
                        pool, PoolNames.child(pool.getMetadata().getName()), PoolNames.labels(pool)))
                .withNewSpec()
                .withNewPodSelector()
                .withMatchLabels(PoolNames.selector(pool))
                .endPodSelector()
                .withPolicyTypes("Ingress", "Egress")
                .addNewIngress()
                .addNewFrom()
                .withNewPodSelector()
                .withMatchLabels(Map.of(Labels.PART_OF, Labels.OPENMATH, Labels.ROLE, "generate"))
                .endPodSelector()
                .endFrom()
                .addNewPort()
                .withProtocol("TCP")
                .withPort(new IntOrString(PoolNames.SESSIONS_PORT))
                .endPort()
                .endIngress()
                .addToIngress(OperatorIngress.to(PoolNames.MANAGEMENT_PORT, settings))
                .withEgress(List.of())
                .endSpec()
                .build();
    }
}
