package dev.openmath.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** The model that writes the solutions. */
public record Model(
        @Required
        @Size(min = 1, max = 253)
        @JsonPropertyDescription("Name recorded with the data set and sent to the engine.")
        String name,

        @Size(min = 1, max = 253) @JsonPropertyDescription("Commit, branch or tag of the model.") @Nullable
        String revision,

        @Required
        @Min(128)
        @Max(10000000)
        @JsonPropertyDescription("Context length in tokens: prompt and completion together.")
        Integer maxModelLength,

        @Size(min = 1, max = 32)
        @JsonPropertyDescription("Number format the engine computes in, as the engine names it.")
        @Nullable
        String dtype,

        @Size(min = 1, max = 32) @JsonPropertyDescription("Quantization, as the engine names it.") @Nullable
        String quantization,

        @JsonPropertyDescription("Where a Colocated engine loads the model from.") @Nullable
        Source source) {

    /** Where the model is loaded from: a discriminated union by {@code type}. */
    @ValidationRule(
            value = "(self.type == 'HuggingFace') == has(self.huggingFace)",
            message = "set huggingFace exactly when type is HuggingFace")
    @ValidationRule(
            value = "(self.type == 'PersistentVolumeClaim') == has(self.persistentVolumeClaim)",
            message = "set persistentVolumeClaim exactly when type is PersistentVolumeClaim")
    @ValidationRule(
            value = "(self.type == 'EngineImage') == has(self.engineImage)",
            message = "set engineImage exactly when type is EngineImage")
    public record Source(
            @Required @JsonPropertyDescription("Which of the members below is set.")
            Type type,

            @JsonPropertyDescription("A repository of the Hugging Face hub, fetched by the engine.") @Nullable
            HuggingFace huggingFace,

            @JsonPropertyDescription("A file or folder on a volume.")
            Problems.@Nullable VolumePath persistentVolumeClaim,

            @JsonPropertyDescription("A file or folder inside the engine's image.") @Nullable
            EngineImage engineImage) {}

    /** Kinds of model sources. */
    public enum Type {
        HuggingFace,
        PersistentVolumeClaim,
        EngineImage
    }

    /** A repository of the Hugging Face hub. */
    public record HuggingFace(
            @Required
            @Size(min = 1, max = 253)
            @Pattern("^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)?$")
            @JsonPropertyDescription("Repository, such as mistralai/Mixtral-8x7B-v0.1.")
            String repo,

            @JsonPropertyDescription(
                    "Secret with the access token under the key token; only the engine's container gets it.")
            @Nullable
            LocalReference tokenSecretRef) {}

    /** A path inside the engine's image. */
    public record EngineImage(
            @Required
            @Size(min = 2, max = 1024)
            @Pattern("^/.+$")
            @JsonPropertyDescription("Absolute path of the model file or folder.")
            String path) {}
}
