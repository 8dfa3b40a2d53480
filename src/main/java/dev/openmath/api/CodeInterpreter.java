package dev.openmath.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/** How the code blocks of a completion are executed. */
public record CodeInterpreter(
        @Required
        @JsonPropertyDescription("The SandboxPool of the same namespace that runs the code. May change at any time.")
        LocalReference sandboxPoolRef,

        @Min(0)
        @Max(64)
        @JsonPropertyDescription(
                "Code blocks per sample. openmathinstruct-1: default 3, and the model is not asked after the"
                        + " last; modern: default 8, and one completion follows the last. Frozen once planned.")
        @Nullable
        Integer maxExecutions,

        @Min(1)
        @Max(600)
        @JsonPropertyDescription("Seconds for one block; the pool must allow as much. Default 10. Frozen once planned.")
        @Nullable
        Integer timeoutSeconds,

        @Min(1)
        @Max(100000)
        @JsonPropertyDescription(
                "Characters of output shown to the model; the pool must allow as much. Default 1000. Frozen"
                        + " once planned.")
        @Nullable
        Integer maxOutputCharacters,

        @JsonPropertyDescription(
                "Stop: a failed block ends the sample (openmathinstruct-1). Continue: the error goes back to the"
                        + " model (modern). Default: the profile's. Frozen once planned.")
        @Nullable
        OnError onError) {

    /** What follows a failed block. */
    public enum OnError {
        Stop,
        Continue
    }
}
