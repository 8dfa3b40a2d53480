package dev.openmath.worker.grading;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what kind of answer a cleaned text is, see {@link AnswerText#clean}; what it can't read is {@link Answer.Unread}. */
final class AnswerParser {
    private static final int MAX_LENGTH = 4000;
    private static final int MAX_DEPTH = 12;
    private static final int MAX_ITEMS = 200;

    private static final Pattern THOUSANDS =
            Pattern.compile("(?<![0-9.,])([1-9][0-9]{0,2}(?:,[0-9]{3})+)(?![0-9]|,[0-9])");
    private static final Pattern THOUSANDS_IN_BRACKETS =
            Pattern.compile("(?<![0-9.,])([1-9][0-9]{0,2}(?:,0[0-9]{2})+)(?![0-9]|,[0-9])");
    private static final Pattern SPACED_THOUSANDS =
            Pattern.compile("(?<![0-9.,/] ?)\\b[0-9]{1,3}(?: [0-9]{3})+(?![0-9]| ?[0-9/])");
    private static final Pattern CHOICE = Pattern.compile("\\(?([A-J])[).]?");
    private static final Pattern WHOLE_TEXT = Pattern.compile("\\\\text\\{([^{}]*)\\}");
    private static final Pattern WORDS = Pattern.compile("(?=.*[A-Za-z]{2})[A-Za-z][A-Za-z '.,!?-]*");
    private static final Pattern ALL_REALS = Pattern.compile(
            "(?:x is )?(?:all|any|every) real(?: numbers?|s)?|all reals|(?:the )?(?:set of )?real numbers");
    private static final Pattern EMPTY =
            Pattern.compile("(?:there (?:is|are) )?no (?:real )?solutions?|(?:the )?empty set");
    private static final Pattern RATIO = Pattern.compile("([0-9.]+) ?(?:\\\\text\\{ ?)?to(?: ?\\})? ?([0-9.]+)");
    private static final Pattern CHOICE_WITH_TEXT =
            Pattern.compile("(?:\\\\text\\{ ?)?\\(([A-J])\\)(?: ?\\}| |(?=[0-9])).*[0-9A-Za-z].*");
    private static final Pattern INFINITY = Pattern.compile("([-+]?) ?(?:\\\\infty|infinity|inf|oo)");
    private static final Pattern NUMERAL =
            Pattern.compile("([0-9][0-9A-Fa-f]*)_(?:\\{(?:\\\\text\\{)?([0-9]+|[a-z]+)\\}?\\}|([0-9]))");
    /** Minutes with a leading zero: a time of day, no ratio. */
    private static final Pattern CLOCK = Pattern.compile("[0-9]{1,2}:0[0-9]");

    private static final Pattern HALF_DAY =
            Pattern.compile("([0-9]{1,2}:[0-9]{2}) ?(?:\\\\text\\{)? ?([AaPp])\\.? ?[Mm]\\.? ?\\}?");
    private static final Pattern QUALIFIER = Pattern.compile(
            "(?:\\\\text\\{(?:where|for|with)\\} ?|where |for )?[a-zA-Z] ?(?:\\\\in ?\\\\mathbb ?\\{?[ZNRQC]\\}?(?:\\^[+*])?|\\\\text\\{ ?is an integer\\}| is an integer)");
    private static final Pattern SPACED_NUMBERS = Pattern.compile("-?[0-9.]+(?: -?[0-9.]*[0-9])+");
    private static final Pattern DECIMAL = Pattern.compile("[-+]? ?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)");
    private static final Pattern SCIENTIFIC = Pattern.compile("[-+]?(?:[0-9]+(?:\\.[0-9]+)?)[eE][-+]?[0-9]{1,3}");
    private static final Pattern SCALED = Pattern.compile(
            "(.*?[0-9}) ]) ?(?:\\\\text\\{ *)?(hundred|thousand|million|billion|trillion|dozen)s?(?: *\\})?( .*|\\\\text.*)?");
    private static final Pattern MATRIX =
            Pattern.compile("\\\\begin\\{([pbvB]?matrix|array)\\}(?:\\{[lcr|]*\\})?(.*)\\\\end\\{\\1\\}");
    private static final Map<String, Long> SCALES = Map.of(
            "hundred",
            100L,
            "thousand",
            1000L,
            "million",
            1_000_000L,
            "billion",
            1_000_000_000L,
            "trillion",
            1_000_000_000_000L,
            "dozen",
            12L);
    private static final Pattern SINGLE_LETTER_UNIT = Pattern.compile(".*[0-9})][A-Za-z](?:\\^.*)?");

    private AnswerParser() {}

    static Answer parse(String cleaned) {
        if (cleaned.length() > MAX_LENGTH) {
            return new Answer.Unread(cleaned);
        }
        Optional<String> choice = choice(cleaned);
        if (choice.isPresent()) {
            return new Answer.Value(cleaned, RationalFunction.generator(choice.get()), null, false, null);
        }
        String joined = SPACED_THOUSANDS
                .matcher(cleaned)
                .replaceAll(match -> match.group().replace(" ", ""));
        String spaced = joined;
        joined = THOUSANDS
                .matcher(joined)
                .replaceAll(match -> Brackets.depth(spaced, match.start()) > 0
                        ? match.group()
                        : match.group().replace(",", ""));
        // Commas inside brackets separate; only a group with a leading zero must belong to a number.
        joined = THOUSANDS_IN_BRACKETS
                .matcher(joined)
                .replaceAll(match -> match.group().replace(",", ""));
        try {
            return parse(joined, 0);
        } catch (TooLargeException e) {
            throw e;
        } catch (NotUnderstoodException | ArithmeticException e) {
            return new Answer.Unread(cleaned);
        }
    }

    /** The letter of a choice that stands alone, in brackets or not. */
    static Optional<String> choice(String cleaned) {
        Matcher choice = CHOICE.matcher(unwrapText(cleaned));
        return choice.matches() ? Optional.of(choice.group(1)) : Optional.empty();
    }

    /** The letter of a choice that stands in brackets before the text of the choice. */
    static Optional<String> choiceWithText(String cleaned) {
        Matcher choice = CHOICE_WITH_TEXT.matcher(cleaned);
        return choice.matches() ? Optional.of(choice.group(1)) : Optional.empty();
    }

    private static Answer parse(String text, int depth) {
        if (depth > MAX_DEPTH || text.isEmpty()) {
            throw new NotUnderstoodException();
        }
        String plain = unwrapText(text);
        Matcher words = WORDS.matcher(plain);
        if (words.matches()) {
            return words(text, plain);
        }
        Units.Compound compound = Units.compound(text);
        if (compound != null) {
            return new Answer.Value(text, RationalFunction.of(compound.number()), null, false, compound.unit());
        }
        List<String> items = items(text);
        if (items.size() == 1 && !items.getFirst().equals(text)) {
            return parse(items.getFirst(), depth + 1);
        }
        if (items.size() > 1) {
            return listing(text, items, depth);
        }
        Answer relation = RelationParser.parse(text, part -> parse(part, depth + 1));
        if (relation != null) {
            return relation;
        }
        List<String> parts = Brackets.split(text, "\\cup");
        if (parts.size() > 1) {
            return new Answer.Union(text, parseAll(parts, depth));
        }
        Answer bracketed = bracketed(text, depth);
        if (bracketed != null) {
            return bracketed;
        }
        Matcher matrix = MATRIX.matcher(text);
        if (matrix.matches() && !matrix.group(2).contains("\\begin")) {
            return matrix(text, matrix.group(2), depth);
        }
        Answer plusMinus = plusMinus(text, depth);
        return plusMinus != null ? plusMinus : value(text);
    }

    private static Answer words(String source, String plain) {
        String words =
                plain.strip().toLowerCase(Locale.ROOT).replaceAll("[.,!?']", "").replaceAll("[\\s-]+", " ");
        Optional<Rational> number = NumberWords.value(words);
        if (number.isPresent()) {
            return new Answer.Value(source, RationalFunction.of(number.get()), null, false, null);
        }
        if (ALL_REALS.matcher(words).matches()) {
            return allReals(source);
        }
        if (EMPTY.matcher(words).matches()) {
            return new Answer.FiniteSet(source, List.of());
        }
        if (INFINITY.matcher(words).matches()) {
            return new Answer.Infinite(source, 1);
        }
        if (words.equals("pi")) {
            return new Answer.Value(source, RationalFunction.generator(Polynomial.PI), null, false, null);
        }
        RationalFunction product = null;
        if (!source.contains("\\text") && plain.matches("[a-z]{2}|[A-Za-z]( [A-Za-z]){1,2}")) {
            product = ExpressionParser.parse(plain);
        }
        return new Answer.Words(source, words.replaceFirst("^(?:an?|the) (?=[a-z]{2})", ""), product);
    }

    private static Answer allReals(String source) {
        return new Answer.Sequence(
                source, '(', ')', List.of(new Answer.Infinite("-\\infty", -1), new Answer.Infinite("\\infty", 1)));
    }

    private static List<String> items(String text) {
        List<String> groups = Brackets.split(text, ";");
        if (groups.size() > 1) {
            return nonEmpty(groups);
        }
        List<String> items = new ArrayList<>();
        for (String part : Brackets.split(text, ",")) {
            for (String alternative : Brackets.split(part, " or ")) {
                items.addAll(Brackets.split(alternative, " and "));
            }
        }
        // "..., k an integer" says what the symbols are, and is no item
        if (items.size() > 1) {
            items.removeIf(item -> QUALIFIER.matcher(item).matches());
        }
        items.replaceAll(item -> item.replaceFirst("^(?:and|or) ", "").strip());
        return nonEmpty(items);
    }

    private static List<String> nonEmpty(List<String> items) {
        if (items.size() > MAX_ITEMS) {
            throw new NotUnderstoodException();
        }
        return items.stream().filter(item -> !item.isEmpty()).toList();
    }

    private static Answer listing(String text, List<String> items, int depth) {
        List<Answer> answers = new ArrayList<>();
        for (Answer answer : parseAll(items, depth)) {
            if (answer instanceof Answer.Listing(String source, List<Answer> inner) && source.contains("\\pm")) {
                answers.addAll(inner);
            } else {
                answers.add(answer);
            }
        }
        // n = 1, 2, 3 names the whole list
        if (answers.getFirst() instanceof Answer.Assignment first
                && answers.stream().skip(1).noneMatch(AnswerParser::isRelation)) {
            answers.set(0, first.value());
        }
        return new Answer.Listing(text, answers);
    }

    private static boolean isRelation(Answer answer) {
        return answer instanceof Answer.Assignment
                || answer instanceof Answer.Equation
                || answer instanceof Answer.Inequality
                || answer instanceof Answer.Range;
    }

    private static List<Answer> parseAll(List<String> parts, int depth) {
        List<Answer> answers = new ArrayList<>();
        for (String part : parts) {
            try {
                answers.add(parse(part, depth + 1));
            } catch (TooLargeException e) {
                throw e;
            } catch (NotUnderstoodException | ArithmeticException e) {
                answers.add(new Answer.Unread(part));
            }
        }
        return answers;
    }

    private static @Nullable Answer bracketed(String text, int depth) {
        if (text.startsWith("\\{") && text.endsWith("\\}") && Brackets.closing(text, 1) == text.length() - 1) {
            String inside = text.substring(2, text.length() - 2).strip();
            if (inside.contains("|") || inside.contains(":")) {
                return RelationParser.setBuilder(inside, part -> parse(part, depth + 1));
            }
            return new Answer.FiniteSet(text, parseAll(nonEmpty(Brackets.split(inside, ",")), depth));
        }
        char open = text.charAt(0);
        if ("([{".indexOf(open) < 0 || Brackets.closing(text, 0) != text.length() - 1) {
            return null;
        }
        String inside = text.substring(1, text.length() - 1).strip();
        char close = text.charAt(text.length() - 1);
        List<String> items = nonEmpty(Brackets.split(inside, ","));
        if (open == '{') {
            return parse(inside, depth + 1);
        }
        if (items.size() < 2) {
            return inside.startsWith("\\begin")
                            || WORDS.matcher(inside).matches()
                            || inside.startsWith("(") && open == '(' && close == ')'
                    ? parse(inside, depth + 1)
                    : null;
        }
        return new Answer.Sequence(text, open, close, parseAll(items, depth));
    }

    private static Answer matrix(String text, String body, int depth) {
        List<List<Answer>> rows = new ArrayList<>();
        int columns = 0;
        for (String row : body.split("\\\\\\\\")) {
            if (row.isBlank()) {
                continue;
            }
            List<String> entries = List.of(row.split("&", -1));
            if (columns != 0 && entries.size() != columns) {
                throw new NotUnderstoodException();
            }
            columns = entries.size();
            rows.add(parseAll(entries.stream().map(String::strip).toList(), depth));
        }
        if (rows.isEmpty() || rows.size() * columns > MAX_ITEMS) {
            throw new NotUnderstoodException();
        }
        return new Answer.Matrix(text, rows);
    }

    private static @Nullable Answer plusMinus(String text, int depth) {
        int at = text.indexOf("\\pm");
        if (at < 0) {
            return null;
        }
        if (text.indexOf("\\pm", at + 1) >= 0 || text.contains("\\mp")) {
            throw new NotUnderstoodException();
        }
        List<Answer> both = new ArrayList<>();
        for (String sign : List.of("+", "-")) {
            both.add(parse(text.substring(0, at) + sign + text.substring(at + 3), depth + 1));
        }
        return new Answer.Listing(text, both);
    }

    /** Reads a single value, with unit or percent sign. */
    static Answer value(String text) {
        Matcher infinity = INFINITY.matcher(text);
        if (infinity.matches()) {
            return new Answer.Infinite(text, infinity.group(1).equals("-") ? -1 : 1);
        }
        Matcher numeral = NUMERAL.matcher(text.replace(" ", ""));
        if (numeral.matches()) {
            return numeral(text, numeral);
        }
        if (SCIENTIFIC.matcher(text).matches()) {
            return new Answer.Value(text, RationalFunction.of(Rational.of(new BigDecimal(text))), null, false, null);
        }
        if (SPACED_NUMBERS.matcher(text).matches()) {
            List<Answer> numbers = new ArrayList<>();
            for (String number : text.split(" ")) {
                numbers.add(number(number, number, false, null));
            }
            return new Answer.Listing(text, numbers);
        }
        Matcher scaled = SCALED.matcher(text);
        if (scaled.matches()) {
            String unit = scaled.group(3) == null ? "" : scaled.group(3);
            if (value(scaled.group(1).strip() + unit) instanceof Answer.Value value && !value.percent()) {
                RationalFunction factor = RationalFunction.of(Rational.of(SCALES.get(scaled.group(2))));
                return new Answer.Value(text, value.value().times(factor), null, false, value.unit());
            }
            throw new NotUnderstoodException();
        }
        if (text.equals("\\emptyset")) {
            return new Answer.FiniteSet(text, List.of());
        }
        if (text.equals("\\mathbb{R}")) {
            return allReals(text);
        }
        Matcher halfDay = HALF_DAY.matcher(text);
        if (halfDay.matches()) {
            return new Answer.Words(text, halfDay.group(1) + halfDay.group(2).toLowerCase(Locale.ROOT), null);
        }
        if (CLOCK.matcher(text).matches()) {
            return new Answer.Words(text, text, null);
        }
        List<String> ratio = Brackets.split(RATIO.matcher(text).replaceFirst("$1:$2"), ":");
        if (ratio.size() > 2) {
            return proportion(text, ratio);
        }
        if (ratio.size() == 2) {
            RationalFunction quotient =
                    ExpressionParser.parse(ratio.get(0)).dividedBy(ExpressionParser.parse(ratio.get(1)));
            return new Answer.Value(text, quotient, null, false, null);
        }
        if (text.endsWith("%")) {
            return number(text, text.substring(0, text.length() - 1).strip(), true, null);
        }
        Units.Stripped stripped = Units.strip(text);
        // A letter that touches the number is a symbol.
        if (stripped.unit() != null && !SINGLE_LETTER_UNIT.matcher(text).matches()) {
            return number(text, stripped.rest(), false, stripped.unit());
        }
        return number(text, text, false, null);
    }

    /** Three or more numbers that only their proportion matters of: divided by the first. */
    private static Answer proportion(String text, List<String> terms) {
        RationalFunction first = ExpressionParser.parse(terms.getFirst());
        List<Answer> scaled = new ArrayList<>();
        for (String term : terms) {
            RationalFunction value = ExpressionParser.parse(term).dividedBy(first);
            scaled.add(new Answer.Value(value.toString(), value, null, false, null));
        }
        return new Answer.Sequence(text, ':', ':', scaled);
    }

    private static Answer number(String source, String text, boolean percent, Units.@Nullable Unit unit) {
        BigDecimal decimal = null;
        if (DECIMAL.matcher(text).matches()) {
            String digits = text.replace(" ", "");
            decimal = new BigDecimal(digits.endsWith(".") ? digits + "0" : digits);
        }
        return new Answer.Value(source, ExpressionParser.parse(text), decimal, percent, unit);
    }

    private static Answer numeral(String text, Matcher numeral) {
        String base = numeral.group(2) != null ? numeral.group(2) : numeral.group(3);
        OptionalLong word = NumberWords.parse(base);
        return new Answer.Numeral(
                text,
                numeral.group(1).toUpperCase(Locale.ROOT),
                word.isPresent() ? String.valueOf(word.getAsLong()) : base);
    }

    private static String unwrapText(String text) {
        Matcher whole = WHOLE_TEXT.matcher(text);
        return whole.matches() ? whole.group(1).strip() : text;
    }
}
