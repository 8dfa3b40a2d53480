package dev.openmath.worker.grading;

import org.jspecify.annotations.Nullable;

/** Finds the final answer in a solution. The mode is recorded with every row. */
public enum AnswerExtraction {
    /** The rule of OpenMathInstruct-1: the last {@code \boxed{...}}, its content untouched. */
    STRICT("Strict") {
        @Override
        public @Nullable String extract(String solution) {
            return StrictBox.lastContent(solution);
        }
    },
    /** Also {@code \boxed 5}, {@code \boxed {5}}, {@code \fbox{5}}, an unclosed last box, and neighbouring boxes joined with commas. */
    LENIENT("Lenient") {
        @Override
        public @Nullable String extract(String solution) {
            return LenientBoxes.joinedLast(solution);
        }
    };

    private final String label;

    AnswerExtraction(String label) {
        this.label = label;
    }

    /** The name used in specs, options and rows. */
    public String label() {
        return label;
    }

    /**
     * Extracts the answer.
     *
     * @return the answer, possibly empty, or null if the solution has none
     */
    public abstract @Nullable String extract(String solution);

    /**
     * The mode of a given name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static AnswerExtraction named(String label) {
        for (AnswerExtraction mode : values()) {
            if (mode.label.equals(label)) {
                return mode;
            }
        }
        throw new IllegalArgumentException("extraction \"" + label + "\" is unknown; use Strict or Lenient");
    }
}
