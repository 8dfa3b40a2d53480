package dev.openmath.worker.store;

/** When a write may take place. */
public sealed interface WriteCondition {
    /** Always. */
    record None() implements WriteCondition {}

    /** Only where no object is ({@code If-None-Match: *}). */
    record Absent() implements WriteCondition {}

    /** Only over the object with this entity tag ({@code If-Match}). */
    record Matches(String etag) implements WriteCondition {}

    static WriteCondition none() {
        return new None();
    }

    static WriteCondition absent() {
        return new Absent();
    }

    static WriteCondition matches(String etag) {
        return new Matches(etag);
    }
}
