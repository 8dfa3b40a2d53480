package dev.openmath.worker.grading;

import java.util.ArrayList;
import java.util.List;

/** Finds what is inside and outside of brackets. */
final class Brackets {
    private Brackets() {}

    /**
     * How a character changes the depth of brackets. A closing bracket of any kind closes: half-open intervals are
     * written {@code [0,1)}.
     */
    private static int step(char c) {
        return switch (c) {
            case '(', '[', '{' -> 1;
            case ')', ']', '}' -> -1;
            default -> 0;
        };
    }

    /** How many brackets are open at a position. */
    static int depth(String text, int at) {
        int depth = 0;
        for (int i = 0; i < at; i++) {
            depth += step(text.charAt(i));
        }
        return depth;
    }

    /** Where the bracket that opens at a position closes, or -1. */
    static int closing(String text, int open) {
        int depth = 0;
        for (int i = open; i < text.length(); i++) {
            depth += step(text.charAt(i));
            if (depth == 0) {
                return i;
            }
        }
        return -1;
    }

    /** Splits at each separator that is outside of all brackets and environments; one part if there is none. */
    static List<String> split(String text, String separator) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            depth += step(text.charAt(i));
            if (text.startsWith("\\begin{", i)) {
                depth++;
            } else if (text.startsWith("\\end{", i)) {
                depth--;
            }
            if (depth == 0 && text.startsWith(separator, i)) {
                parts.add(text.substring(from, i).strip());
                from = i + separator.length();
                i = from - 1;
            }
        }
        parts.add(text.substring(from).strip());
        return parts;
    }

    /** Whether text stands outside of all brackets. */
    static boolean outside(String text, String part) {
        return split(text, part).size() > 1;
    }
}
