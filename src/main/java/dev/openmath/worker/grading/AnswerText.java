package dev.openmath.worker.grading;

import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Takes out of an answer's text what is only typography, so that the same mathematics has one spelling. */
final class AnswerText {
    private static final Map<String, String> UNICODE = Map.ofEntries(
            Map.entry("−", "-"),
            Map.entry("–", "-"),
            Map.entry("×", "\\times "),
            Map.entry("·", "\\cdot "),
            Map.entry("÷", "\\div "),
            Map.entry("π", "\\pi "),
            Map.entry("∞", "\\infty "),
            Map.entry("°", "^\\circ "),
            Map.entry("≤", "\\leq "),
            Map.entry("≥", "\\geq "),
            Map.entry("≠", "\\neq "),
            Map.entry("±", "\\pm "),
            Map.entry("∪", "\\cup "),
            Map.entry("∈", "\\in "),
            Map.entry("½", "\\frac{1}{2}"),
            Map.entry("¼", "\\frac{1}{4}"),
            Map.entry("¾", "\\frac{3}{4}"),
            Map.entry("²", "^2"),
            Map.entry("³", "^3"),
            Map.entry("\u00a0", " "),
            Map.entry("\u2009", " "),
            Map.entry("\u202f", " "),
            Map.entry("′", "'"),
            Map.entry("’", "'"),
            Map.entry("θ", "\\theta "),
            Map.entry("α", "\\alpha "),
            Map.entry("β", "\\beta "),
            Map.entry("√", "\\sqrt "),
            Map.entry("≈", "\\approx "),
            Map.entry("∅", "\\emptyset "),
            Map.entry("∩", "\\cap "),
            Map.entry("ℝ", "\\mathbb{R}"));
    private static final Map<String, String> COMMANDS = Map.ofEntries(
            Map.entry("dfrac", "\\frac"),
            Map.entry("tfrac", "\\frac"),
            Map.entry("cfrac", "\\frac"),
            Map.entry("le", "\\leq "),
            Map.entry("leqslant", "\\leq "),
            Map.entry("ge", "\\geq "),
            Map.entry("geqslant", "\\geq "),
            Map.entry("lt", "<"),
            Map.entry("gt", ">"),
            Map.entry("ne", "\\neq "),
            Map.entry("ast", "*"),
            Map.entry("lbrace", "\\{"),
            Map.entry("rbrace", "\\}"),
            Map.entry("lvert", "|"),
            Map.entry("rvert", "|"),
            Map.entry("vert", "|"),
            Map.entry("mid", "|"),
            Map.entry("degree", "^\\circ "),
            Map.entry("lbrack", "["),
            Map.entry("rbrack", "]"),
            Map.entry("colon", ":"),
            Map.entry("prime", "'"),
            Map.entry("infin", "\\infty "),
            Map.entry("union", "\\cup "),
            Map.entry("cdotp", "\\cdot "),
            Map.entry("in", "\\in "),
            Map.entry("minus", "-"),
            Map.entry("varnothing", "\\emptyset "),
            Map.entry("R", "\\mathbb{R}"),
            Map.entry("Reals", "\\mathbb{R}"),
            Map.entry("langle", "("),
            Map.entry("rangle", ")"),
            Map.entry("quad", " "),
            Map.entry("qquad", " "),
            Map.entry("thinspace", " "),
            Map.entry("enspace", " "),
            Map.entry("space", " "));
    private static final Set<String> DROPPED = Set.of(
            "left",
            "right",
            "big",
            "Big",
            "bigg",
            "Bigg",
            "bigl",
            "bigr",
            "Bigl",
            "Bigr",
            "biggl",
            "biggr",
            "Biggl",
            "Biggr",
            "middle",
            "displaystyle",
            "textstyle",
            "scriptstyle",
            "limits",
            "nolimits",
            "rm",
            "bf",
            "it");
    private static final Set<String> FONTS = Set.of(
            "mathrm", "mathbf", "mathcal", "mathit", "mathsf", "mathtt", "boldsymbol", "bm", "mathnormal", "vec");
    private static final Set<String> TEXTS = Set.of(
            "text",
            "textbf",
            "textit",
            "textrm",
            "textsf",
            "texttt",
            "textnormal",
            "mbox",
            "hbox",
            "operatorname",
            "emph");
    private static final Set<String> FUNCTIONS = Set.of(
            "sin", "cos", "tan", "cot", "sec", "csc", "log", "ln", "exp", "arcsin", "arccos", "arctan", "sinh", "cosh",
            "tanh", "cis");

