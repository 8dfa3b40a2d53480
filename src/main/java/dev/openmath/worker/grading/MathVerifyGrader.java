package dev.openmath.worker.grading;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The best grader there is: exact where that is possible, Math-Verify for the rest. */
final class MathVerifyGrader extends TwoStepGrader {
    MathVerifyGrader(SymbolicVerifier verifier, Duration timeout) {
        super(GraderKind.MATH_VERIFY, verifier, timeout);
    }

    @Override
    public String version() {
        return "1";
    }

    @Override
    public @Nullable Verdict gradeLocally(@Nullable String predicted, @Nullable String expected) {
        if (predicted == null || expected == null || predicted.isBlank() || expected.isBlank()) {
            return Verdict.unequal("no-answer");
        }
        return predicted.strip().equals(expected.strip()) ? Verdict.equal("text") : null;
    }
}
