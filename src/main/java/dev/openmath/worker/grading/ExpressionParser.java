package dev.openmath.worker.grading;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads one expression, in LaTeX or as people type it, exactly. What could be read in two ways, and what it does not
 * know, it refuses.
 */
final class ExpressionParser {
    private static final int MAX_LENGTH = 2000;
    private static final int MAX_DEPTH = 40;
    private static final int MAX_FACTORIAL = 2000;

    private static final Pattern NUMBER = Pattern.compile("(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)");
    private static final Pattern REPEATING = Pattern.compile("\\\\overline *\\{([0-9]{1,50})\\}");
    private static final Pattern PURE_REPEATING = Pattern.compile("\\. *\\\\overline *\\{([0-9]{1,50})\\}");
    private static final Pattern MIXED =
            Pattern.compile(" *\\\\frac *(?:\\{ *([0-9]+) *\\}|([0-9])) *(?:\\{ *([0-9]+) *\\}|([0-9]))(?![0-9])");
    private static final Pattern MIXED_SLASH = Pattern.compile(" +([0-9]+) */ *([0-9]+)(?![0-9.])");
    private static final Pattern DEGREES = Pattern.compile("\\^ *(?:\\\\circ(?![A-Za-z])|\\{ *\\\\circ *\\})");
    private static final RationalFunction DEGREE = RationalFunction.generator(Polynomial.PI)
            .times(RationalFunction.of(new Rational(BigInteger.ONE, BigInteger.valueOf(180))));
    private static final Pattern COMMAND = Pattern.compile("\\\\([A-Za-z]+)");
    private static final Set<String> FUNCTIONS = Set.of(
            "sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "ln", "log",
            "exp", "cis");
    private static final Set<String> LETTERS = Set.of(
            "alpha",
            "beta",
            "gamma",
            "delta",
            "epsilon",
            "varepsilon",
            "zeta",
            "eta",
            "theta",
            "vartheta",
            "iota",
            "kappa",
            "lambda",
            "mu",
            "nu",
            "xi",
            "rho",
            "sigma",
            "tau",
            "upsilon",
            "phi",
            "varphi",
            "chi",
            "psi",
            "omega",
            "Gamma",
            "Delta",
            "Theta",
            "Lambda",
            "Xi",
            "Sigma",
            "Phi",
            "Psi",
            "Omega",
            "ell",
            "hbar");
    /** Plain words that are mathematics. */
    private static final Map<String, String> WORDS = Map.of("sqrt", "\\sqrt", "pi", "\\pi");
    /** Letters that name functions when a bracket follows: application or product, equal text is equal either way. */
    private static final String FUNCTION_LETTERS = "fghFGHP";

    private final String text;
    private int at;
    private int depth;
    /** Inside of the argument of a function, where a degree sign belongs to the angle. */
    private int arguments;

    private ExpressionParser(String text) {
        this.text = text;
    }

    /**
     * Reads a whole text.
     *
     * @param text cleaned, see {@link AnswerText#clean}
     * @throws NotUnderstoodException if it is not surely one expression
     * @throws TooLargeException if its value must not be computed
     */
    static RationalFunction parse(String text) {
        if (text.length() > MAX_LENGTH) {
            throw new NotUnderstoodException();
        }
        ExpressionParser parser = new ExpressionParser(text);
        try {
            RationalFunction value = parser.sum();
            parser.spaces();
            if (parser.at < text.length()) {
                throw new NotUnderstoodException();
            }
            return value;
        } catch (ArithmeticException e) {
            throw new NotUnderstoodException();
        }
    }

    private RationalFunction sum() {
        if (++depth > MAX_DEPTH) {
            throw new NotUnderstoodException();
        }
        spaces();
        boolean negative = false;
        if (peek() == '-' || peek() == '+') {
            negative = next() == '-';
        }
        RationalFunction value = negative ? product().negate() : product();
        for (spaces(); peek() == '+' || peek() == '-'; spaces()) {
            boolean minus = next() == '-';
            RationalFunction term = product();
            value = minus ? value.minus(term) : value.plus(term);
        }
        depth--;
        return value;
    }

