package dev.openmath.worker.grading;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decides whether a predicted answer is the expected one. Safe for use by many threads. */
public interface Grader {
    /** Which grader this is. */
    GraderKind kind();

    /** Changes whenever a verdict could; recorded with every row. */
    String version();

    /**
     * Decides without leaving this process, where that is possible.
     *
     * @return the verdict, or null if only the symbolic verifier can tell
     */
    @Nullable
    Verdict gradeLocally(@Nullable String predicted, @Nullable String expected);

    /**
     * Compares many pairs; those that need the symbolic verifier go to it in one batch.
     *
     * @return one verdict for each pair, in order
     */
    List<Verdict> gradeAll(List<AnswerPair> pairs);

    /** Compares one pair. */
    default Verdict grade(@Nullable String predicted, @Nullable String expected) {
        return gradeAll(List.of(new AnswerPair(predicted, expected))).getFirst();
    }

    /**
     * Makes a grader.
     *
     * @param verifier for what can't be decided here
     * @param timeout for each comparison by the verifier
     */
    static Grader of(GraderKind kind, SymbolicVerifier verifier, Duration timeout) {
        return switch (kind) {
            case OPEN_MATH_2024 -> new OpenMath2024Grader(verifier, timeout);
            case MATH_VERIFY -> new MathVerifyGrader(verifier, timeout);
        };
    }
}
