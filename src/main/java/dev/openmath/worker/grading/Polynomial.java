package dev.openmath.worker.grading;

import java.math.BigInteger;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A polynomial with rational coefficients over generators: symbols, {@link #PI}, {@link #E}, {@link #I}, square roots of
 * primes, natural logarithms of primes, and expressions that are taken as they are ("opaque"). Products are reduced, so that two polynomials without
 * opaque generators are equal as functions exactly if they have the same terms: the square roots of square-free numbers
 * are linearly independent over the rationals, and of the rest no relation is known to any grader.
 *
 * @param terms generators with their exponents, to coefficients other than 0
 */
record Polynomial(SortedMap<Polynomial.Monomial, Rational> terms) {
    static final String PI = "\\pi";
    static final String E = "\\e";
    static final String I = "\\i";
    /** Followed by a prime. */
    private static final String ROOT = "√";
    /** Followed by a prime whose natural logarithm it is. */
    static final String LOGARITHM = "㏑";
    /** Begins the name of a generator about which nothing is known. */
    static final String OPAQUE = "?";

    private static final int MAX_TERMS = 400;
    private static final int MAX_PRODUCTS = 40_000;
    static final int MAX_BITS = 1 << 16;
    private static final int MAX_RADICAND_FACTOR = 100_000;

    static final Polynomial ZERO = new Polynomial(Collections.emptySortedMap());
    static final Polynomial ONE = constant(Rational.ONE);

    /** Generators to positive exponents. */
    record Monomial(SortedMap<String, Integer> powers) implements Comparable<Monomial> {
        static final Monomial ONE = new Monomial(Collections.emptySortedMap());

        @Override
        public int compareTo(Monomial other) {
            return toString().compareTo(other.toString());
        }

        @Override
        public String toString() {
            return powers.entrySet().stream()
                    .map(power -> power.getKey() + "^" + power.getValue())
                    .collect(Collectors.joining("*"));
        }
    }

    static Polynomial constant(Rational value) {
        return value.signum() == 0 ? ZERO : single(Monomial.ONE, value);
    }

    static Polynomial generator(String name) {
        return single(new Monomial(new TreeMap<>(Map.of(name, 1))), Rational.ONE);
    }

    private static Polynomial single(Monomial monomial, Rational coefficient) {
        TreeMap<Monomial, Rational> terms = new TreeMap<>();
        terms.put(monomial, coefficient);
        return new Polynomial(terms);
    }

    /**
     * The square root of a rational number.
     *
     * @throws NotUnderstoodException if its factors are too large to find
     */
    static Polynomial squareRoot(Rational radicand) {
        if (radicand.signum() == 0) {
            return ZERO;
        }
        // sqrt(p/q) = sqrt(p*q)/q
        BigInteger rest = radicand.numerator().abs().multiply(radicand.denominator());
        Polynomial root = constant(new Rational(BigInteger.ONE, radicand.denominator()));
        if (radicand.signum() < 0) {
            root = root.times(generator(I));
        }
        BigInteger whole = rest.sqrt();
        if (whole.multiply(whole).equals(rest)) {
            return root.times(constant(Rational.of(whole)));
        }
        if (rest.bitLength() > 62) {
            throw new NotUnderstoodException();
        }
        long n = rest.longValueExact();
        for (long prime = 2; prime <= MAX_RADICAND_FACTOR && prime * prime <= n; prime++) {
            int exponent = 0;
            while (n % prime == 0) {
                n /= prime;
                exponent++;
            }
            root = root.times(rootOfPrime(prime).power(exponent));
        }
        if (n > (long) MAX_RADICAND_FACTOR * MAX_RADICAND_FACTOR) {
            throw new NotUnderstoodException();
        }
        return n == 1 ? root : root.times(rootOfPrime(n));
    }

    private static Polynomial rootOfPrime(long prime) {
        return generator(ROOT + prime);
    }

    Polynomial plus(Polynomial other) {
        TreeMap<Monomial, Rational> sum = new TreeMap<>(terms);
        other.terms.forEach((monomial, coefficient) -> add(sum, monomial, coefficient));
        return checked(sum);
    }

    Polynomial negate() {
        TreeMap<Monomial, Rational> negated = new TreeMap<>();
        terms.forEach((monomial, coefficient) -> negated.put(monomial, coefficient.negate()));
        return new Polynomial(negated);
    }

    Polynomial times(Polynomial other) {
        if ((long) terms.size() * other.terms.size() > MAX_PRODUCTS) {
            throw new NotUnderstoodException();
        }
        TreeMap<Monomial, Rational> product = new TreeMap<>();
        for (var left : terms.entrySet()) {
            for (var right : other.terms.entrySet()) {
                if (left.getValue().bits() + right.getValue().bits() > MAX_BITS) {
                    throw new TooLargeException();
                }
                TreeMap<String, Integer> powers = new TreeMap<>(left.getKey().powers());
                right.getKey().powers().forEach((name, exponent) -> powers.merge(name, exponent, Math::addExact));
                Rational coefficient = left.getValue().times(right.getValue()).times(reduce(powers));
                add(product, new Monomial(powers), coefficient);
            }
        }
        return checked(product);
    }

    Polynomial power(int exponent) {
        if (exponent > 1) {
            for (Rational coefficient : terms.values()) {
                if ((long) (coefficient.bits() - 1) * exponent > MAX_BITS) {
                    throw new TooLargeException();
                }
            }
        }
        Polynomial result = ONE;
        Polynomial square = this;
        for (int rest = exponent; rest > 0; rest >>= 1) {
            if ((rest & 1) == 1) {
                result = result.times(square);
            }
            if (rest > 1) {
                square = square.times(square);
            }
        }
        return result;
    }

    /** Takes squares of roots and of the imaginary unit out of a product of generators. */
    private static Rational reduce(TreeMap<String, Integer> powers) {
        Rational factor = Rational.ONE;
        for (var power : powers.entrySet()) {
            String name = power.getKey();
            if (name.startsWith(ROOT)) {
                long prime = Long.parseLong(name.substring(ROOT.length()));
                factor = factor.times(Rational.of(prime).power(power.getValue() / 2));
                power.setValue(power.getValue() % 2);
            } else if (name.equals(I)) {
                factor = power.getValue() / 2 % 2 == 0 ? factor : factor.negate();
                power.setValue(power.getValue() % 2);
            }
        }
        powers.values().removeIf(exponent -> exponent == 0);
        return factor;
    }

    private static void add(TreeMap<Monomial, Rational> terms, Monomial monomial, Rational coefficient) {
        Rational sum = terms.getOrDefault(monomial, Rational.ZERO).plus(coefficient);
        if (sum.signum() == 0) {
            terms.remove(monomial);
        } else {
            terms.put(monomial, sum);
        }
    }

    private static Polynomial checked(TreeMap<Monomial, Rational> terms) {
        if (terms.size() > MAX_TERMS) {
            throw new NotUnderstoodException();
        }
        return new Polynomial(terms);
    }

    boolean isZero() {
        return terms.isEmpty();
    }

    /** Whether it is a rational number. */
    boolean isRational() {
        return terms.isEmpty() || terms.size() == 1 && terms.containsKey(Monomial.ONE);
    }

    /** Its value, if it is a rational number. */
    Rational rational() {
        return terms.isEmpty() ? Rational.ZERO : terms.firstEntry().getValue();
    }

    /** Whether it holds generators about which nothing is known. */
    boolean isOpaque() {
        return anyGenerator(name -> name.startsWith(OPAQUE));
    }

    /** Whether it holds symbols. */
    boolean hasSymbols() {
        return anyGenerator(Polynomial::isSymbol);
    }

    static boolean isSymbol(String name) {
        return !name.startsWith(OPAQUE)
                && !name.startsWith(ROOT)
                && !name.startsWith(LOGARITHM)
                && !name.equals(PI)
                && !name.equals(E)
                && !name.equals(I);
    }

    /** The radicand of a generator that is a square root, or 0. */
    static long radicand(String name) {
        return name.startsWith(ROOT) ? Long.parseLong(name.substring(ROOT.length())) : 0;
    }

    /** The prime of which a generator is the natural logarithm, or 0. */
    static long logarithmOf(String name) {
        return name.startsWith(LOGARITHM) ? Long.parseLong(name.substring(LOGARITHM.length())) : 0;
    }

    boolean anyGenerator(Predicate<String> test) {
        return terms.keySet().stream()
                .anyMatch(monomial -> monomial.powers().keySet().stream().anyMatch(test));
    }

    @Override
    public String toString() {
        return terms.entrySet().stream()
                .map(term -> term.getValue() + "*" + term.getKey())
                .collect(Collectors.joining("+", "(", ")"));
    }
}