    private static final Pattern PERCENT_WORD = Pattern.compile(
            "(?<=[\\d}) ])\\s*(?:(?:percentage|percent|pct)\\b\\.?|\\\\text\\{ ?(?:percentage|percent|pct)\\.? ?\\})");
    private static final Pattern TOUCHING_CONJUNCTION =
            Pattern.compile("(?<=[)\\]}0-9]) ?(and|or) ?(?=[(\\[{0-9\\\\-])");
    private static final Pattern ORDINAL =
            Pattern.compile("(?<=[0-9])(?:\\^? ?\\{? ?\\\\text\\{ ?(?:st|nd|rd|th) ?\\} ?\\}?|(?:st|nd|rd|th)\\b)");
    private static final Pattern SPACES = Pattern.compile("\\s+");
    private static final Pattern TEXT_GROUP = Pattern.compile("\\\\text\\{([^{}]*)\\}");
    private static final Pattern DROPPABLE_SPACE = Pattern.compile("(?<![0-9]) | (?![0-9])");
    /** Signs of currencies, which are no mathematics; what they say is kept by the grader. */
    private static final Pattern CURRENCY =
            Pattern.compile("[€£₹¢]|\\\\(?:pounds|euro)(?![A-Za-z])|(?<![A-Za-z])Rs\\.?(?= ?[0-9])");

    /** A decimal that goes on as it began: three digits alike, or a group that stands twice. */
    private static final Pattern CONTINUED = Pattern.compile(
            "(?<![0-9])([0-9]{0,20}\\.[0-9]{0,12}?)(?:([0-9])\\2{2,12}|([0-9]{2,6})\\3{1,6}) ?(?:\\.{3}|…|\\\\l?dots)(?![0-9])");
    /** As in 2 and a half. */
    private static final Pattern AND_A_PART =
            Pattern.compile("(?<![0-9.])([0-9]+) (?:\\\\text\\{ ?)?and (?:a|one) (half|third|quarter)\\b(?: ?\\})?");

    private static final Pattern DIGIT_GROUP = Pattern.compile("(?<=\\d)(?:\\{,\\}|,\\\\!|\\\\,|\\\\!) ?(?=\\d)");

    private AnswerText() {}

