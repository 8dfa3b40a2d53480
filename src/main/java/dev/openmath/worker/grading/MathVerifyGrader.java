package dev.openmath.worker.grading;

import java.time.Duration;
import java.util.regex.Pattern;

/** The best grader there is: exact rules where they suffice, Math-Verify for the rest. */
final class MathVerifyGrader extends TwoStepGrader {
    /** Longer answers are equal only as text. */
    private static final int MAX_LENGTH = 20_000;

    private static final Pattern DOLLARS = Pattern.compile("\\s*-?\\\\?\\$[^$]*");

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
        if (predicted.strip().equals(expected.strip())) {
            return Decision.equal("text");
        }
        if (predicted.length() > MAX_LENGTH || expected.length() > MAX_LENGTH) {
            return Decision.unequal("bounded");
        }
        String left = AnswerText.clean(predicted);
        String right = AnswerText.clean(expected);
        if (left.isEmpty() || right.isEmpty()) {
            return Decision.unequal("no-answer");
        }
        if (AnswerText.key(left).equals(AnswerText.key(right))) {
            return Decision.equal("text");
        }
        try {
            Answer a = withCurrency(predicted, AnswerParser.parse(left));
            Answer b = withCurrency(expected, AnswerParser.parse(right));
            return new AnswerComparison(known).compare(a, b);
        } catch (TooLargeException e) {
            return Decision.unequal("bounded");
        }
    }

    private static Answer withCurrency(String raw, Answer answer) {
        return answer instanceof Answer.Value value
                        && value.unit() == null
                        && DOLLARS.matcher(raw).matches()
                ? new Answer.Value(
                        value.source(),
                        value.value(),
                        value.decimal(),
                        value.percent(),
                        new Units.Unit("dollars", Rational.ONE))
                : answer;
    }
}
