package dev.openmath.worker.grading;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Optional;

/** Decimal values of exact real constants. */
final class ConstantValue {
    private static final MathContext PRECISION = new MathContext(80);
    private static final int MAX_EXPONENT = 1000;
    private static final BigDecimal PI = new BigDecimal("3.14159265358979323846264338327950288419716939937510"
            + "58209749445923078164062862089986280348253421170679821480865132823");
    private static final BigDecimal E = new BigDecimal("2.71828182845904523536028747135266249775724709369995"
            + "95749669676277240766303535475945713821785251664274274663919320031");

    private ConstantValue() {}

    /** The value to 60 digits or more, or empty if it is not known to be a real constant of moderate size. */
    static Optional<BigDecimal> of(RationalFunction value) {
        return of(value.numerator())
                .flatMap(numerator -> of(value.denominator())
                        .filter(denominator -> denominator.signum() != 0)
                        .map(denominator -> numerator.divide(denominator, PRECISION)));
    }

    private static Optional<BigDecimal> of(Polynomial polynomial) {
        BigDecimal sum = BigDecimal.ZERO;
        for (var term : polynomial.terms().entrySet()) {
            Rational coefficient = term.getValue();
            BigDecimal product = new BigDecimal(coefficient.numerator())
                    .divide(new BigDecimal(coefficient.denominator()), PRECISION);
            for (var power : term.getKey().powers().entrySet()) {
                String name = power.getKey();
                long radicand = Polynomial.radicand(name);
                BigDecimal base;
                if (radicand > 0) {
                    base = BigDecimal.valueOf(radicand).sqrt(PRECISION);
                } else if (Polynomial.logarithmOf(name) > 0) {
                    base = logarithm(Polynomial.logarithmOf(name));
                } else if (name.equals(Polynomial.PI)) {
                    base = PI;
                } else if (name.equals(Polynomial.E)) {
                    base = E;
                } else {
                    return Optional.empty();
                }
                if (power.getValue() > MAX_EXPONENT) {
                    return Optional.empty();
                }
                product = product.multiply(base.pow(power.getValue(), PRECISION), PRECISION);
            }
            sum = sum.add(product, PRECISION);
        }
        return Optional.of(sum);
    }

    /** With x = m * 2^k, m near 1: k times the logarithm of 2, and the series of the inverse hyperbolic tangent. */
    private static BigDecimal logarithm(long x) {
        int halvings = 63 - Long.numberOfLeadingZeros(x);
        BigDecimal mantissa = BigDecimal.valueOf(x).divide(BigDecimal.valueOf(1L << halvings), PRECISION);
        return BigDecimal.valueOf(halvings)
                .multiply(series(BigDecimal.TWO), PRECISION)
                .add(series(mantissa), PRECISION);
    }

    private static BigDecimal series(BigDecimal x) {
        BigDecimal t = x.subtract(BigDecimal.ONE).divide(x.add(BigDecimal.ONE), PRECISION);
        BigDecimal square = t.multiply(t, PRECISION);
        BigDecimal power = t;
        BigDecimal sum = BigDecimal.ZERO;
        for (int k = 1; power.precision() - power.scale() > -PRECISION.getPrecision() && power.signum() != 0; k += 2) {
            sum = sum.add(power.divide(BigDecimal.valueOf(k), PRECISION), PRECISION);
            power = power.multiply(square, PRECISION);
        }
        return sum.multiply(BigDecimal.TWO, PRECISION);
    }

    /** Whether a decimal is a value rounded or truncated to the decimal's own places. */
    static boolean isRoundedOrTruncatedTo(BigDecimal value, BigDecimal decimal) {
        int places = decimal.scale();
        return value.setScale(places, RoundingMode.HALF_UP).compareTo(decimal) == 0
                || value.setScale(places, RoundingMode.DOWN).compareTo(decimal) == 0;
    }
}