    /** One spelling: no delimiters of formulas, no sizes, fonts and spacing; {@code \text} alone is left of texts. */
    static String clean(String answer) {
        String text = answer.strip();
        for (var replacement : UNICODE.entrySet()) {
            text = text.replace(replacement.getKey(), replacement.getValue());
        }
        text = CONTINUED.matcher(text).replaceAll("$1\\\\overline{$2}");
        text = CURRENCY.matcher(text).replaceAll("");
        text = DIGIT_GROUP.matcher(text).replaceAll("");
        boolean matrix = text.contains("\\begin");
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); ) {
            i = copy(text, i, out, matrix);
        }
        String cleaned = SPACES.matcher(out).replaceAll(" ").strip();
        cleaned = AND_A_PART
                .matcher(cleaned)
                .replaceAll(match -> match.group(1)
                        + switch (match.group(2)) {
                            case "half" -> " \\\\frac{1}{2}";
                            case "third" -> " \\\\frac{1}{3}";
                            default -> " \\\\frac{1}{4}";
                        });
        cleaned = TOUCHING_CONJUNCTION.matcher(cleaned).replaceAll(" $1 ");
        cleaned = ORDINAL.matcher(cleaned).replaceAll("");
        cleaned = PERCENT_WORD.matcher(cleaned).replaceAll("%");
        return unboxed(withoutEnd(cleaned)).strip();
    }

    /** Copies what begins at a position in its one spelling; returns where to go on. */
    private static int copy(String text, int at, StringBuilder out, boolean matrix) {
        char c = text.charAt(at);
        if (c == '<' || c == '>') {
            if (at + 1 < text.length() && text.charAt(at + 1) == '=') {
                out.append(c == '<' ? "\\leq " : "\\geq ");
                return at + 2;
            }
        }
        if (c != '\\') {
            if (c != '$') {
                out.append(c == '~' ? ' ' : c);
            }
            return at + 1;
        }
        int end = at + 1;
        while (end < text.length() && isLetter(text.charAt(end))) {
            end++;
        }
        if (end == at + 1) {
            return controlSymbol(text, at, out, matrix);
        }
        String name = text.substring(at + 1, end);
        if (DROPPED.contains(name)) {
            // \left. and \right. are brackets that are not shown
            return (name.equals("left") || name.equals("right")) && end < text.length() && text.charAt(end) == '.'
                    ? end + 1
                    : end;
        }
        if (FONTS.contains(name) || TEXTS.contains(name)) {
            return group(text, name, end, out);
        }
        out.append(COMMANDS.getOrDefault(name, "\\" + name));
        if (!COMMANDS.containsKey(name) && end < text.length() && isLetter(text.charAt(end))) {
            out.append(' ');
        }
        return end;
    }

    private static int controlSymbol(String text, int at, StringBuilder out, boolean matrix) {
        if (at + 1 == text.length()) {
            return at + 1; // a backslash at the very end
        }
        char symbol = text.charAt(at + 1);
        switch (symbol) {
            case ',', ';', ':', '>', ' ', '\n' -> out.append(' ');
            case '!', '(', ')', '[', ']', '$' -> {}
            case '%', '&', '#' -> out.append(symbol);
            case '|' -> out.append("\\|");
            case '\\' -> {
                // doubled by an escaping too many, except where it ends a matrix's row
                if (!matrix && at + 2 < text.length() && isLetter(text.charAt(at + 2))) {
                    return at + 1;
                }
                out.append(matrix ? "\\\\" : " ");
            }
            default -> out.append('\\').append(symbol);
        }
        return at + 2;
    }

    /** A font or text command with its argument. */
    private static int group(String text, String name, int end, StringBuilder out) {
        int open = end;
        while (open < text.length() && text.charAt(open) == ' ') {
            open++;
        }
        if (open == text.length()) {
            return open;
        }
        int close = open + 1;
        String content;
        if (text.charAt(open) == '{') {
            close = text.indexOf('}', open);
            if (close < 0 || text.indexOf('{', open + 1) >= 0 && text.indexOf('{', open + 1) < close) {
                // nested or unclosed: the argument is read like the rest
                return open;
            }
            content = text.substring(open + 1, close);
            close++;
        } else {
            return open;
        }
        String words = content.strip();
        if (FUNCTIONS.contains(words)) {
            out.append('\\').append(words).append(' ');
        } else if (words.equals("and") || words.equals("or")) {
            out.append(' ').append(words).append(' ');
        } else if (FONTS.contains(name) && words.length() < 2 || words.matches("[-+]?[0-9.,/]+")) {
            out.append(words);
        } else if (!words.isEmpty()) {
            out.append("\\text{").append(content.replace("\\ ", " ")).append('}');
        }
        return close;
    }

    private static String withoutEnd(String text) {
        int end = text.length();
        while (end > 0 && ".,;\\ ".indexOf(text.charAt(end - 1)) >= 0) {
            end--;
        }
        return text.substring(0, end);
    }

    private static String unboxed(String text) {
        String box = "\\boxed{";
        if (text.startsWith(box) && Brackets.closing(text, box.length() - 1) == text.length() - 1) {
            return text.substring(box.length(), text.length() - 1);
        }
        return text;
    }

    /** What equal texts have in common: without spaces, but for those between digits, and without {@code \text}. */
    static String key(String cleaned) {
        String text = TEXT_GROUP.matcher(cleaned).replaceAll(match -> Matcher.quoteReplacement(match.group(1)));
        return DROPPABLE_SPACE
                .matcher(withoutEnd(SPACES.matcher(text).replaceAll(" ")))
                .replaceAll("");
    }

    private static boolean isLetter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }
}