    private RationalFunction product() {
        RationalFunction value = factor();
        boolean afterSlash = false;
        while (true) {
            spaces();
            if (accept("\\cdot") || accept("\\times") || peek() == '*' && !text.startsWith("**", at) && accept("*")) {
                value = value.times(signedFactor());
                afterSlash = false;
            } else if (accept("/") || accept("\\div")) {
                value = value.dividedBy(signedFactor());
                afterSlash = true;
            } else if (startsFactor()) {
                // 1/2x is read in both ways, and two numbers side by side in none.
                if (afterSlash || isDigit(peek()) || peek() == '.') {
                    throw new NotUnderstoodException();
                }
                value = value.times(factor());
            } else {
                return value;
            }
        }
    }

    private RationalFunction signedFactor() {
        spaces();
        if (peek() == '-') {
            at++;
            return factor().negate();
        }
        return factor();
    }

    private boolean startsFactor() {
        char c = peek();
        if (c == '\\') {
            Matcher command = COMMAND.matcher(text).region(at, text.length());
            return command.lookingAt() && isFactor(command.group(1));
        }
        return isDigit(c) || c == '.' || isLetter(c) || c == '(' || c == '[' || c == '{';
    }

    private static boolean isFactor(String command) {
        return command.equals("frac")
                || command.equals("binom")
                || command.equals("sqrt")
                || command.equals("pi")
                || FUNCTIONS.contains(command)
                || LETTERS.contains(command);
    }

    private RationalFunction factor() {
        RationalFunction value = base();
        while (true) {
            spaces();
            if (peek() == '!') {
                at++;
                value = factorial(value);
            } else if (arguments > 0 && acceptDegrees()) {
                value = value.times(DEGREE);
            } else if (accept("^") || accept("**")) {
                value = power(value, exponent());
                spaces();
                if (peek() == '^' || text.startsWith("**", at)) {
                    throw tower(value);
                }
            } else {
                return value;
            }
        }
    }

    private boolean acceptDegrees() {
        Matcher degrees = DEGREES.matcher(text).region(at, text.length());
        if (degrees.lookingAt()) {
            at = degrees.end();
            return true;
        }
        return false;
    }

    /** Powers of powers without brackets are towers, as in 9^9^9. */
    private static NotUnderstoodException tower(RationalFunction value) {
        return value.rational().isPresent() ? new TooLargeException() : new NotUnderstoodException();
    }

    private RationalFunction base() {
        spaces();
        char c = peek();
        if (isDigit(c) || c == '.') {
            return number();
        }
        if (c == '(' || c == '[') {
            return group(c, c == '(' ? ')' : ']');
        }
        if (c == '{') {
            return group('{', '}');
        }
        if (c == '|') {
            return absolute();
        }
        if (c == '\\') {
            return command();
        }
        if (isLetter(c)) {
            return letters();
        }
        throw new NotUnderstoodException();
    }

    private RationalFunction group(char open, char close) {
        if (next() != open) {
            throw new NotUnderstoodException();
        }
        RationalFunction value = sum();
        spaces();
        if (next() != close) {
            throw new NotUnderstoodException();
        }
        return value;
    }

    private RationalFunction absolute() {
        int close = text.indexOf('|', at + 1);
        if (close < 0) {
            throw new NotUnderstoodException();
        }
        RationalFunction inner = parse(text.substring(at + 1, close));
        at = close + 1;
        return inner.rational()
                .map(value -> RationalFunction.of(value.signum() < 0 ? value.negate() : value))
                .or(() -> modulus(inner))
                .orElseGet(() -> opaque("abs" + inner));
    }

    /** The absolute value of a complex number whose square is rational. */
    private static Optional<RationalFunction> modulus(RationalFunction value) {
        RationalFunction real = RationalFunction.of(Rational.ZERO);
        RationalFunction imaginary = real;
        if (!value.denominator().equals(Polynomial.ONE) || value.hasSymbols() || value.isOpaque()) {
            return Optional.empty();
        }
        for (var term : value.numerator().terms().entrySet()) {
            RationalFunction part = RationalFunction.of(term.getValue());
            for (var power : term.getKey().powers().entrySet()) {
                if (!power.getKey().equals(Polynomial.I)) {
                    part = part.times(RationalFunction.generator(power.getKey()).power(power.getValue()));
                }
            }
            if (term.getKey().powers().containsKey(Polynomial.I)) {
                imaginary = imaginary.plus(part);
            } else {
                real = real.plus(part);
            }
        }
        return real.power(2)
                .plus(imaginary.power(2))
                .rational()
                .map(square -> RationalFunction.of(Polynomial.squareRoot(square)));
    }

