package dev.openmath.operator.generation;

import dev.openmath.api.GenerationJob;
import dev.openmath.operator.Children;
import dev.openmath.operator.OperatorIngress;
import dev.openmath.operator.Settings;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;

/** Opens the workers' management port to the operator and closes every other, the engine's too. Pure. */
final class WorkerNetworkPolicy {
    private WorkerNetworkPolicy() {}

    static NetworkPolicy desired(GenerationJob job, Settings settings) {
        return new NetworkPolicyBuilder()
                .withMetadata(Children.metadata(job, JobNames.policy(job), JobNames.labels(job, "policy")))
                .withNewSpec()
                .withNewPodSelector()
                .withMatchLabels(JobNames.workerSelector(job))
                .endPodSelector()
                .withPolicyTypes("Ingress")
                .addToIngress(OperatorIngress.to(WorkerPod.MANAGEMENT_PORT, settings))
                .endSpec()
                .build();
    }
}
