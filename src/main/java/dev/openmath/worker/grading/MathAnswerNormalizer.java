package dev.openmath.worker.grading;

import java.math.BigDecimal;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Normal form of a MATH answer as OpenMathInstruct-1 prepared it. The order of the steps matters, and their oddities are
 * part of the data set: {@code \rightarrow} loses its head, {@code \sqrt3x} becomes {@code \sqrt{3x}}.
 */
final class MathAnswerNormalizer {
    private static final int PYTHON = Pattern.UNICODE_CHARACTER_CLASS | Pattern.UNIX_LINES;

    private static final Pattern CONJUNCTION_IN_TEXT =
            Pattern.compile("\\s*\\\\text\\{\\s*(?:or|and)\\s*\\}\\s*", PYTHON);
    private static final Pattern DOUBLED_COMMA = Pattern.compile(",\\s*,", PYTHON);
    private static final Pattern TEXT_BEGIN = Pattern.compile("\\\\text\\s*\\{\\s*", PYTHON);
    private static final Pattern TEXT_GROUP = Pattern.compile("\\\\text\\{([^}]+)\\}");
    private static final Pattern WHOLE_TEXT = Pattern.compile("^\\\\text\\{(.+?)\\}$", PYTHON);
    private static final List<String> UNITS = List.of(
            "degree",
            "cm",
            "centimeter",
            "meter",
            "mile",
            "second",
            "minute",
            "hour",
            "week",
            "month",
            "year",
            "foot",
            "feet",
            "inch",
            "yard",
            "p.m.",
            "PM");
    private static final List<Pattern> UNIT_WORDS = UNITS.stream()
            .map(unit -> Pattern.compile(unit + "(?:es)?s? *(?:\\^[0-9]+)?", PYTHON))
            .toList();
    private static final List<String> WEEKDAYS =
            List.of("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday");
    private static final Pattern DAYS = Pattern.compile("days?");
    private static final Pattern DEGREE_SIGN = Pattern.compile("\\^ *\\\\circ");
    private static final Pattern BARE_ROOT = Pattern.compile("\\\\sqrt(\\s*\\w+)", PYTHON);
    private static final Pattern SPACED_MINUS = Pattern.compile("- *");
    private static final Pattern MIXED_NUMBER = Pattern.compile("([0-9]) +([0-9])");
    private static final Pattern THOUSANDS_COMMA = Pattern.compile("(\\d),(\\d\\d\\d)($|\\D)", PYTHON);
    private static final double INTEGER_TOLERANCE = 1e-7;

    private MathAnswerNormalizer() {}

    static String normalize(String answer) {
        String text = answer.replace("\\left", "").replace("\\right", "");
        text = CONJUNCTION_IN_TEXT.matcher(text).replaceAll(",");
        text = DOUBLED_COMMA.matcher(text).replaceAll(",");
        text = withoutRightHandUnits(text);
        int membership = text.indexOf("\\in ");
        if (membership >= 0) {
            String members = text.substring(membership + 4);
            int next = members.indexOf("\\in ");
            text = PythonText.strip(next < 0 ? members : members.substring(0, next));
        }
        Matcher whole = WHOLE_TEXT.matcher(text);
        if (whole.find()) {
            text = whole.group(1);
        }
        text = withoutSignsAndUnits(text);
        if (text.startsWith("{") && text.endsWith("}")) {
            text = text.length() < 2 ? "" : text.substring(1, text.length() - 1);
        }
        text = BARE_ROOT.matcher(text).replaceAll("\\\\sqrt{$1}");
        text = withBracedFractions(text.replace(" ", ""));
        text = SPACED_MINUS.matcher(text).replaceAll("-");
        text = MIXED_NUMBER.matcher(text).replaceAll("$1+$2");
        return asInteger(text);
    }

    private static String withoutRightHandUnits(String text) {
        if (text.contains("\\text")) {
            String[] parts = TEXT_BEGIN.split(text, -1);
            if (parts.length == 2 && !parts[0].isEmpty() && !parts[0].equals("(")) {
                return parts[0];
            }
        }
        if (text.contains("\\text{")) {
            return TEXT_GROUP.matcher(text).replaceAll("$1");
        }
        int box = text.indexOf("\\mbox{");
        if (box >= 0) {
            if (text.indexOf("\\mbox{", box + 1) >= 0) {
                throw new IllegalArgumentException(
                        "the answer has more than one \\mbox{...}; write it with \\text{...} or without the units");
            }
            return text.substring(0, box);
        }
        return text;
    }

    private static String withoutSignsAndUnits(String answer) {
        String text = answer.replace("\\!", "")
                .replace("\\%", "%")
                .replace("\\$", "$")
                .replace("$", "")
                .replace("%", "")
                .replace("^{\\circ}", "")
                .replace(" or ", " , ")
                .replace(" and ", " , ")
                .replace("million", "*10^6")
                .replace("billion", "*10^9")
                .replace("trillion", "*10^12");
        for (Pattern unit : UNIT_WORDS) {
            text = unit.matcher(text).replaceAll("");
        }
        if (WEEKDAYS.stream().noneMatch(text::contains)) {
            text = DAYS.matcher(text).replaceAll("");
        }
        return DEGREE_SIGN.matcher(text).replaceAll("");
    }

    /** {@code \frac12} with its braces; left alone altogether if a fraction lacks an argument. */
    private static String withBracedFractions(String text) {
        String[] parts = text.split("\\\\frac", -1);
        StringBuilder repaired = new StringBuilder(parts[0]);
        for (int i = 1; i < parts.length; i++) {
            String part = parts[i];
            repaired.append("\\frac");
            if (part.startsWith("{")) {
                repaired.append(part);
            } else if (part.codePointCount(0, part.length()) < 2) {
                return text;
            } else {
                int second = part.offsetByCodePoints(0, 1);
                int rest = part.offsetByCodePoints(0, 2);
                repaired.append('{').append(part, 0, second).append('}');
                if (part.charAt(second) == '{') {
                    repaired.append(part, second, part.length());
                } else {
                    repaired.append('{').append(part, second, rest).append('}').append(part, rest, part.length());
                }
            }
        }
        return repaired.toString();
    }

    private static String asInteger(String text) {
        String plain = text;
        for (String before = ""; !before.equals(plain); ) {
            before = plain;
            plain = THOUSANDS_COMMA.matcher(plain).replaceAll("$1$2$3");
        }
        OptionalDouble value = PythonText.parseFloat(plain);
        if (value.isEmpty() || !Double.isFinite(value.getAsDouble()) || !nearInteger(value.getAsDouble())) {
            return text;
        }
        // A base such as 2021_3 reads as digits in groups; the number is what stands before it.
        String digits = text.replace(",", "").split("_", -1)[0];
        OptionalDouble integer = PythonText.parseFloat(digits);
        return integer.isEmpty()
                ? text
                : new BigDecimal(integer.getAsDouble()).toBigInteger().toString();
    }

    private static boolean nearInteger(double value) {
        return Math.abs(value - Math.rint(value)) <= INTEGER_TOLERANCE;
    }
}
