package dev.openmath.worker.grading;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The grader of OpenMathInstruct-1. */
final class OpenMath2024Grader extends TwoStepGrader {
    OpenMath2024Grader(SymbolicVerifier verifier, Duration timeout) {
        super(GraderKind.OPEN_MATH_2024, verifier, timeout);
    }

    @Override
    public String version() {
        return "1";
    }

    @Override
    public @Nullable Verdict gradeLocally(@Nullable String predicted, @Nullable String expected) {
        return predicted == null ? Verdict.unequal("no-answer") : null;
    }
}
