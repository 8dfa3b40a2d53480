package dev.openmath.worker.grading;

import org.jspecify.annotations.Nullable;

/** A predicted answer and the expected one; null where there is none. */
public record AnswerPair(
        @Nullable String predicted, @Nullable String expected) {}
