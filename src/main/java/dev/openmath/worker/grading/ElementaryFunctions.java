package dev.openmath.worker.grading;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/** Values of elementary functions where they are exact: angles of the regular polygons, logarithms of rational numbers. */
final class ElementaryFunctions {
    private static final int MAX_LOG_BITS = 62;
    private static final int MAX_LOG_FACTOR = 10_000;
    private static final Rational HALF = ratio(1, 2);
    private static final RationalFunction ROOT_2 = root(2);
    private static final RationalFunction ROOT_3 = root(3);
    private static final RationalFunction ROOT_5 = root(5);
    private static final RationalFunction ROOT_6 = root(6);
    private static final RationalFunction ONE = RationalFunction.of(Rational.ONE);
    /** Sines of the angles of the first quadrant that are sums of rational numbers' roots, by the angle as a part of pi. */
    private static final Map<Rational, RationalFunction> SINES = Map.of(
            Rational.ZERO,
            RationalFunction.of(Rational.ZERO),
            ratio(1, 12),
            scaled(ROOT_6.minus(ROOT_2), 4),
            ratio(1, 10),
            scaled(ROOT_5.minus(ONE), 4),
            ratio(1, 6),
            RationalFunction.of(HALF),
            ratio(1, 4),
            scaled(ROOT_2, 2),
            ratio(3, 10),
            scaled(ROOT_5.plus(ONE), 4),
            ratio(1, 3),
            scaled(ROOT_3, 2),
            ratio(5, 12),
            scaled(ROOT_6.plus(ROOT_2), 4),
            HALF,
            ONE);

    private static final List<Rational> TANGENT_ANGLES =
            List.of(Rational.ZERO, ratio(1, 12), ratio(1, 6), ratio(1, 4), ratio(1, 3), ratio(5, 12));

    private ElementaryFunctions() {}

    /** The value of a function, or empty where it has no form that is known here. */
    static Optional<RationalFunction> value(String name, RationalFunction argument) {
        return switch (name) {
            case "ln" -> logarithm(argument);
            case "arcsin" -> arcsine(argument);
            case "arccos" -> arcsine(argument).map(sine -> pi(HALF).minus(sine));
            case "arctan" -> arctangent(argument);
            default -> timesPi(argument).flatMap(angle -> trigonometric(name, angle));
        };
    }

    /** The logarithm to a base. */
    static Optional<RationalFunction> logarithm(RationalFunction base, RationalFunction argument) {
        return logarithm(base)
                .filter(denominator -> !denominator.isZero())
                .flatMap(denominator -> logarithm(argument).map(numerator -> numerator.dividedBy(denominator)));
    }

    /** {@code e} to a power that is an angle times {@code i}, or a multiple of a logarithm. */
    static Optional<RationalFunction> exponential(RationalFunction exponent) {
        if (!exponent.denominator().equals(Polynomial.ONE)
                || exponent.numerator().terms().size() != 1) {
            return Optional.empty();
        }
        var term = exponent.numerator().terms().firstEntry();
        SortedMap<String, Integer> powers = term.getKey().powers();
        if (powers.equals(Map.of(Polynomial.I, 1, Polynomial.PI, 1))) {
            return trigonometric("cis", term.getValue());
        }
        long prime = powers.size() == 1 && powers.firstEntry().getValue() == 1
                ? Polynomial.logarithmOf(powers.firstKey())
                : 0;
        return prime > 0
                        && term.getValue().isInteger()
                        && term.getValue().numerator().bitLength() < 8
                ? Optional.of(RationalFunction.of(
                        Rational.of(prime).power(term.getValue().numerator().intValueExact())))
                : Optional.empty();
    }

    private static Optional<RationalFunction> trigonometric(String name, Rational angle) {
        RationalFunction sine = sine(angle);
        RationalFunction cosine = sine(angle.plus(HALF));
        return switch (name) {
            case "sin" -> Optional.of(sine);
            case "cos" -> Optional.of(cosine);
            case "tan" -> quotient(sine, cosine);
            case "cot" -> quotient(cosine, sine);
            case "sec" -> quotient(ONE, cosine);
            case "csc" -> quotient(ONE, sine);
            case "cis" -> Optional.of(cosine.plus(sine.times(RationalFunction.generator(Polynomial.I))));
            default -> Optional.empty();
        };
    }

    private static Optional<RationalFunction> quotient(RationalFunction numerator, RationalFunction denominator) {
        return denominator.isZero() ? Optional.empty() : Optional.of(numerator.dividedBy(denominator));
    }

