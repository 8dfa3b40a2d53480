package dev.openmath.worker.grading;

import java.util.OptionalDouble;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;

/** Text and float functions with the semantics of Python 3, which the original verdicts and normal forms depend on. */
final class PythonText {
    /** Digits in groups with single underscores; also {@code 1.}, {@code .5} and an exponent. */
    private static final Pattern DECIMAL =
            Pattern.compile("[+-]?(?:D(?:\\.(?:D)?)?|\\.D)(?:[eE][+-]?D)?".replace("D", "[0-9]+(?:_[0-9]+)*"));

    private static final Pattern INFINITY = Pattern.compile("([+-]?)inf(?:inity)?", Pattern.CASE_INSENSITIVE);
    private static final Pattern NAN = Pattern.compile("[+-]?nan", Pattern.CASE_INSENSITIVE);

    private PythonText() {}

    /** {@code str.strip()}. */
    static String strip(String text) {
        return strip(text, PythonText::isSpace);
    }

    /** {@code str.strip(chars)}. */
    static String strip(String text, String chars) {
        return strip(text, c -> chars.indexOf(c) >= 0);
    }

    private static String strip(String text, IntPredicate dropped) {
        int from = 0;
        int to = text.length();
        while (from < to && dropped.test(text.charAt(from))) {
            from++;
        }
        while (to > from && dropped.test(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }

    /** {@code str.isspace()} of one character. Differs from Java in U+00A0, U+0085, U+2007 and U+202F. */
    private static boolean isSpace(int c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == 0x85;
    }

    /** {@code text[:length]}, which counts code points. */
    static String head(String text, int length) {
        return text.codePointCount(0, text.length()) <= length
                ? text
                : text.substring(0, text.offsetByCodePoints(0, length));
    }

    /** {@code float(text)}; empty where Python raises ValueError. */
    static OptionalDouble parseFloat(String text) {
        String stripped = strip(text);
        StringBuilder ascii = new StringBuilder(stripped.length());
        stripped.codePoints()
                .forEach(c -> ascii.appendCodePoint(
                        Character.getType(c) == Character.DECIMAL_DIGIT_NUMBER ? '0' + Character.digit(c, 10) : c));
        if (DECIMAL.matcher(ascii).matches()) {
            return OptionalDouble.of(Double.parseDouble(ascii.toString().replace("_", "")));
        }
        var infinity = INFINITY.matcher(ascii);
        if (infinity.matches()) {
            return OptionalDouble.of(
                    infinity.group(1).equals("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
        }
        return NAN.matcher(ascii).matches() ? OptionalDouble.of(Double.NaN) : OptionalDouble.empty();
    }

    /** {@code math.isclose(a, b, rel_tol=relative)}: relative to the larger magnitude, only 0 is close to 0. */
    static boolean isClose(double a, double b, double relative) {
        if (a == b) {
            return true;
        }
        if (Double.isInfinite(a) || Double.isInfinite(b)) {
            return false;
        }
        double difference = Math.abs(b - a);
        return difference <= Math.abs(relative * b) || difference <= Math.abs(relative * a);
    }
}