    private RationalFunction number() {
        Matcher pure = PURE_REPEATING.matcher(text).region(at, text.length());
        if (pure.lookingAt()) {
            at = pure.end();
            return RationalFunction.of(repeatingDecimal("0.", pure.group(1)));
        }
        Matcher number = NUMBER.matcher(text).region(at, text.length());
        if (!number.lookingAt()) {
            throw new NotUnderstoodException();
        }
        at = number.end();
        String digits = number.group();
        if (peek() == '_') {
            throw new NotUnderstoodException(); // a base
        }
        Matcher repeating = REPEATING.matcher(text).region(at, text.length());
        if (digits.contains(".") && repeating.lookingAt()) {
            at = repeating.end();
            return RationalFunction.of(repeatingDecimal(digits, repeating.group(1)));
        }
        Rational value = Rational.of(new BigDecimal(digits.endsWith(".") ? digits + "0" : digits));
        return RationalFunction.of(digits.contains(".") ? value : mixed(value));
    }

    private static Rational repeatingDecimal(String digits, String period) {
        BigDecimal start = new BigDecimal(digits.endsWith(".") ? digits + "0" : digits);
        int places = digits.length() - digits.indexOf('.') - 1;
        BigInteger nines = BigInteger.TEN.pow(period.length()).subtract(BigInteger.ONE);
        Rational tail = new Rational(new BigInteger(period), nines.multiply(BigInteger.TEN.pow(places)));
        return Rational.of(start).plus(tail);
    }

    /** A whole number with a proper fraction behind it. */
    private Rational mixed(Rational whole) {
        for (Pattern pattern : new Pattern[] {MIXED, MIXED_SLASH}) {
            Matcher fraction = pattern.matcher(text).region(at, text.length());
            if (fraction.lookingAt()) {
                boolean latex = pattern == MIXED;
                String numerator = !latex || fraction.group(1) != null ? fraction.group(1) : fraction.group(2);
                String denominator =
                        !latex ? fraction.group(2) : fraction.group(3) != null ? fraction.group(3) : fraction.group(4);
                Rational part = new Rational(new BigInteger(numerator), new BigInteger(denominator));
                if (part.compareTo(Rational.ONE) >= 0) {
                    throw new NotUnderstoodException();
                }
                at = fraction.end();
                spaces();
                if (peek() == '^') {
                    throw new NotUnderstoodException();
                }
                return whole.plus(part);
            }
        }
        return whole;
    }

    private RationalFunction letters() {
        int end = at;
        while (end < text.length() && isLetter(text.charAt(end))) {
            end++;
        }
        String run = text.substring(at, end);
        if (WORDS.containsKey(run) || FUNCTIONS.contains(run)) {
            String command = WORDS.getOrDefault(run, "\\" + run);
            at = end;
            if (!command.equals("\\pi")) {
                spaces();
                if (peek() != '(') {
                    throw new NotUnderstoodException();
                }
            }
            return command(command.substring(1));
        }
        if (run.length() > 3) {
            throw new NotUnderstoodException(); // a word
        }
        char letter = next();
        return symbol(String.valueOf(letter));
    }

