package dev.openmath.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the model runs: a discriminated union by {@code type}. A change drains the workers and starts new ones. */
@ValidationRule(
        value = "(self.type == 'Colocated') == has(self.colocated)",
        message = "set colocated exactly when type is Colocated")
@ValidationRule(
        value = "(self.type == 'Endpoint') == has(self.endpoint)",
        message = "set endpoint exactly when type is Endpoint")
public record Inference(
        @Required
        @JsonPropertyDescription("Colocated: an engine beside each worker. Endpoint: an engine that already runs.")
        Type type,

        @JsonPropertyDescription("An engine in each worker's pod.") @Nullable
        Colocated colocated,

        @JsonPropertyDescription("An engine that already runs and speaks the OpenAI completions API as vLLM does.")
        @Nullable
        Endpoint endpoint) {

    /** Where the engine runs. */
    public enum Type {
        Colocated,
        Endpoint
    }

    /** Engines that a worker knows how to start and talk to. */
    public enum Engine {
        VLLM,
        LlamaCpp
    }

    /** An engine in each worker's pod, as a native sidecar. */
    @ValidationRule(
            value = "!has(self.tensorParallel) || self.tensorParallel == 1 || (has(self.accelerator)"
                    + " && self.accelerator.type == 'ExtendedResource'"
                    + " && self.tensorParallel <= self.accelerator.extendedResource.count)",
            message = "tensorParallel must not exceed accelerator.extendedResource.count: one shard of the model per"
                    + " accelerator")
    @ValidationRule(
            value = "self.engine != 'LlamaCpp' || !has(self.tensorParallel) || self.tensorParallel == 1",
            message = "tensorParallel is for engine VLLM; leave it out for LlamaCpp")
    @ValidationRule(
            value = "self.engine != 'LlamaCpp' || has(self.image)",
            message =
                    "image is required for engine LlamaCpp: name an image with llama-server and the model's GGUF file")
    public record Colocated(
            @Required @JsonPropertyDescription("VLLM or LlamaCpp (llama-server).")
            Engine engine,

            @Size(min = 1, max = 512)
            @JsonPropertyDescription(
                    "Image of the engine. Default for VLLM: the operator's configured image; required for"
                            + " LlamaCpp.")
            @Nullable
            String image,

            @JsonPropertyDescription("When the image is pulled. Default IfNotPresent.") @Nullable
            PullPolicy imagePullPolicy,

            @Size(max = 64) @JsonPropertyDescription("Arguments added after those the operator sets.") @Nullable
            List<String> args,

            @Size(max = 64) @JsonPropertyDescription("Environment of the engine's container.") @Nullable
            List<EnvVar> env,

            @Min(1)
            @Max(64)
            @JsonPropertyDescription("Accelerators one copy of the model is spread over. Default 1.")
            @Nullable
            Integer tensorParallel,

            @JsonPropertyDescription("Accelerators of each worker's pod. Default: none.") @Nullable
            Accelerator accelerator,

            @JsonPropertyDescription("Resources of the engine's container, beside the accelerator.") @Nullable
            ResourceRequirements resources,

            @JsonPropertyDescription("Size of /dev/shm for engines that spread over accelerators.") @Nullable
            Quantity sharedMemory,

            @Default("1800")
            @Min(10)
            @Max(86400)
            @JsonPropertyDescription("Seconds until an engine that does not answer counts as failed. Default 1800.")
            @Nullable
            Integer startupTimeoutSeconds) {}

    /** When an image is pulled. */
    public enum PullPolicy {
        Always,
        IfNotPresent,
        Never
    }

    /** Accelerators of a pod: a discriminated union by {@code type}. */
    @ValidationRule(
            value = "(self.type == 'ExtendedResource') == has(self.extendedResource)",
            message = "set extendedResource exactly when type is ExtendedResource")
    public record Accelerator(
            @Required @JsonPropertyDescription("None, or ExtendedResource such as nvidia.com/gpu.")
            AcceleratorType type,

            @JsonPropertyDescription("A resource that a device plugin offers.") @Nullable
            ExtendedResource extendedResource) {}

    /** Kinds of accelerators. */
    public enum AcceleratorType {
        None,
        ExtendedResource
    }

    /** A resource that a device plugin offers. */
    public record ExtendedResource(
            @Default("\"nvidia.com/gpu\"")
            @Size(min = 3, max = 253)
            @Pattern("^[a-z0-9.-]+/[A-Za-z0-9._-]+$")
            @JsonPropertyDescription("Name of the resource. Default nvidia.com/gpu.")
            @Nullable
            String name,

            @Required @Min(1) @Max(64) @JsonPropertyDescription("How many each worker's pod gets.")
            Integer count) {}

    /** An engine that already runs. */
    public record Endpoint(
            @Required
            @Size(min = 8, max = 2048)
            @Pattern("^https?://[^\\s]+[^/\\s]$")
            @JsonPropertyDescription(
                    "Base address before /v1/completions, beginning with http:// or https://, without a"
                            + " trailing slash.")
            String url,

            @JsonPropertyDescription("Secret with the key under apiKey.") @Nullable
            LocalReference apiKeySecretRef) {}
}
