package dev.openmath.worker.grading;

import dev.openmath.worker.grading.Answer.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Compares values exactly; decimals, percent signs and units by the project's rules. */
final class ValueComparison {
    /** Fewer significant digits are no approximation of anything. */
    private static final int MIN_SIGNIFICANT_DIGITS = 5;

    private static final RationalFunction HUNDREDTH =
            RationalFunction.of(new Rational(BigInteger.ONE, BigInteger.valueOf(100)));

    private ValueComparison() {}

    /**
     * Compares two values.
     *
     * @param symbolic the verifier's decision, for what exact arithmetic leaves open
     */
    static Decision compare(Value a, Value b, Supplier<Decision> symbolic) {
        if (clockTimes(a, b)) {
            return Decision.unequal("text"); // equal ones have equal text
        }
        Units.Unit left = a.unit();
        Units.Unit right = b.unit();
        if (left != null && right != null) {
            if (!left.dimension().equals(right.dimension())) {
                return Decision.unequal("units");
            }
            if (!left.factor().equals(right.factor())) {
                return difference(
                        a.value().times(RationalFunction.of(left.factor())),
                        b.value().times(RationalFunction.of(right.factor())),
                        symbolic);
            }
        }
        Decision plain = plain(a.value(), a.decimal(), b.value(), b.decimal(), symbolic);
        if (a.percent() == b.percent() || plain.isEqual()) {
            return plain;
        }
        Decision hundredth = a.percent()
                ? difference(a.value().times(HUNDREDTH), b.value(), symbolic)
                : difference(a.value(), b.value().times(HUNDREDTH), symbolic);
        return hundredth.isEqual() || plain.isUnequal() ? hundredth : plain;
    }

    private static boolean clockTimes(Value a, Value b) {
        return a.source().matches("[0-9]{1,2}:[0-9]{2}") && b.source().matches("[0-9]{1,2}:[0-9]{2}");
    }

    private static Decision plain(
            RationalFunction a,
            @Nullable BigDecimal decimalA,
            RationalFunction b,
            @Nullable BigDecimal decimalB,
            Supplier<Decision> symbolic) {
        if (decimalA != null && decimalB != null) {
            return new Decision.Decided(Verdict.of(decimalA.compareTo(decimalB) == 0, "exact"));
        }
        Decision exact = difference(a, b, symbolic);
        if (exact.isEqual()) {
            return exact;
        }
        boolean approximate =
                decimalA != null && approximates(decimalA, b) || decimalB != null && approximates(decimalB, a);
        return approximate ? Decision.equal("decimal") : exact;
    }

    /** Whether a decimal is a value that has no finite decimal form, rounded or truncated to enough digits. */
    private static boolean approximates(BigDecimal decimal, RationalFunction value) {
        if (decimal.precision() < MIN_SIGNIFICANT_DIGITS || decimal.scale() <= 0 || decimal.scale() > 50) {
            return false;
        }
        Optional<Rational> rational = value.rational();
        if (rational.isPresent() && rational.get().hasFiniteDecimal()) {
            return false;
        }
        return ConstantValue.of(value)
                .map(exact -> ConstantValue.isRoundedOrTruncatedTo(exact, decimal))
                .orElse(false);
    }

    /** Whether two functions are the same. Those with parts that are not known exactly are left open if they look different. */
    static Decision difference(RationalFunction a, RationalFunction b, Supplier<Decision> symbolic) {
        RationalFunction difference;
        try {
            difference = a.minus(b);
        } catch (TooLargeException e) {
            return Decision.unequal("bounded");
        } catch (NotUnderstoodException | ArithmeticException e) {
            return symbolic.get();
        }
        if (difference.isZero()) {
            return Decision.equal("exact");
        }
        return a.isOpaque() || b.isOpaque() ? symbolic.get() : Decision.unequal("exact");
    }
}