    private RationalFunction symbol(String name) {
        StringBuilder full = new StringBuilder(name);
        boolean plain = true;
        while (true) {
            if (peek() == '\'') {
                at++;
                full.append('\'');
                plain = false;
            } else if (peek() == '_') {
                at++;
                full.append('_').append(argument().replace(" ", ""));
                plain = false;
            } else {
                break;
            }
        }
        if (plain && name.equals("e")) {
            return RationalFunction.generator(Polynomial.E);
        }
        if (plain && name.equals("i")) {
            return RationalFunction.generator(Polynomial.I);
        }
        if (plain && name.equals("I")) {
            throw new NotUnderstoodException(); // the imaginary unit to some
        }
        if (FUNCTION_LETTERS.contains(name) && peek() == '(') {
            int close = Brackets.closing(text, at);
            if (close < 0) {
                throw new NotUnderstoodException();
            }
            String inside = text.substring(at + 1, close);
            at = close + 1;
            return opaque(full + "(" + parse(inside) + ")");
        }
        return RationalFunction.generator(full.toString());
    }

    private RationalFunction command() {
        Matcher command = COMMAND.matcher(text).region(at, text.length());
        if (!command.lookingAt()) {
            throw new NotUnderstoodException();
        }
        at = command.end();
        return command(command.group(1));
    }

    private RationalFunction command(String name) {
        if (name.equals("frac")) {
            RationalFunction numerator = parse(argument());
            return numerator.dividedBy(parse(argument()));
        }
        if (name.equals("binom")) {
            return binomial(parse(argument()), parse(argument()));
        }
        if (name.equals("sqrt")) {
            return root();
        }
        if (name.equals("pi")) {
            return RationalFunction.generator(Polynomial.PI);
        }
        if (FUNCTIONS.contains(name)) {
            return function(name);
        }
        if (LETTERS.contains(name)) {
            return symbol("\\" + name);
        }
        throw new NotUnderstoodException();
    }

    private RationalFunction root() {
        spaces();
        int degree = 2;
        if (peek() == '[') {
            int close = text.indexOf(']', at);
            if (close < 0 || !text.substring(at + 1, close).strip().matches("[1-9][0-9]?")) {
                throw new NotUnderstoodException();
            }
            degree = Integer.parseInt(text.substring(at + 1, close).strip());
            at = close + 1;
        }
        spaces();
        RationalFunction radicand;
        if (peek() == '(') {
            radicand = group('(', ')');
        } else {
            boolean braced = peek() == '{';
            radicand = parse(argument());
            if (!braced && isDigit(peek())) {
                throw new NotUnderstoodException(); // \sqrt12
            }
        }
        return rootOf(radicand, degree);
    }

    private RationalFunction rootOf(RationalFunction radicand, int degree) {
        Optional<Rational> rational = radicand.rational();
        if (rational.isPresent() && degree == 2) {
            return RationalFunction.of(Polynomial.squareRoot(rational.get()));
        }
        if (rational.isPresent()) {
            Optional<Rational> exact = exactRoot(rational.get(), degree);
            if (exact.isPresent()) {
                return RationalFunction.of(exact.get());
            }
            if (rational.get().signum() > 0) {
                return simplestRoot(rational.get(), degree);
            }
        }
        return opaque(
                "pow" + radicand + "," + RationalFunction.of(new Rational(BigInteger.ONE, BigInteger.valueOf(degree))));
    }

    /** With the factors taken out that are powers themselves, and a whole number left under the root. */
    private static RationalFunction simplestRoot(Rational value, int degree) {
        BigInteger rest = value.numerator().multiply(value.denominator().pow(degree - 1));
        if (rest.bitLength() > 62) {
            throw new NotUnderstoodException();
        }
        BigInteger outside = BigInteger.ONE;
        for (int factor = 2; factor <= 1000; factor++) {
            BigInteger power = BigInteger.valueOf(factor).pow(degree);
            while (rest.mod(power).signum() == 0) {
                rest = rest.divide(power);
                outside = outside.multiply(BigInteger.valueOf(factor));
            }
        }
        Rational root = new Rational(BigInteger.ONE, BigInteger.valueOf(degree));
        return opaque("pow" + RationalFunction.of(Rational.of(rest)) + "," + RationalFunction.of(root))
                .times(RationalFunction.of(new Rational(outside, value.denominator())));
    }

