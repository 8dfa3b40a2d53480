package dev.openmath.worker.dataset.select;

import dev.openmath.worker.prompt.CodeMarkers;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/** Which of one question's solutions are kept, by whether they use code. Kept ones are listed code first. */
public enum CodePreference {
    /** All. */
    ANY,
    /** Only those with code. */
    ONLY_CODE,
    /** Those with code if there are any, else those without. */
    ANY_CODE,
    /** Those with code; the others too unless more than half have code. */
    MAJORITY_CODE,
    /** Those with code if more than half have it, else only the others. */
    MAJORITY_TEXT;

    /** Whether a solution uses code. */
    public static boolean usesCode(String solution) {
        return solution.contains(CodeMarkers.OPENMATH.codeBegin());
    }

    /**
     * Selects among one question's solutions.
     *
     * @param solutions what the filters left of them
     * @param generated how many there were before the filters; the majority is one of these
     * @param text gives a solution's text
     */
    public <T> List<T> select(List<T> solutions, int generated, Function<T, String> text) {
        Predicate<T> usesCode = solution -> usesCode(text.apply(solution));
        List<T> code = solutions.stream().filter(usesCode).toList();
        List<T> words = solutions.stream().filter(usesCode.negate()).toList();
        boolean majority = code.size() > generated / 2;
        return switch (this) {
            case ANY -> both(code, words);
            case ONLY_CODE -> code;
            case ANY_CODE -> code.isEmpty() ? words : code;
            case MAJORITY_CODE -> majority ? code : both(code, words);
            case MAJORITY_TEXT -> majority ? code : words;
        };
    }

    private static <T> List<T> both(List<T> code, List<T> words) {
        List<T> all = new ArrayList<>(code);
        all.addAll(words);
        return List.copyOf(all);
    }
}
