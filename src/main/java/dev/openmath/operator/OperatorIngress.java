package dev.openmath.operator;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRuleBuilder;

/** Lets the operator's pods, and nobody else, reach a management port. Pure. */
public final class OperatorIngress {
    private OperatorIngress() {}

    /** Namespace and pods in one peer: two peers would let in every pod of the namespace. */
    public static NetworkPolicyIngressRule to(int port, Settings settings) {
        return new NetworkPolicyIngressRuleBuilder()
                .addNewFrom()
                .withNewNamespaceSelector()
                .addToMatchLabels("kubernetes.io/metadata.name", settings.operatorNamespace())
                .endNamespaceSelector()
                .withNewPodSelector()
                .withMatchLabels(settings.operatorPodLabels())
                .endPodSelector()
                .endFrom()
                .addNewPort()
                .withProtocol("TCP")
                .withPort(new IntOrString(port))
                .endPort()
                .build();
    }
}
