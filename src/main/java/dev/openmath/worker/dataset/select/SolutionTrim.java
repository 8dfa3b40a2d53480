package dev.openmath.worker.dataset.select;

import java.util.List;
import java.util.regex.Pattern;

/** Where a solution ends in the data set. */
public enum SolutionTrim {
    /** As generated. */
    NONE {
        @Override
        public String trim(String solution) {
            return solution;
        }
    },
    /** After the line on which the answer's box ends; solutions without a box stay whole. */
    AFTER_ANSWER {
        @Override
        public String trim(String solution) {
            int box = solution.lastIndexOf("\\boxed");
            int end = box < 0 ? -1 : endOfGroup(solution, box);
            if (end < 0) {
                return solution;
            }
            int newline = solution.indexOf('\n', end);
            if (newline < 0) {
                return solution;
            }
            String kept = solution.substring(0, newline);
            return withClosingLine(kept, solution.substring(newline + 1));
        }
    },
    /** As OpenMathInstruct-1 trimmed: after the first line with a whole box on it, or, without one, after the first line. */
    ORIGINAL {
        @Override
        public String trim(String solution) {
            List<String> lines = List.of(solution.split("\n", -1));
            int answer = 0;
            for (int i = 0; i < lines.size(); i++) {
                if (BOX_ON_LINE.matcher(lines.get(i)).find()) {
                    answer = i;
                    break;
                }
            }
            String kept = String.join("\n", lines.subList(0, answer + 1));
            return withClosingLine(kept, String.join("\n", lines.subList(answer + 1, lines.size())));
        }
    };

    private static final Pattern BOX_ON_LINE = Pattern.compile("\\\\boxed\\{.*\\}");
    private static final List<String> CLOSINGS = List.of("\\end{align", "\\]", "$$");

    /** The solution up to its end. */
    public abstract String trim(String solution);

    /** A displayed formula ends on the line after the answer. */
    private static String withClosingLine(String kept, String rest) {
        String next = rest.lines().findFirst().orElse("");
        return CLOSINGS.stream().anyMatch(next::contains) ? kept + "\n" + next : kept;
    }

    private static int endOfGroup(String text, int from) {
        int depth = 0;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '{') {
                depth++;
            } else if (c == '}' && --depth == 0) {
                return i;
            }
        }
        return -1;
    }
}
