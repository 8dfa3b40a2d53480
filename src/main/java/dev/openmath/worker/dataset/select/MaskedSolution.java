package dev.openmath.worker.dataset.select;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The masked reference solution of a problem.
 *
 * @param text the reference solution with symbols for numbers
 * @param quality how far it is from what was wanted
 */
public record MaskedSolution(String text, Quality quality) {
    /** How a masked solution was come by. */
    public enum Quality {
        /** The answer is hidden and the length is about that of the reference. */
        MASKED,
        /** Every candidate of use shows the answer. */
        ANSWER_NOT_MASKED,
        /** The reference solution itself, for want of any candidate. */
        REFERENCE
    }

    /** Of the reference's length, how much a candidate may be longer or shorter. */
    private static final double LENGTH_MARGIN = 0.5;

    /**
     * Chooses among candidates, in the order in which they were generated.
     *
     * @param reference the reference solution
     * @param hiding candidates that do not reach the right answer, so can't leak it; those without any answer too
     * @param leaking candidates with the right answer
     */
    public static MaskedSolution choose(String reference, List<String> hiding, List<String> leaking) {
        Optional<String> masked = fewestDigits(hiding.stream()
                .filter(candidate -> isAboutAsLong(candidate, reference))
                .toList());
        if (masked.isPresent()) {
            return new MaskedSolution(masked.get(), Quality.MASKED);
        }
        return fewestDigits(leaking.stream().filter(text -> !text.isEmpty()).toList())
                .map(text -> new MaskedSolution(text, Quality.ANSWER_NOT_MASKED))
                .orElseGet(() -> new MaskedSolution(reference, Quality.REFERENCE));
    }

    /** The first of those with the fewest digit characters. */
    static Optional<String> fewestDigits(List<String> candidates) {
        return candidates.stream().min(Comparator.comparingLong(MaskedSolution::digits));
    }

    private static boolean isAboutAsLong(String candidate, String reference) {
        String stripped = reference.strip();
        double length = stripped.codePointCount(0, stripped.length());
        int own = candidate.codePointCount(0, candidate.length());
        return own >= length * (1 - LENGTH_MARGIN) && own <= length * (1 + LENGTH_MARGIN);
    }

    private static long digits(String text) {
        return text.codePoints().filter(Character::isDigit).count();
    }
}