    /** The root of a rational number that is a power; of negative ones only odd roots, which are meant to be real. */
    private static Optional<Rational> exactRoot(Rational value, int degree) {
        if (value.signum() < 0) {
            return degree % 2 == 0
                    ? Optional.empty()
                    : exactRoot(value.negate(), degree).map(Rational::negate);
        }
        BigInteger numerator = integerRoot(value.numerator(), degree);
        BigInteger denominator = integerRoot(value.denominator(), degree);
        Rational root = denominator.signum() == 0 ? Rational.ZERO : new Rational(numerator, denominator);
        return root.power(degree).equals(value) ? Optional.of(root) : Optional.empty();
    }

    private static BigInteger integerRoot(BigInteger value, int degree) {
        BigInteger low = BigInteger.ZERO;
        BigInteger high = BigInteger.ONE.shiftLeft(value.bitLength() / degree + 1);
        while (low.compareTo(high) < 0) {
            BigInteger middle = low.add(high).add(BigInteger.ONE).shiftRight(1);
            if (middle.pow(degree).compareTo(value) <= 0) {
                low = middle;
            } else {
                high = middle.subtract(BigInteger.ONE);
            }
        }
        return low;
    }

    private RationalFunction function(String name) {
        spaces();
        int power = 1;
        RationalFunction base = null;
        if (accept("^")) {
            String exponent = argument();
            if (!exponent.strip().matches("[1-9]")) {
                throw new NotUnderstoodException(); // an inverse, or worse
            }
            power = Integer.parseInt(exponent.strip());
        }
        if (peek() == '_') {
            at++;
            base = parse(argument());
        }
        spaces();
        RationalFunction argument;
        arguments++;
        if (peek() == '(' || peek() == '{') {
            argument = peek() == '(' ? group('(', ')') : group('{', '}');
            spaces();
            if (peek() == '^' || peek() == '!') {
                throw new NotUnderstoodException();
            }
        } else {
            argument = bareArgument();
        }
        arguments--;
        if (name.equals("exp")) {
            return power(RationalFunction.generator(Polynomial.E), argument).power(power);
        }
        Optional<RationalFunction> exact = base == null
                ? ElementaryFunctions.value(name, argument)
                : name.equals("log") ? ElementaryFunctions.logarithm(base, argument) : Optional.empty();
        return exact.orElse(opaque(name + (base == null ? "" : "_" + base) + argument))
                .power(power);
    }

    /** What follows a function without brackets: factors up to an operator or the next function. */
    private RationalFunction bareArgument() {
        RationalFunction value = null;
        while (true) {
            spaces();
            Matcher command = COMMAND.matcher(text).region(at, text.length());
            boolean function = command.lookingAt() && FUNCTIONS.contains(command.group(1));
            if (function || !startsFactor()) {
                if (value == null || peek() == '/') {
                    throw new NotUnderstoodException();
                }
                return value;
            }
            if (peek() == '(' || peek() == '[' || peek() == '{') {
                throw new NotUnderstoodException(); // inside or outside?
            }
            RationalFunction next = factor();
            value = value == null ? next : value.times(next);
        }
    }

    private RationalFunction exponent() {
        spaces();
        boolean negative = peek() == '-';
        if (negative) {
            at++;
        }
        RationalFunction value;
        if (isDigit(peek())) {
            int end = at;
            while (end < text.length() && isDigit(text.charAt(end))) {
                end++;
            }
            value = RationalFunction.of(Rational.of(new BigInteger(text.substring(at, end))));
            at = end;
            if (peek() == '.') {
                throw new NotUnderstoodException();
            }
        } else if (peek() == '(') {
            value = group('(', ')');
        } else {
            value = parse(argument());
        }
        return negative ? value.negate() : value;
    }

