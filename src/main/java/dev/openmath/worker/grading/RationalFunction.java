package dev.openmath.worker.grading;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** A quotient of polynomials, denominator not 0. Not in lowest terms: compared by cross-multiplication. */
record RationalFunction(Polynomial numerator, Polynomial denominator) {
    /** Functions of a rational multiple of one symbol, as generators are named. */
    private static final Pattern INDEPENDENT =
            Pattern.compile("\\?(?:sin|cos|tan|cot|sec|csc|ln)\\(-?[0-9/]+\\*(?:[A-Za-z]|\\\\[a-z]{3,})\\^1\\)");

    private static final int MAX_EXPONENT = 100_000;

    RationalFunction {
        if (denominator.isZero()) {
            throw new NotUnderstoodException();
        }
        if (denominator.isRational() && !denominator.equals(Polynomial.ONE)) {
            numerator =
                    numerator.times(Polynomial.constant(denominator.rational().inverse()));
            denominator = Polynomial.ONE;
        }
    }

    static RationalFunction of(Polynomial polynomial) {
        return new RationalFunction(polynomial, Polynomial.ONE);
    }

    static RationalFunction of(Rational value) {
        return of(Polynomial.constant(value));
    }

    static RationalFunction generator(String name) {
        return of(Polynomial.generator(name));
    }

    RationalFunction plus(RationalFunction other) {
        return denominator.equals(other.denominator)
                ? new RationalFunction(numerator.plus(other.numerator), denominator)
                : new RationalFunction(
                        numerator.times(other.denominator).plus(other.numerator.times(denominator)),
                        denominator.times(other.denominator));
    }

    RationalFunction minus(RationalFunction other) {
        return plus(other.negate());
    }

    RationalFunction negate() {
        return new RationalFunction(numerator.negate(), denominator);
    }

    RationalFunction times(RationalFunction other) {
        return new RationalFunction(numerator.times(other.numerator), denominator.times(other.denominator));
    }

    RationalFunction dividedBy(RationalFunction other) {
        return times(other.inverse());
    }

    RationalFunction inverse() {
        return new RationalFunction(denominator, numerator);
    }

    RationalFunction power(int exponent) {
        if (Math.abs((long) exponent) > MAX_EXPONENT) {
            throw new TooLargeException();
        }
        return exponent < 0
                ? inverse().power(-exponent)
                : new RationalFunction(numerator.power(exponent), denominator.power(exponent));
    }

    /** Its value, if it is plainly a rational number. */
    Optional<Rational> rational() {
        return numerator.isRational() && denominator.isRational()
                ? Optional.of(numerator.rational())
                : Optional.empty();
    }

    boolean isZero() {
        return numerator.isZero();
    }

    boolean isOpaque() {
        return numerator.isOpaque() || denominator.isOpaque();
    }

    /**
     * Whether what is opaque is one elementary function of one symbol, such as the sine of x: it is transcendental over
     * everything else that occurs, so that a difference that does not cancel is none of the zero function.
     */
    boolean hasOneIndependentFunction() {
        Set<String> opaque = new TreeSet<>();
        for (Polynomial part : new Polynomial[] {numerator, denominator}) {
            part.terms()
                    .keySet()
                    .forEach(monomial -> opaque.addAll(monomial.powers().keySet()));
        }
        opaque.removeIf(name -> !name.startsWith(Polynomial.OPAQUE));
        return opaque.size() == 1
                && INDEPENDENT.matcher(opaque.iterator().next()).matches();
    }

    boolean hasSymbols() {
        return numerator.hasSymbols() || denominator.hasSymbols();
    }

    @Override
    public String toString() {
        return denominator.equals(Polynomial.ONE) ? numerator.toString() : numerator + "/" + denominator;
    }
}
