package dev.openmath.operator.sandbox;

import dev.openmath.api.SandboxPoolSpec;
import dev.openmath.operator.Resources;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.Objects;

/**
 * Resources of the executor's container. Memory may grow to what all running blocks may use at once, beside the
 * executor itself, so that a greedy block meets its own limit and not the pod's. Disk is requested as it is limited.
 */
final class ExecutorResources {
    private static final BigDecimal MIB = BigDecimal.valueOf(1024L * 1024);
    /** Supervisor, zygote and idle children with the usual modules loaded. */
    private static final BigDecimal BASE = MIB.multiply(BigDecimal.valueOf(512));

    private static final BigDecimal MAX_SCRATCH = MIB.multiply(BigDecimal.valueOf(1024));

    private ExecutorResources() {}

    /** The user's values where given, defaults for the rest. */
    static ResourceRequirements of(SandboxPoolSpec spec) {
        ResourceRequirements own =
                spec.template() == null ? null : spec.template().resources();
        BigDecimal memory = bytes(Objects.requireNonNull(spec.execution()).memory(), "1Gi");
        BigDecimal limit = BASE.add(memory.multiply(BigDecimal.valueOf(spec.runningPerPod())));
        Quantity disk = mebibytes(scratch(spec).add(MIB.multiply(BigDecimal.valueOf(256))));
        var defaults = new ResourceRequirementsBuilder()
                .addToRequests(
                        Map.of("cpu", new Quantity("50m"), "memory", new Quantity("512Mi"), "ephemeral-storage", disk))
                .addToLimits(Map.of("memory", mebibytes(limit), "ephemeral-storage", disk))
                .build();
        return Resources.merge(defaults, own);
    }

    /** Bytes of the pod's shared scratch volume. */
    static BigDecimal scratch(SandboxPoolSpec spec) {
        BigDecimal one = bytes(Objects.requireNonNull(spec.execution()).scratch(), "64Mi");
        return one.multiply(BigDecimal.valueOf(spec.sessionsPerPod()))
                .min(MAX_SCRATCH)
                .max(one);
    }

    /** Rounded up to whole MiB, and written as the API server writes it: else each look would find a difference. */
    static Quantity mebibytes(BigDecimal bytes) {
        long mebibytes = bytes.divide(MIB, RoundingMode.CEILING).longValueExact();
        return mebibytes % 1024 == 0 ? new Quantity(mebibytes / 1024 + "Gi") : new Quantity(mebibytes + "Mi");
    }

    private static BigDecimal bytes(@org.jspecify.annotations.Nullable Quantity quantity, String fallback) {
        return Quantity.getAmountInBytes(quantity == null ? new Quantity(fallback) : quantity);
    }
}
