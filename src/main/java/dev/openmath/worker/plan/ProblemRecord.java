package dev.openmath.worker.plan;

import org.jspecify.annotations.Nullable;

/** A problem as its source has it, before it has an id of ours. */
public record ProblemRecord(
        @Nullable String id,
        String question,
        String expectedAnswer,
        @Nullable String referenceSolution,
        @Nullable String subject,
        @Nullable String level) {}
