package dev.openmath.worker.grading;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The best grader there is: exact rules where they suffice, Math-Verify for the rest. */
final class MathVerifyGrader extends TwoStepGrader {
    /** Longer answers are equal only as text. */
    private static final int MAX_LENGTH = 20_000;

    private static final int MAX_AMOUNT_LENGTH = 200;

    private static final Pattern CURRENCY = Pattern.compile(
            "[-+]?\\s*(\\\\?\\$|€|£|\\\\pounds|\\\\euro|₹|Rs\\.?)(?=[- 0-9.])[^$€£₹]*|[^$€£₹]*[0-9}](?:\\s|\\\\,)*(€|£|₹|¢)\\.?");

    private static final Pattern FORMULA = Pattern.compile("\\$(.+[^\\\\])\\$|\\\\\\((.+)\\\\\\)", Pattern.DOTALL);

    private static final Map<String, Units.Unit> CURRENCIES = Map.of(
            "$", new Units.Unit("dollars", Rational.ONE),
            "€", new Units.Unit("euros", Rational.ONE),
            "\\euro", new Units.Unit("euros", Rational.ONE),
            "£", new Units.Unit("pounds sterling", Rational.ONE),
            "\\pounds", new Units.Unit("pounds sterling", Rational.ONE),
            "₹", new Units.Unit("rupees", Rational.ONE),
            "Rs", new Units.Unit("rupees", Rational.ONE),
            "¢", new Units.Unit("dollars", new Rational(BigInteger.ONE, BigInteger.valueOf(100))));

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
        predicted = SentenceAnswer.of(predicted);
        expected = SentenceAnswer.of(expected);
        String left = AnswerText.clean(predicted);
        String right = AnswerText.clean(expected);
        if (left.isEmpty() || right.isEmpty()) {
            return Decision.unequal("no-answer");
        }
        Units.Unit currencyLeft = currency(predicted);
        Units.Unit currencyRight = currency(expected);
        boolean currencies = currencyLeft == null || currencyRight == null || currencyLeft.equals(currencyRight);
        if (currencies && AnswerText.key(left).equals(AnswerText.key(right))) {
            return Decision.equal("text");
        }
        if (sameChoice(left, right) || sameChoice(right, left)) {
            return Decision.equal("choice");
        }
        try {
            Answer a = withCurrency(currencyLeft, AnswerParser.parse(left));
            Answer b = withCurrency(currencyRight, AnswerParser.parse(right));
            return currencies || !(a instanceof Answer.Value amount && b instanceof Answer.Value other)
                    ? new AnswerComparison(known).compare(a, b)
                    : ValueComparison.compare(amount, other, () -> Decision.unequal("units"));
        } catch (TooLargeException e) {
            return Decision.unequal("bounded");
        }
    }

    private static boolean sameChoice(String letter, String withText) {
        return AnswerParser.choice(letter)
                .filter(choice -> AnswerParser.choiceWithText(withText).equals(Optional.of(choice)))
                .isPresent();
    }

    /** Currency signs are dropped when answers are read; here they become units. */
    private static Answer withCurrency(Units.@Nullable Unit currency, Answer answer) {
        return currency != null && answer instanceof Answer.Value value && value.unit() == null
                ? new Answer.Value(value.source(), value.value(), value.decimal(), value.percent(), currency)
                : answer;
    }

    private static Units.@Nullable Unit currency(String raw) {
        if (raw.length() > MAX_AMOUNT_LENGTH) {
            return null;
        }
        Matcher formula = FORMULA.matcher(raw.strip());
        String inside = !formula.matches()
                ? raw.strip()
                : formula.group(1) == null
                        ? formula.group(2).strip()
                        : formula.group(1).strip();
        Matcher currency = CURRENCY.matcher(inside);
        if (!currency.matches()) {
            return null;
        }
        String sign = currency.group(1) == null ? currency.group(2) : currency.group(1);
        return CURRENCIES.get(sign.equals("\\$") ? "$" : sign.replace(".", ""));
    }
}
