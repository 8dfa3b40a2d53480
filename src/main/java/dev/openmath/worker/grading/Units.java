package dev.openmath.worker.grading;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Units of measurement and counted things at the end of an answer. */
final class Units {
    /**
     * What stands behind a number.
     *
     * @param dimension such as {@code length^2}; for things that are merely counted, their name
     * @param factor to the dimension's base unit, exact
     */
    record Unit(String dimension, Rational factor) {}

    /** An answer without its unit. */
    record Stripped(String rest, @Nullable Unit unit) {}

    private static final Map<String, Unit> KNOWN = new HashMap<>();
    /** Words behind a number that change its value, or do not belong to it alone: never a unit. */
    private static final Set<String> NOT_UNITS = Set.of(
            "million",
            "billion",
            "trillion",
            "thousand",
            "hundred",
            "dozen",
            "percent",
            "pct",
            "and",
            "or",
            "below",
            "above",
            "bc",
            "ad",
            "squared",
            "cubed",
            "factorial",
            "half",
            "halves",
            "third",
            "thirds",
            "quarter",
            "quarters",
            "fourths",
            "fifths",
            "mod",
            "modulo",
            "base",
            "times",
            "plus",
            "minus",
            "over",
            "to",
            "if",
            "for",
            "not",
            "pi",
            "infinity",
            "infty",
            "sqrt",
            "sin",
            "cos",
            "tan",
            "log",
            "ln",
            "exp",
            "more",
            "less",
            "remainder",
            "is",
            "where",
            "when",
            "by",
            "cot",
            "sec",
            "csc",
            "gcd",
            "lcm",
            "max",
            "min",
            "inf",
            "choose",
            "binom",
            "frac",
            "with",
            "except",
            "but");

    /** No measure is longer. */
    private static final int MAX_LENGTH = 500;

    private static final Pattern TEXT_AT_END = Pattern.compile(
            "^(.*[0-9A-Za-z}).!%])\\s*\\\\(?:text|mbox|textbf|textit|mathrm|textrm)\\s*\\{([^{}]*)\\}\\s*(?:\\^\\{?([0-9])\\}?)?$",
            Pattern.DOTALL);
    private static final Pattern WORDS_AT_END = Pattern.compile(
            "^(.*?[0-9}).%]|.*?\\\\pi)(\\s*)([A-Za-z][A-Za-z ./-]*)(?:\\^\\{?([0-9])\\}?)?$", Pattern.DOTALL);
    private static final Pattern TEMPERATURE = Pattern.compile(
            "^(.*\\S)\\s*\\^\\s*\\{?\\s*\\\\circ\\s*\\}?\\s*(?:\\\\text\\{\\s*)?([CF])\\s*\\}?$", Pattern.DOTALL);
    private static final Pattern DEGREES =
            Pattern.compile("^(.*\\S)\\s*\\^\\s*(?:\\{\\s*\\\\circ\\s*\\}|\\\\circ)\\s*$", Pattern.DOTALL);

    /** A degree sign behind a function of an angle belongs to its argument. */
    private static final Pattern ANGLE_ARGUMENT =
            Pattern.compile("\\\\(?:sin|cos|tan|cot|sec|csc|cis)(?![A-Za-z])[^()+-]*$");

