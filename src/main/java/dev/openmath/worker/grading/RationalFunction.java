package dev.openmath.worker.grading;

import java.util.Optional;

/** A quotient of polynomials, denominator not 0. Not in lowest terms: compared by cross-multiplication. */
record RationalFunction(Polynomial numerator, Polynomial denominator) {
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

    boolean hasSymbols() {
        return numerator.hasSymbols() || denominator.hasSymbols();
    }

    @Override
    public String toString() {
        return denominator.equals(Polynomial.ONE) ? numerator.toString() : numerator + "/" + denominator;
    }
}
