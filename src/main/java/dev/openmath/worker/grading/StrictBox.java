package dev.openmath.worker.grading;

import org.jspecify.annotations.Nullable;

/**
 * The original rule of OpenMathInstruct-1, oddities included: braces are counted without regard to escapes, nothing but
 * {@code \boxed{} is accepted, and a malformed last box hides the well-formed ones before it.
 */
final class StrictBox {
    private static final String COMMAND = "\\boxed";
    private static final String OPENING = COMMAND + "{";

    private StrictBox() {}

    static @Nullable String lastContent(String text) {
        int start = text.lastIndexOf(COMMAND);
        // Without any \boxed the original looked for \fbox, then refused it for not starting with \boxed{.
        if (start < 0 || !text.startsWith(OPENING, start)) {
            return null;
        }
        int depth = 0;
        for (int i = start; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '{') {
                depth++;
            } else if (c == '}' && --depth == 0) {
                return text.substring(start + OPENING.length(), i);
            }
        }
        return null;
    }
}
