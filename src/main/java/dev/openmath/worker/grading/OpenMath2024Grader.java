package dev.openmath.worker.grading;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The grader of OpenMathInstruct-1, rule by rule in its order, known wrong verdicts included: off by a factor of 100 is
 * equal, kinds of bracket hardly matter, commas vanish from numbers. What it compared with SymPy goes to the verifier.
 */
final class OpenMath2024Grader extends TwoStepGrader {
    private static final int MAX_PREDICTION_LENGTH = 1000;
    private static final double RELATIVE_TOLERANCE = 1e-4;

    private static final int PYTHON = Pattern.UNICODE_CHARACTER_CLASS | Pattern.UNIX_LINES;
    private static final Pattern DOLLARS = Pattern.compile("\\$\\d", PYTHON);
    private static final Pattern PERCENTAGE = Pattern.compile("\\d+(?:\\.\\d+)?\\\\?%\\n?", PYTHON);
    private static final Pattern INTERVAL =
            Pattern.compile("Interval(|\\.Ropen|\\.Lopen|\\.open)\\((.*)\\)\\n?", PYTHON);
    private static final Pattern PRINTED_MATRIX = Pattern.compile("Matrix\\(\\[(\\[.*\\])\\]\\)");
    private static final Pattern RATIONAL = Pattern.compile("-?\\d+(?:/\\d+)?");

    OpenMath2024Grader(SymbolicVerifier verifier, Duration timeout) {
        super(GraderKind.OPEN_MATH_2024, verifier, timeout);
    }

    @Override
    public String version() {
        return "1";
    }

    @Override
    Decision decide(AnswerPair pair, Decision.Known known) {
        String prediction = pair.predicted() == null ? null : withoutSigns(pair.predicted());
        String reference = pair.expected() == null ? null : withoutSigns(pair.expected());
        if (prediction != null) {
            prediction = PythonText.head(prediction, MAX_PREDICTION_LENGTH);
        }
        if (prediction != null && reference != null) {
            if (sameText(prediction, reference)) {
                return Decision.equal("text");
            }
            OptionalDouble predicted = number(prediction);
            OptionalDouble expected = number(reference);
            if (predicted.isPresent() && expected.isPresent()) {
                return new Decision.Decided(
                        Verdict.of(closeUpToPercent(predicted.getAsDouble(), expected.getAsDouble()), "numeric"));
            }
        }
        if (prediction == null || prediction.isEmpty()) {
            return Decision.unequal("no-answer");
        }
        // A missing reference took part as the text that Python prints for it.
        return structural(
                intervalNotation(PythonText.strip(prediction)),
                PythonText.strip(reference == null ? "None" : reference),
                known);
    }

    private Decision structural(String prediction, String reference, Decision.Known known) {
        if (equalButForBrackets(prediction, reference)) {
            return Decision.equal("brackets");
        }
        List<Decision> undecided = new ArrayList<>();
        if (sameOuterBrackets(prediction, reference)) {
            Decision parts = elements(split(inside(prediction)), split(inside(reference)), known);
            if (parts.isEqual()) {
                return parts;
            }
            undecided.add(parts);
        }
        if (prediction.contains(",") && reference.contains(",")) {
            List<String> predicted = stripped(split(prediction));
            List<String> expected = stripped(split(reference));
            if (predicted.size() == expected.size()) {
                return either(undecided, elements(predicted, expected, known));
            }
        }
        if (prediction.startsWith("Point") && reference.startsWith("(") && reference.endsWith(")")) {
            String coordinates = prediction.substring(prediction.indexOf('(') + 1, prediction.length() - 1);
            Decision parts = elements(split(coordinates), split(inside(reference)), known);
            if (parts.isEqual()) {
                return parts;
            }
            undecided.add(parts);
        }
        if (reference.startsWith("\\begin{pmatrix}") && prediction.startsWith("Matrix")) {
            Decision entries = matrix(prediction, reference, known);
            if (entries.isEqual()) {
                return entries;
            }
            undecided.add(entries);
        }
        return either(undecided, known.symbolic(new AnswerPair(prediction, reference)));
    }

    /**
     * The last rule's decision, unless an earlier one, that says equal or nothing, is still open: then the earlier one
     * has to be known first.
     */
    private static Decision either(List<Decision> earlier, Decision last) {
        if (last.isEqual()) {
            return last;
        }
        for (Decision decision : earlier) {
            if (!decision.isUnequal()) {
                return decision;
            }
        }
        return last;
    }

