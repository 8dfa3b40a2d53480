package dev.openmath.worker.grading;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads boxes the way a forgiving reader would: from the last one leftwards, while they belong together. */
final class LenientBoxes {
    private static final Pattern COMMAND = Pattern.compile("\\\\(?:boxed|fbox)");
    private static final Pattern CONJUNCTION = Pattern.compile("\\b(?:and|or)\\b|[,;]");
    /** Boxes closer than this many characters are one answer. */
    private static final int NEAR = 10;
    /** So are boxes closer than this, when a comma or conjunction stands between and their contents differ. */
    private static final int NEAR_WITH_CONJUNCTION = 70;

    private record Box(int start, int end, String content, boolean closed) {}

    private LenientBoxes() {}

    static @Nullable String joinedLast(String text) {
        Deque<Integer> starts = new ArrayDeque<>();
        Matcher commands = COMMAND.matcher(text);
        while (commands.find()) {
            starts.push(commands.start());
        }
        if (starts.isEmpty()) {
            return null;
        }
        Box last = boxAt(text, starts.pop());
        if (!last.closed()) {
            return last.content();
        }
        StringBuilder answer = new StringBuilder(last.content());
        Box right = last;
        for (int start : starts) {
            Box box = boxAt(text, start);
            if (!box.closed() || !belongs(text, box, right)) {
                break;
            }
            if (!box.content().equals(right.content())) {
                answer.insert(0, box.content() + ",");
            }
            right = box;
        }
        return answer.toString();
    }

    private static boolean belongs(String text, Box left, Box right) {
        if (left.end() > right.start()) {
            return false; // encloses it: the inner box is the answer
        }
        String between = text.substring(left.end(), right.start());
        return between.length() < NEAR
                || (between.length() < NEAR_WITH_CONJUNCTION
                        && !left.content().equals(right.content())
                        && CONJUNCTION.matcher(between).find());
    }

    private static Box boxAt(String text, int start) {
        int open = start + (text.startsWith("\\fbox", start) ? "\\fbox" : "\\boxed").length();
        int at = open;
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        if (at < text.length() && text.charAt(at) == '{') {
            int depth = 0;
            for (int i = at; i < text.length(); i++) {
                char c = text.charAt(i);
                if (c == '{') {
                    depth++;
                } else if (c == '}' && --depth == 0) {
                    return new Box(start, i + 1, text.substring(at + 1, i).strip(), true);
                }
            }
        }
        return new Box(start, text.length(), text.substring(at).strip(), false);
    }
}
