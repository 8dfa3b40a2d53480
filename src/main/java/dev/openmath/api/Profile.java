package dev.openmath.api;

import com.fasterxml.jackson.annotation.JsonProperty;

/** A set of defaults; an explicit field of the spec always overrides it. */
public enum Profile {
    /** The behaviour of the pipeline that made OpenMathInstruct-1 (2024). */
    @JsonProperty("openmathinstruct-1")
    OPENMATHINSTRUCT_1,
    /** Errors go back to the model, one token budget over all rounds, Math-Verify verdicts. */
    @JsonProperty("modern")
    MODERN
}