    /** Its value, or the sine of the same angle in the first quadrant, with its sign. */
    private static RationalFunction sine(Rational angle) {
        BigInteger turn = angle.denominator().shiftLeft(1);
        Rational reduced = new Rational(angle.numerator().mod(turn), angle.denominator());
        boolean negative = reduced.compareTo(Rational.ONE) >= 0;
        if (negative) {
            reduced = reduced.plus(Rational.of(-1));
        }
        if (reduced.compareTo(HALF) > 0) {
            reduced = Rational.ONE.plus(reduced.negate());
        }
        RationalFunction known = SINES.get(reduced);
        RationalFunction sine =
                known == null ? RationalFunction.generator(Polynomial.OPAQUE + "sin" + pi(reduced)) : known;
        return negative ? sine.negate() : sine;
    }

    private static Optional<RationalFunction> arcsine(RationalFunction value) {
        for (Map.Entry<Rational, RationalFunction> known : SINES.entrySet()) {
            if (value.minus(known.getValue()).isZero()) {
                return Optional.of(pi(known.getKey()));
            }
            if (value.plus(known.getValue()).isZero()) {
                return Optional.of(pi(known.getKey().negate()));
            }
        }
        return Optional.empty();
    }

    private static Optional<RationalFunction> arctangent(RationalFunction value) {
        for (Rational angle : TANGENT_ANGLES) {
            RationalFunction tangent = trigonometric("tan", angle).orElseThrow();
            if (value.minus(tangent).isZero()) {
                return Optional.of(pi(angle));
            }
            if (value.plus(tangent).isZero()) {
                return Optional.of(pi(angle.negate()));
            }
        }
        return Optional.empty();
    }

    /** As a sum over logarithms of primes, between which there is no rational relation. */
    private static Optional<RationalFunction> logarithm(RationalFunction value) {
        return logarithm(value.numerator())
                .flatMap(numerator -> logarithm(value.denominator()).map(numerator::minus));
    }

    private static Optional<RationalFunction> logarithm(Polynomial product) {
        if (product.terms().size() != 1) {
            return Optional.empty();
        }
        var term = product.terms().firstEntry();
        Rational coefficient = term.getValue();
        if (coefficient.signum() <= 0) {
            return Optional.empty();
        }
        RationalFunction sum = RationalFunction.of(Rational.ZERO);
        for (var power : term.getKey().powers().entrySet()) {
            long radicand = Polynomial.radicand(power.getKey());
            if (power.getKey().equals(Polynomial.E)) {
                sum = sum.plus(RationalFunction.of(Rational.of(power.getValue())));
            } else if (radicand > 0) {
                sum = sum.plus(logarithmOfPrime(radicand, HALF));
            } else {
                return Optional.empty();
            }
        }
        Optional<RationalFunction> numerator = logarithm(coefficient.numerator());
        Optional<RationalFunction> denominator = logarithm(coefficient.denominator());
        RationalFunction rest = sum;
        return numerator.flatMap(
                over -> denominator.map(under -> rest.plus(over).minus(under)));
    }

    private static Optional<RationalFunction> logarithm(BigInteger value) {
        if (value.bitLength() > MAX_LOG_BITS) {
            return Optional.empty();
        }
        RationalFunction sum = RationalFunction.of(Rational.ZERO);
        long n = value.longValueExact();
        for (long prime = 2; prime <= MAX_LOG_FACTOR && prime * prime <= n; prime++) {
            int exponent = 0;
            while (n % prime == 0) {
                n /= prime;
                exponent++;
            }
            if (exponent > 0) {
                sum = sum.plus(logarithmOfPrime(prime, Rational.of(exponent)));
            }
        }
        if (n > (long) MAX_LOG_FACTOR * MAX_LOG_FACTOR) {
            return Optional.empty();
        }
        return Optional.of(n == 1 ? sum : sum.plus(logarithmOfPrime(n, Rational.ONE)));
    }

    private static RationalFunction logarithmOfPrime(long prime, Rational factor) {
        return RationalFunction.generator(Polynomial.LOGARITHM + prime).times(RationalFunction.of(factor));
    }

    /** The factor of pi, if the value is a rational multiple of it. */
    private static Optional<Rational> timesPi(RationalFunction value) {
        if (value.isZero()) {
            return Optional.of(Rational.ZERO);
        }
        if (!value.denominator().equals(Polynomial.ONE)
                || value.numerator().terms().size() != 1) {
            return Optional.empty();
        }
        var term = value.numerator().terms().firstEntry();
        return term.getKey().powers().equals(Map.of(Polynomial.PI, 1))
                ? Optional.of(term.getValue())
                : Optional.empty();
    }

    private static RationalFunction pi(Rational factor) {
        return RationalFunction.generator(Polynomial.PI).times(RationalFunction.of(factor));
    }

    private static Rational ratio(long numerator, long denominator) {
        return new Rational(BigInteger.valueOf(numerator), BigInteger.valueOf(denominator));
    }

    private static RationalFunction root(long radicand) {
        return RationalFunction.of(Polynomial.squareRoot(Rational.of(radicand)));
    }

    private static RationalFunction scaled(RationalFunction value, long divisor) {
        return value.times(RationalFunction.of(ratio(1, divisor)));
    }
}