    private RationalFunction power(RationalFunction base, RationalFunction exponent) {
        Optional<RationalFunction> exponential = base.equals(RationalFunction.generator(Polynomial.E))
                ? ElementaryFunctions.exponential(exponent)
                : Optional.empty();
        if (exponential.isPresent()) {
            return exponential.get();
        }
        Optional<Rational> rational = exponent.rational();
        if (rational.isPresent() && rational.get().isInteger()) {
            BigInteger n = rational.get().numerator();
            if (n.bitLength() > 20) {
                boolean small = base.rational()
                        .filter(value ->
                                value.isInteger() && value.numerator().abs().bitLength() <= 1)
                        .isPresent();
                throw small ? new NotUnderstoodException() : new TooLargeException();
            }
            return base.power(n.intValueExact());
        }
        if (rational.isPresent()
                && base.rational().isPresent()
                && base.rational().get().signum() >= 0) {
            int degree = rational.get().denominator().bitLength() > 6
                    ? 0
                    : rational.get().denominator().intValueExact();
            if (degree > 0 && rational.get().numerator().bitLength() <= 10) {
                RationalFunction root = rootOf(base, degree);
                if (!root.isOpaque()) {
                    return root.power(rational.get().numerator().intValueExact());
                }
            }
        }
        if (rational.isPresent() && rational.get().numerator().bitLength() <= 10) {
            Rational root = new Rational(BigInteger.ONE, rational.get().denominator());
            return opaque("pow" + base + "," + RationalFunction.of(root))
                    .power(rational.get().numerator().intValueExact());
        }
        return opaque("pow" + base + "," + exponent);
    }

    private static RationalFunction factorial(RationalFunction value) {
        Rational n = value.rational().orElseThrow(NotUnderstoodException::new);
        if (!n.isInteger() || n.signum() < 0) {
            throw new NotUnderstoodException();
        }
        if (n.compareTo(Rational.of(MAX_FACTORIAL)) > 0) {
            throw new TooLargeException();
        }
        BigInteger product = BigInteger.ONE;
        for (int i = 2; i <= n.numerator().intValueExact(); i++) {
            product = product.multiply(BigInteger.valueOf(i));
        }
        return RationalFunction.of(Rational.of(product));
    }

    private static RationalFunction binomial(RationalFunction n, RationalFunction k) {
        Rational from = n.rational().orElseThrow(NotUnderstoodException::new);
        Rational chosen = k.rational().orElseThrow(NotUnderstoodException::new);
        boolean counts = from.isInteger() && chosen.isInteger() && chosen.signum() >= 0 && from.compareTo(chosen) >= 0;
        if (!counts) {
            throw new NotUnderstoodException();
        }
        if (from.compareTo(Rational.of(MAX_FACTORIAL)) > 0) {
            throw new TooLargeException();
        }
        Rational product = Rational.ONE;
        for (int i = 0; i < chosen.numerator().intValueExact(); i++) {
            product = product.times(
                    new Rational(from.numerator().subtract(BigInteger.valueOf(i)), BigInteger.valueOf(i + 1L)));
        }
        return RationalFunction.of(product);
    }

    private static RationalFunction opaque(String name) {
        if (name.length() > MAX_LENGTH) {
            throw new NotUnderstoodException();
        }
        return RationalFunction.generator(Polynomial.OPAQUE + name);
    }

    /** The argument of a command: a group, a command without arguments, or one character. */
    private String argument() {
        spaces();
        char c = peek();
        if (c == '{') {
            int close = Brackets.closing(text, at);
            if (close < 0) {
                throw new NotUnderstoodException();
            }
            if (++depth > MAX_DEPTH) {
                throw new NotUnderstoodException();
            }
            String inside = text.substring(at + 1, close);
            at = close + 1;
            return inside;
        }
        Matcher command = COMMAND.matcher(text).region(at, text.length());
        if (c == '\\' && command.lookingAt() && (command.group(1).equals("pi") || LETTERS.contains(command.group(1)))) {
            at = command.end();
            return command.group();
        }
        if (isDigit(c) || isLetter(c)) {
            return String.valueOf(next());
        }
        throw new NotUnderstoodException();
    }

    private boolean accept(String token) {
        if (!text.startsWith(token, at)) {
            return false;
        }
        int end = at + token.length();
        if (isLetter(token.charAt(token.length() - 1)) && end < text.length() && isLetter(text.charAt(end))) {
            return false;
        }
        at = end;
        return true;
    }

    private void spaces() {
        while (peek() == ' ') {
            at++;
        }
    }

    private char peek() {
        return at < text.length() ? text.charAt(at) : '\0';
    }

    private char next() {
        if (at >= text.length()) {
            throw new NotUnderstoodException();
        }
        return text.charAt(at++);
    }

    /** ASCII only: other digits are not read as numbers here. */
    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isLetter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }
}
