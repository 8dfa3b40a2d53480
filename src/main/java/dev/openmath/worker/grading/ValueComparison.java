package dev.openmath.worker.grading;

import dev.openmath.worker.grading.Answer.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Compares values exactly; decimals, percent signs and units by the project's rules. */
final class ValueComparison {
    /** Fewer significant digits are no approximation of anything. */
    private static final int MIN_SIGNIFICANT_DIGITS = 5;

    private static final Pattern TOUCHING_UNIT = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)([a-z]{1,2})");

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
        if (a.unit() != null && b.unit() == null) {
            b = withTouchingUnit(b, a.unit());
        } else if (b.unit() != null && a.unit() == null) {
            a = withTouchingUnit(a, b.unit());
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

    /** 3m is three metres where the other side is a length; else the letter is a symbol. */
    private static Value withTouchingUnit(Value value, Units.Unit other) {
        Matcher touching = TOUCHING_UNIT.matcher(value.source());
        if (!touching.matches()) {
            return value;
        }
        Units.Stripped stripped = Units.strip(touching.group(1) + " \\text{" + touching.group(2) + "}");
        Units.Unit unit = stripped.unit();
        BigDecimal decimal = new BigDecimal(touching.group(1));
        return unit == null || !unit.dimension().equals(other.dimension())
                ? value
                : new Value(value.source(), RationalFunction.of(Rational.of(decimal)), decimal, false, unit);
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
        return (a.isOpaque() || b.isOpaque()) && !difference.hasOneIndependentFunction()
                ? symbolic.get()
                : Decision.unequal("exact");
    }
}
