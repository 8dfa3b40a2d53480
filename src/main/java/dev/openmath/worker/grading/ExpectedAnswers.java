package dev.openmath.worker.grading;

import java.math.BigDecimal;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a source's own solution gives as the expected answer, in the form in which OpenMathInstruct-1 compared it. */
public final class ExpectedAnswers {
    private static final String GSM8K_MARK = "####";
    private static final Pattern CALCULATOR_NOTE = Pattern.compile("<<.*?>>", Pattern.DOTALL);
    private static final List<String> ASKS_FOR_EQUATION = List.of(
            "Find the equation",
            "Enter the equation",
            "What is the equation",
            "described by the equation",
            "Find an equation");

    private ExpectedAnswers() {}

    /**
     * The expected answer of a GSM8K solution: the number after {@code ####}, without thousands commas.
     *
     * @throws IllegalArgumentException if there is no number after {@code ####}
     */
    public static String ofGsm8k(String solution) {
        int mark = solution.indexOf(GSM8K_MARK);
        if (mark < 0) {
            throw new IllegalArgumentException("the answer has no \"####\" before its final number");
        }
        String text = PythonText.strip(solution.substring(mark + GSM8K_MARK.length()));
        OptionalDouble number = PythonText.parseFloat(text.replace(",", ""));
        if (number.isEmpty() || !Double.isFinite(number.getAsDouble())) {
            throw new IllegalArgumentException("\"####\" is not followed by a number");
        }
        // Through a double, as the original did: 5.0 is 5, and digits beyond a double's precision are lost.
        return new BigDecimal(Double.toString(number.getAsDouble()))
                .stripTrailingZeros()
                .toPlainString();
    }

    /** The reference solution of a GSM8K problem: its worked solution without the calculator notes {@code <<1+1=2>>}. */
    public static String gsm8kReferenceSolution(String solution) {
        return CALCULATOR_NOTE.matcher(solution).replaceAll("");
    }

    /**
     * The expected answer of a MATH solution.
     *
     * @return null if the solution has no {@code \boxed{...}}
     * @throws IllegalArgumentException if its answer can't be normalised
     */
    public static @Nullable String ofMath(String question, String solution) {
        String boxed = StrictBox.lastContent(solution);
        return boxed == null ? null : normalizeMath(boxed, asksForEquation(question));
    }

    /** Whether the answer to a MATH question is an equation, so that its left-hand side stays. */
    public static boolean asksForEquation(String question) {
        return ASKS_FOR_EQUATION.stream().anyMatch(question::contains);
    }

    /**
     * Normal form of a MATH answer.
     *
     * @param keepEquation if false, only the right-hand side of an answer with exactly one equals sign is kept
     * @throws IllegalArgumentException if it has more than one {@code \mbox}
     */
    public static String normalizeMath(String answer, boolean keepEquation) {
        String normal = MathAnswerNormalizer.normalize(answer);
        int equals = normal.indexOf('=');
        boolean one = equals >= 0 && normal.indexOf('=', equals + 1) < 0;
        return one && !keepEquation ? normal.substring(equals + 1) : normal;
    }
}
