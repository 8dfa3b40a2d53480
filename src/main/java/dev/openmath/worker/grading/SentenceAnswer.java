package dev.openmath.worker.grading;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the answer that a sentence states. What is no sentence, or states several things, is left as it is. */
final class SentenceAnswer {
    /** Longer texts are read only where they have a box. */
    private static final int MAX_LENGTH = 1000;

    private static final Pattern BOX = Pattern.compile("\\\\(?:boxed|fbox)\\s*\\{");
    private static final Pattern FORMULA =
            Pattern.compile("\\$\\$(?s:.+?)\\$\\$|\\$[^$\n]+\\$|\\\\\\(.+?\\\\\\)|\\\\\\[(?s:.+?)\\\\\\]");
    /** Begins with a word, and is not a name with a value. */
    private static final Pattern BEGINS_WITH_WORD = Pattern.compile("\\s*[A-Za-z][a-z]+[ ,:'].*", Pattern.DOTALL);

    private static final Pattern FINAL = Pattern.compile(
            ".*\\b(?:final answer|answer|result) (?:is|equals|would be|should be):? *(.+)", Pattern.DOTALL);
    private static final Pattern STATEMENT = Pattern.compile(
            "[A-Za-z][A-Za-z' ]* (?:[A-Za-z0-9',. ]* )?(?:is|are|equals|was|be|it's|total of) ([-+]?[$€£]?[0-9][^ ]*(?: (?!and\\b|or\\b|to\\b)[a-z]+)?)\\.?");

    private static final Pattern NAMED =
            Pattern.compile("\\$?[A-Za-z]\\$? (?:is|equals|is equal to) ([-+]?\\$?[0-9][^ ]*\\$?)");

    private SentenceAnswer() {}

    /** The answer that a text states, if it is a sentence that states one; else the text. */
    static String of(String text) {
        Matcher box = BOX.matcher(text);
        if (box.find()) {
            String boxes = LenientBoxes.joinedLast(text);
            return boxes == null || boxes.isBlank() ? text : boxes;
        }
        if (text.length() > MAX_LENGTH) {
            return text;
        }
        Matcher named = NAMED.matcher(text.strip());
        if (named.matches()) {
            return named.group(1);
        }
        if (!BEGINS_WITH_WORD.matcher(text).matches()) {
            return text;
        }
        List<String> formulas = FORMULA.matcher(text)
                .results()
                .map(match -> match.group().replaceAll("^(?:\\$\\$?|\\\\[(\\[])|(?:\\$\\$?|\\\\[)\\]])$", ""))
                .toList();
        if (formulas.size() == 1) {
            return formulas.getFirst();
        }
        Matcher last = FINAL.matcher(text);
        if (last.matches()) {
            Matcher formula = FORMULA.matcher(last.group(1));
            return formula.lookingAt() ? formula.group() : formulas.isEmpty() ? last.group(1) : text;
        }
        Matcher statement = STATEMENT.matcher(text.strip());
        return formulas.isEmpty() && statement.matches() && !text.contains(" and ") && !text.contains(" or ")
                ? statement.group(1).replaceAll("(?<=[0-9])(?=[A-Za-z])", " ")
                : text;
    }
}
