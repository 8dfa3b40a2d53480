package dev.openmath.worker.grading;

import java.time.Duration;

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
    Decision decide(AnswerPair pair, Decision.Known known) {
        String predicted = pair.predicted();
        String expected = pair.expected();
        if (predicted == null || expected == null || predicted.isBlank() || expected.isBlank()) {
            return Decision.unequal("no-answer");
        }
        return predicted.strip().equals(expected.strip()) ? Decision.equal("text") : known.symbolic(pair);
    }
}
