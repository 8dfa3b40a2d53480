package dev.openmath.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** Sampling parameters; decimals are strings, so that they are stored and hashed exactly. */
public record Sampling(
        @Size(min = 1, max = 16)
        @Pattern("^[0-9](\\.[0-9]{1,10})?$")
        @JsonPropertyDescription("Temperature as a decimal string; \"0\" samples greedily. Default \"1.0\".")
        @Nullable
        String temperature,

        @Size(min = 1, max = 16)
        @Pattern("^(0\\.[0-9]*[1-9][0-9]*|1(\\.0{1,10})?)$")
        @JsonPropertyDescription("Nucleus sampling: above 0, at most 1, as a decimal string. Default \"0.95\".")
        @Nullable
        String topP,

        @Min(0) @Max(1000000) @JsonPropertyDescription("Only the k likeliest tokens; 0 is off. Default 0.") @Nullable
        Integer topK,

        @Min(1)
        @Max(1000000)
        @JsonPropertyDescription(
                "Tokens per completion. openmathinstruct-1: per round, default 512. modern: over all rounds,"
                        + " default 1024.")
        @Nullable
        Integer maxTokens,

        @Min(0)
        @Max(4294967295L)
        @JsonPropertyDescription("Sample i is drawn with seed seedBase + i, the same in every round. Default 0.")
        @Nullable
        Long seedBase) {}
