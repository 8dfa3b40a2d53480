package dev.openmath.worker.prompt;

import org.jspecify.annotations.Nullable;

/** What the model is shown of a problem besides its question. */
public enum PromptContext {
    EMPTY {
        @Override
        String render(@Nullable String reference, @Nullable String masked) {
            return "";
        }
    },
    REFERENCE_SOLUTION {
        @Override
        String render(@Nullable String reference, @Nullable String masked) {
            return "Reference solution (do not copy it):\n" + required(reference, "reference solution") + "\n\n";
        }
    },
    MASKED_SOLUTION {
        @Override
        String render(@Nullable String reference, @Nullable String masked) {
            return "Reference solution:\n" + required(masked, "masked reference solution") + "\n\n";
        }
    };

    /**
     * The text before the solution.
     *
     * @throws IllegalArgumentException if what it shows is missing
     */
    abstract String render(@Nullable String reference, @Nullable String masked);

    private static String required(@Nullable String text, String what) {
        if (text == null || text.isBlank()) {
            throw new IllegalArgumentException("has no " + what);
        }
        return text;
    }
}
