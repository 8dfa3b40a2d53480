package dev.openmath.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One prompt variant. */
public record Prompt(
        @Required
        @Size(min = 1, max = 40)
        @Pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
        @JsonPropertyDescription("Name of the variant, part of a sample's identity.")
        String name,

        @Required @JsonPropertyDescription("WithoutReference: the prompt shows the question only.")
        Type type,

        @JsonPropertyDescription("Examples shown before the question; none when left out.") @Nullable
        FewShot fewShot,

        @Required
        @Min(1)
        @Max(1000000)
        @JsonPropertyDescription("Samples of this variant for each problem. May only grow once planned.")
        Integer samplesPerProblem,

        @Size(min = 1, max = 16)
        @JsonPropertyDescription("Names of the problem sources to use; all when left out.")
        @Nullable
        List<String> sources) {

    /** What the prompt shows beside the question. */
    public enum Type {
        WithoutReference
    }

    /** A set of examples: a discriminated union by {@code type}. */
    @ValidationRule(
            value = "(self.type == 'BuiltIn') == has(self.builtIn)",
            message = "set builtIn exactly when type is BuiltIn")
    @ValidationRule(
            value = "(self.type == 'ConfigMap') == has(self.configMap)",
            message = "set configMap exactly when type is ConfigMap")
    public record FewShot(
            @Required @JsonPropertyDescription("Which of the members below is set.")
            FewShotType type,

            @JsonPropertyDescription("A set that comes with the product.") @Nullable
            BuiltIn builtIn,

            @JsonPropertyDescription("A set in a ConfigMap: JSON Lines of question and generated_solution.") @Nullable
            FewShotConfigMap configMap) {}

    /** Kinds of example sets. */
    public enum FewShotType {
        BuiltIn,
        ConfigMap
    }

    /** A set that comes with the product. */
    public record BuiltIn(
            @Required
            @Size(min = 1, max = 63)
            @Pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
            @JsonPropertyDescription("Name of the set, such as gsm8k-text-with-code.")
            String set,

            @Default("5")
            @Min(1)
            @Max(64)
            @JsonPropertyDescription("The first so many of its examples. Default 5.")
            @Nullable
            Integer count) {}

    /** A set in a ConfigMap of the same namespace. */
    public record FewShotConfigMap(
            @Required @Size(min = 1, max = 253) @JsonPropertyDescription("Name of the ConfigMap.")
            String name,

            @Required @Size(min = 1, max = 253) @JsonPropertyDescription("Key with the JSON Lines.")
            String key,

            @Default("5")
            @Min(1)
            @Max(64)
            @JsonPropertyDescription("The first so many of its examples. Default 5.")
            @Nullable
            Integer count) {}
}