    private static final Pattern QUOTIENT = Pattern.compile("([a-z][a-z .-]*?) *(?:/| per ) *([a-z][a-z .-]*)");
    private static final Pattern FEET_OR_INCHES = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)('{1,2}|\")");
    private static final Pattern COMPOUND_PART = Pattern.compile("([0-9]+(?:\\.[0-9]+)?) *-? *([A-Za-z]+)");
    private static final Pattern COMPOUND =
            Pattern.compile(" *" + COMPOUND_PART + "\\.?(?: *(?:,|and)? *(?:and)? *" + COMPOUND_PART + "\\.?)+ *");

    static {
        length("1", "m", "meter", "metre");
        length("0.01", "cm", "centimeter", "centimetre");
        length("0.001", "mm", "millimeter", "millimetre");
        length("1000", "km", "kilometer", "kilometre");
        length("0.0254", "in", "inch", "inche");
        length("0.3048", "ft", "foot", "feet");
        length("0.9144", "yd", "yard");
        length("1609.344", "mi", "mile");
        define("time", "1", "s", "sec", "second");
        define("time", "60", "min", "minute");
        define("time", "3600", "h", "hr", "hour");
        define("time", "86400", "day");
        define("time", "604800", "week");
        define("month", "1", "month");
        define("month", "12", "year", "yr");
        define("mass", "1", "g", "gram");
        define("mass", "1000", "kg", "kilogram");
        define("mass", "0.001", "mg", "milligram");
        define("mass", "453.59237", "lb", "pound");
        define("mass", "28.349523125", "oz", "ounce");
        define("mass", "1000000", "tonne");
        define("length^3", "0.001", "l", "liter", "litre");
        define("length^3", "0.000001", "ml", "milliliter", "millilitre", "cc");
        define("length^3", "0.003785411784", "gal", "gallon");
        define("length^3", "0.000946352946", "qt", "quart");
        define("length^3", "0.000473176473", "pt", "pint");
        define("length^3", "0.0002365882365", "cup");
        define("length^2", "4046.8564224", "acre");
        define("length^2", "10000", "hectare");
        define("dollars", "1", "dollar", "buck", "usd");
        define("dollars", "0.01", "cent", "penny", "pennie");
        define("euros", "1", "euro", "eur");
        define("pounds sterling", "1", "gbp");
        define("rupees", "1", "rupee", "inr");
        define("angle", "1", "degree", "deg");
        define("speed", "0.44704", "mph");
        define("speed", "1", "mps");
        KNOWN.put("kmh", new Unit("speed", new Rational(BigInteger.valueOf(5), BigInteger.valueOf(18))));
        KNOWN.put("kph", KNOWN.get("kmh"));
    }

    private Units() {}

    private static void length(String factor, String... names) {
        define("length", factor, names);
    }

    private static void define(String dimension, String factor, String... names) {
        for (String name : names) {
            KNOWN.put(name, new Unit(dimension, Rational.of(new BigDecimal(factor))));
        }
    }

    /** The answer without a unit at its end, if something is left then. */
    static String stripTrailing(String answer) {
        return strip(answer).rest();
    }

    /** Splits a unit off the end. */
    static Stripped strip(String answer) {
        String text = answer.strip();
        if (text.length() > MAX_LENGTH) {
            return new Stripped(text, null);
        }
        Matcher temperature = TEMPERATURE.matcher(text);
        if (temperature.matches()) {
            return new Stripped(temperature.group(1), new Unit("degrees " + temperature.group(2), Rational.ONE));
        }
        Matcher degrees = DEGREES.matcher(text);
        if (degrees.matches() && !ANGLE_ARGUMENT.matcher(degrees.group(1)).find()) {
            return new Stripped(degrees.group(1), KNOWN.get("degree"));
        }
        Matcher mark = FEET_OR_INCHES.matcher(text);
        if (mark.matches()) {
            return new Stripped(mark.group(1), KNOWN.get(mark.group(2).equals("'") ? "foot" : "inch"));
        }
        Matcher inText = TEXT_AT_END.matcher(text);
        if (inText.matches()) {
            Unit unit = unit(inText.group(2), inText.group(3), true);
            if (unit != null) {
                return new Stripped(inText.group(1).strip(), unit);
            }
        }
        Matcher words = WORDS_AT_END.matcher(text);
        if (words.matches() && !words.group(1).isBlank()) {
            boolean apart = !words.group(2).isEmpty();
            Unit unit = unit(words.group(3), words.group(4), apart);
            if (unit != null) {
                return new Stripped(words.group(1).strip(), unit);
            }
        }
        return new Stripped(text, null);
    }

    /**
     * The unit that words name.
     *
     * @param anyThing whether words that are no unit of measurement are taken for counted things
     */
    private static @Nullable Unit unit(String words, @Nullable String power, boolean anyThing) {
        String name = words.strip().replaceAll("[.]+$", "").toLowerCase(Locale.ROOT);
        int exponent = power == null ? 1 : Integer.parseInt(power);
        Matcher prefix =
                Pattern.compile("^(square|sq\\.?|cubic|cu\\.?)\\s+(.*)$").matcher(name);
        if (prefix.matches()) {
            exponent = prefix.group(1).startsWith("s") ? 2 : 3;
            name = prefix.group(2);
        }
        Matcher suffix = Pattern.compile("^(.*?)\\s+(squared|cubed)$").matcher(name);
        if (suffix.matches()) {
            exponent = suffix.group(2).equals("squared") ? 2 : 3;
            name = suffix.group(1);
        }
        if (!name.matches("[a-z][a-z ./-]*")) {
            return null;
        }
        Matcher quotient = QUOTIENT.matcher(name);
        if (quotient.matches()) {
            return quotient(quotient.group(1), quotient.group(2), exponent, anyThing);
        }
        String[] parts = name.split("[ ./-]+");
        for (String part : parts) {
            if (NOT_UNITS.contains(part)) {
                return null;
            }
        }
        Unit known = known(String.join("", parts));
        if (known != null) {
            return exponent == 1
                    ? known
                    : new Unit(
                            known.dimension() + "^" + exponent, known.factor().power(exponent));
        }
        // A single letter, or letters that touch the number, are a product of symbols.
        if (!anyThing || parts.length > 4 || name.length() < 2) {
            return null;
        }
        return new Unit(singular(String.join(" ", parts)) + (exponent == 1 ? "" : "^" + exponent), Rational.ONE);
    }

    /** Such as km/h or dollars per hour; the exponent belongs to the denominator. */
    private static @Nullable Unit quotient(String over, String under, int exponent, boolean anyThing) {
        Unit numerator = unit(over, null, anyThing);
        Unit denominator = unit(under, exponent == 1 ? null : String.valueOf(exponent), anyThing);
        if (numerator == null || denominator == null) {
            return null;
        }
        String dimension = numerator.dimension() + "/" + denominator.dimension();
        return new Unit(
                dimension.equals("length/time") ? "speed" : dimension,
                numerator.factor().times(denominator.factor().inverse()));
    }

    /**
     * Reads a measure in several units, such as 5 hours 30 minutes or 6 feet, 2 inches.
     *
     * @return null if the text is none: units of one kind, each smaller than the one before
     */
    static @Nullable Compound compound(String text) {
        if (text.length() > MAX_LENGTH) {
            return null;
        }
        Matcher whole = COMPOUND.matcher(text.replaceAll("\\\\text\\{([^{}]*)\\}", " $1 "));
        if (!whole.matches()) {
            return null;
        }
        Unit first = null;
        Rational sum = Rational.ZERO;
        Rational smallest = null;
        Matcher part = COMPOUND_PART.matcher(whole.group());
        while (part.find()) {
            Unit unit = known(part.group(2).toLowerCase(Locale.ROOT));
            if (unit == null
                    || first != null && !unit.dimension().equals(first.dimension())
                    || smallest != null && unit.factor().compareTo(smallest) >= 0) {
                return null;
            }
            first = first == null ? unit : first;
            smallest = unit.factor();
            sum = sum.plus(Rational.of(new BigDecimal(part.group(1))).times(unit.factor()));
        }
        return first == null ? null : new Compound(sum.times(first.factor().inverse()), first);
    }

    /** A measure in several units, as a number of the first. */
    record Compound(Rational number, Unit unit) {}

    private static @Nullable Unit known(String name) {
        Unit unit = KNOWN.get(name);
        return unit != null ? unit : KNOWN.get(singular(name));
    }

    private static String singular(String name) {
        return name.length() > 2 && name.endsWith("s") ? name.substring(0, name.length() - 1) : name;
    }
}