    private Decision elements(List<String> predicted, List<String> expected, Decision.Known known) {
        if (predicted.size() != expected.size()) {
            return Decision.unequal("elements");
        }
        List<Decision> parts = new ArrayList<>();
        for (int i = 0; i < predicted.size(); i++) {
            parts.add(decide(new AnswerPair(predicted.get(i), expected.get(i)), known));
        }
        return Decision.all(parts, "elements");
    }

    /** Only matrices of printed rational numbers are read here; entries with anything else would have to be evaluated. */
    private Decision matrix(String prediction, String reference, Decision.Known known) {
        Matcher printed = PRINTED_MATRIX.matcher(prediction);
        if (!printed.matches()) {
            return Decision.unequal("elements");
        }
        List<String> entries = stripped(split(printed.group(1).replace("[", "").replace("]", "")));
        if (!entries.stream().allMatch(entry -> RATIONAL.matcher(entry).matches())) {
            return Decision.unequal("elements");
        }
        String[] words = reference.split("\\s+");
        List<String> expected = new ArrayList<>();
        for (int i = 1; i < words.length - 1; i += 2) {
            expected.add(words[i]);
        }
        return elements(entries, expected, known);
    }

    private static String withoutSigns(String answer) {
        if (DOLLARS.matcher(answer).lookingAt()) {
            return answer.substring(1);
        }
        if (PERCENTAGE.matcher(answer).matches()) {
            return answer.replace("\\%", "").replace("%", "");
        }
        return answer;
    }

    private static boolean sameText(String prediction, String reference) {
        return lower(prediction).equals(lower(reference))
                || prediction.replace(" ", "").equals(reference.replace(" ", ""));
    }

    private static String lower(String text) {
        return PythonText.strip(text).toLowerCase(Locale.ROOT);
    }

    private static OptionalDouble number(String text) {
        return PythonText.parseFloat(text.contains("{,}") ? text.replace("{,}", "") : text.replace(",", ""));
    }

    private static boolean closeUpToPercent(double predicted, double expected) {
        return PythonText.isClose(expected / 100, predicted, RELATIVE_TOLERANCE)
                || PythonText.isClose(expected, predicted, RELATIVE_TOLERANCE)
                || PythonText.isClose(expected * 100, predicted, RELATIVE_TOLERANCE);
    }

    private static String intervalNotation(String prediction) {
        Matcher interval = INTERVAL.matcher(prediction);
        if (!interval.matches()) {
            return prediction;
        }
        String ends = interval.group(2);
        return switch (interval.group(1)) {
            case ".Ropen" -> "[" + ends + ")";
            case ".Lopen" -> "(" + ends + "]";
            case ".open" -> "(" + ends + ")";
            default -> "[" + ends + "]";
        };
    }

    private static boolean equalButForBrackets(String prediction, String reference) {
        boolean square = prediction.startsWith("[") && prediction.endsWith("]") && !reference.startsWith("(");
        boolean round = prediction.startsWith("(") && prediction.endsWith(")") && !reference.startsWith("[");
        String left = square || round ? PythonText.strip(prediction, "[]()") : prediction;
        String right = square || round ? PythonText.strip(reference, "[]()") : reference;
        return withoutBraces(left).equals(withoutBraces(right));
    }

    private static String withoutBraces(String text) {
        return text.replaceAll("[{}()]", "");
    }

    private static boolean sameOuterBrackets(String prediction, String reference) {
        if (prediction.isEmpty() || reference.isEmpty()) {
            return false;
        }
        char first = prediction.charAt(0);
        char last = prediction.charAt(prediction.length() - 1);
        return "([".indexOf(first) >= 0
                && ")]".indexOf(last) >= 0
                && first == reference.charAt(0)
                && last == reference.charAt(reference.length() - 1);
    }

    private static String inside(String bracketed) {
        return bracketed.length() < 2 ? "" : bracketed.substring(1, bracketed.length() - 1);
    }

    private static List<String> split(String list) {
        return Arrays.asList(list.split(",", -1));
    }

    private static List<String> stripped(List<String> parts) {
        return parts.stream().map(PythonText::strip).toList();
    }
}
