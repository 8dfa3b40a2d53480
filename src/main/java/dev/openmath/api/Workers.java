package dev.openmath.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.model.annotation.SpecReplicas;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Worker pods. */
public record Workers(
        @SpecReplicas
        @Default("1")
        @Min(0)
        @Max(10000)
        @JsonPropertyDescription(
                "Worker pods at once; 0 stops generation. May change at any time, also through /scale." + " Default 1.")
        @Nullable
        Integer replicas,

        @Default("{}") @JsonPropertyDescription("Samples in flight per worker. May change at any time.") @Nullable
        Concurrency concurrency,

        @JsonPropertyDescription("Resources of the worker's container.") @Nullable
        ResourceRequirements resources,

        @JsonPropertyDescription(
                "Placement and metadata of worker pods. A change drains the workers and starts new ones.")
        @Nullable
        PodOverlay pod) {

    /** Samples in flight per worker. */
    @ValidationRule(
            value = "!has(self.initial) || !has(self.max) || self.initial <= self.max",
            message = "concurrency.initial must not exceed concurrency.max")
    public record Concurrency(
            @Default("\"Adaptive\"")
            @JsonPropertyDescription(
                    "Adaptive: grows until the engine is full, falls when it is overloaded. Fixed: always"
                            + " initial. Default Adaptive.")
            @Nullable
            ConcurrencyType type,

            @Default("64")
            @Min(1)
            @Max(16384)
            @JsonPropertyDescription("Samples in flight at the start. Default 64.")
            @Nullable
            Integer initial,

            @Default("1024")
            @Min(1)
            @Max(16384)
            @JsonPropertyDescription("Samples in flight at most. Default 1024.")
            @Nullable
            Integer max) {}

    /** How concurrency is chosen. */
    public enum ConcurrencyType {
        Adaptive,
        Fixed
    }

    /** Typed overlay of the worker pod's template. */
    public record PodOverlay(
            @Size(max = 64) @JsonPropertyDescription("Labels added to the pods.") @Nullable
            Map<String, String> labels,

            @Size(max = 64) @JsonPropertyDescription("Annotations added to the pods.") @Nullable
            Map<String, String> annotations,

            @Size(max = 64) @JsonPropertyDescription("Labels a node must have.") @Nullable
            Map<String, String> nodeSelector,

            @Size(max = 64) @JsonPropertyDescription("Taints the pods tolerate.") @Nullable
            List<Toleration> tolerations,

            @JsonPropertyDescription("Affinity of the pods.") @Nullable
            Affinity affinity,

            @Size(max = 16) @JsonPropertyDescription("How the pods spread over the cluster.") @Nullable
            List<TopologySpreadConstraint> topologySpreadConstraints,

            @Size(min = 1, max = 253) @JsonPropertyDescription("Priority class of the pods.") @Nullable
            String priorityClassName,

            @Size(min = 1, max = 253) @JsonPropertyDescription("Runtime class of the pods.") @Nullable
            String runtimeClassName,

            @Size(min = 1, max = 253)
            @JsonPropertyDescription(
                    "Service account of all pods of the job, for object storage that trusts it. Default: default.")
            @Nullable
            String serviceAccountName,

            @Size(max = 16) @JsonPropertyDescription("Secrets for pulling images.") @Nullable
            List<LocalObjectReference> imagePullSecrets) {}
}
