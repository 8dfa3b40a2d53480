package dev.openmath.worker.loop;

import dev.openmath.worker.grading.Verdict;
import org.jspecify.annotations.Nullable;

/** A finished conversation with its answer and verdict. */
public record Transcript(
        SampleTask task,
        Conversation conversation,
        FinishReason finishReason,
        @Nullable String predictedAnswer,
        Verdict verdict,
        long engineMillis) {}
