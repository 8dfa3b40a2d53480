package dev.openmath.api;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.Nullable;

/** A pool of isolated Python pods that run the code blocks which a model writes. */
@Group(Labels.GROUP)
@Version("v1alpha1")
@ShortNames("sbp")
@AdditionalPrinterColumn(
        name = "Status",
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason",
        type = Type.STRING)
@AdditionalPrinterColumn(name = "Ready", jsonPath = ".status.readyReplicas", type = Type.INTEGER)
@AdditionalPrinterColumn(name = "Pods", jsonPath = ".status.replicas", type = Type.INTEGER)
@AdditionalPrinterColumn(name = "Open", jsonPath = ".status.sessions.open", type = Type.INTEGER)
@AdditionalPrinterColumn(name = "Capacity", jsonPath = ".status.sessions.capacity", type = Type.INTEGER)
@AdditionalPrinterColumn(name = "Tier", jsonPath = ".status.isolation.tier", type = Type.STRING)
@AdditionalPrinterColumn(name = "Age", jsonPath = ".metadata.creationTimestamp", type = Type.DATE)
@AdditionalPrinterColumn(
        name = "Message",
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].message",
        type = Type.STRING,
        priority = 1)
public class SandboxPool extends CustomResource<SandboxPoolSpec, SandboxPoolStatus> implements Namespaced {
    private static final long serialVersionUID = 1L;

    @Override
    protected @Nullable SandboxPoolSpec initSpec() {
        return null;
    }

    @Override
    protected @Nullable SandboxPoolStatus initStatus() {
        return null;
    }
}
