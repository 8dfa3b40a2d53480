package dev.openmath.worker.grading;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads equations, inequalities and membership. */
final class RelationParser {
    private static final String LETTER = "(?:[A-Za-z]|\\\\[A-Za-z]+)";
    private static final String INDEX = "(?:_(?:\\{[^{}]*\\}|[A-Za-z0-9]))?'*";
    private static final String SYMBOL = LETTER + INDEX;
    private static final String APPLICATION =
            SYMBOL + " ?\\((?:" + SYMBOL + "|-?[0-9]+)(?:, ?(?:" + SYMBOL + "|-?[0-9]+))*\\)";
    /** Points, segments, angles, areas: named with capital letters. */
    private static final String QUANTITY =
            "(?:\\\\(?:angle|triangle|overline|operatorname) ?)?\\{?\\|?(?:[A-Z]" + INDEX + ")+\\|?\\}?";

    private static final Pattern ONE_SYMBOL = Pattern.compile(SYMBOL);
    private static final Pattern NAME =
            Pattern.compile("(?:" + SYMBOL + "|" + APPLICATION + "|\\(" + SYMBOL + "(?:, ?" + SYMBOL
                    + ")+\\)|" + QUANTITY + "|" + QUANTITY + " ?: ?" + QUANTITY + "|\\\\frac\\{" + QUANTITY + "\\}\\{"
                    + QUANTITY
                    + "\\}|\\|" + SYMBOL + "\\||(?:\\\\text\\{[^{}0-9]*\\}|[A-Za-z]{4,}(?: [A-Za-z]+)*))");
    private static final Pattern SET_BUILDER =
            Pattern.compile("([A-Za-z]) *(?:\\\\in *\\\\mathbb *\\{?R\\}? *)?[|:](.*)");
    private static final List<String> ORDERS = List.of("\\leq", "\\geq", "<", ">");

    private RelationParser() {}

    /**
     * Reads a text that holds a relation outside of brackets.
     *
     * @param parse reads a side
     * @return null if there is no relation
     */
    static @Nullable Answer parse(String text, Function<String, Answer> parse) {
        if (text.contains("\\neq")
                || text.contains("\\equiv")
                || text.contains("\\Rightarrow")
                || text.contains("\\implies")) {
            throw new NotUnderstoodException();
        }
        List<String> approximate = Brackets.split(text, "\\approx");
        if (approximate.size() == 2 && approximate.getFirst().isEmpty()) {
            return parse.apply(approximate.get(1));
        }
        if (approximate.size() > 1) {
            String exact = approximate.getFirst();
            return parse.apply(NAME.matcher(exact).matches() ? exact + "=" + approximate.get(1) : exact);
        }
        List<String> membership = Brackets.split(text, "\\in ");
        if (membership.size() == 2 && NAME.matcher(membership.getFirst()).matches()) {
            return new Answer.Assignment(text, name(membership.getFirst()), parse.apply(membership.get(1)), null);
        }
        List<String> order =
                ORDERS.stream().filter(sign -> Brackets.outside(text, sign)).toList();
        List<String> sides = Brackets.split(text, "=");
        if (!order.isEmpty()) {
            if (sides.size() > 1) {
                throw new NotUnderstoodException();
            }
            return inequality(text, order);
        }
        return sides.size() > 1 ? equation(text, sides, parse) : null;
    }

    /**
     * Reads the inside of {x | relation}.
     *
     * @throws NotUnderstoodException if the set is not one variable's interval
     */
    static Answer setBuilder(String inside, Function<String, Answer> parse) {
        Matcher builder = SET_BUILDER.matcher(inside);
        if (builder.matches()
                && parse.apply(builder.group(2).strip()) instanceof Answer.Range range
                && range.variable().equals(builder.group(1))) {
            return range.interval();
        }
        throw new NotUnderstoodException();
    }

    private static Answer equation(String text, List<String> sides, Function<String, Answer> parse) {
        String first = sides.getFirst();
        String last = sides.getLast();
        if (NAME.matcher(first).matches()) {
            RationalFunction difference = sides.size() == 2 ? difference(first, last) : null;
            return new Answer.Assignment(text, name(first), parse.apply(last), difference);
        }
        if (sides.size() == 2 && ONE_SYMBOL.matcher(last).matches()) {
            return new Answer.Assignment(text, name(last), parse.apply(first), difference(last, first));
        }
        if (sides.size() > 2) {
            throw new NotUnderstoodException();
        }
        return new Answer.Equation(text, difference(first, last));
    }

    private static @Nullable RationalFunction difference(String left, String right) {
        try {
            return ExpressionParser.parse(left).minus(ExpressionParser.parse(right));
        } catch (TooLargeException e) {
            throw e;
        } catch (NotUnderstoodException | ArithmeticException e) {
            return null;
        }
    }

    private static String name(String text) {
        return text.replaceAll("[{} ]", "");
    }

    /** One or two inequality signs of the same direction. */
    private static Answer inequality(String text, List<String> order) {
        boolean up = order.stream().allMatch(sign -> sign.equals("<") || sign.equals("\\leq"));
        boolean down = order.stream().allMatch(sign -> sign.equals(">") || sign.equals("\\geq"));
        if (!up && !down) {
            throw new NotUnderstoodException();
        }
        String strictSign = up ? "<" : ">";
        String weakSign = up ? "\\leq" : "\\geq";
        List<String> sides = Brackets.split(text.replace(weakSign, strictSign), strictSign);
        boolean[] strict = strictness(text, strictSign, weakSign);
        if (strict.length != sides.size() - 1 || sides.size() > 3) {
            throw new NotUnderstoodException();
        }
        if (sides.size() == 3) {
            return range(text, up ? sides : sides.reversed(), up ? strict[0] : strict[1], up ? strict[1] : strict[0]);
        }
        String small = up ? sides.get(0) : sides.get(1);
        String large = up ? sides.get(1) : sides.get(0);
        RationalFunction difference = difference(large, small);
        Answer.Range range = difference == null ? null : halfLine(text, difference, strict[0]);
        return range != null ? range : new Answer.Inequality(text, difference, strict[0]);
    }

    private static boolean[] strictness(String text, String strictSign, String weakSign) {
        Boolean[] signs = Pattern.compile(Pattern.quote(strictSign) + "|" + Pattern.quote(weakSign))
                .matcher(text)
                .results()
                .map(match -> match.group().equals(strictSign))
                .toArray(Boolean[]::new);
        boolean[] strict = new boolean[signs.length];
        for (int i = 0; i < signs.length; i++) {
            strict[i] = signs[i];
        }
        return strict;
    }

    private static Answer range(String text, List<String> sides, boolean openLeft, boolean openRight) {
        String variable = sides.get(1);
        if (!NAME.matcher(variable).matches()) {
            throw new NotUnderstoodException();
        }
        List<Answer> ends = List.of(AnswerParser.value(sides.get(0)), AnswerParser.value(sides.get(2)));
        var interval = new Answer.Sequence(text, openLeft ? '(' : '[', openRight ? ')' : ']', ends);
        return new Answer.Range(text, name(variable), interval);
    }

    /** The interval of a linear inequality in one symbol with rational coefficients. */
    private static Answer.@Nullable Range halfLine(String text, RationalFunction difference, boolean strict) {
        if (!difference.denominator().equals(Polynomial.ONE)) {
            return null;
        }
        Optional<Linear> linear = Linear.of(difference.numerator());
        if (linear.isEmpty()) {
            return null;
        }
        Rational slope = linear.get().slope();
        Rational end = linear.get().constant().negate().times(slope.inverse());
        Answer bound = new Answer.Value(end.toString(), RationalFunction.of(end), null, false, null);
        char open = strict ? '(' : '[';
        char close = strict ? ')' : ']';
        var interval = slope.signum() > 0
                ? new Answer.Sequence(text, open, ')', List.of(bound, new Answer.Infinite("\\infty", 1)))
                : new Answer.Sequence(text, '(', close, List.of(new Answer.Infinite("-\\infty", -1), bound));
        return new Answer.Range(text, linear.get().symbol(), interval);
    }

    /** {@code slope * symbol + constant}. */
    private record Linear(String symbol, Rational slope, Rational constant) {
        static Optional<Linear> of(Polynomial polynomial) {
            String symbol = null;
            Rational slope = Rational.ZERO;
            Rational constant = Rational.ZERO;
            for (var term : polynomial.terms().entrySet()) {
                var powers = term.getKey().powers();
                if (powers.isEmpty()) {
                    constant = term.getValue();
                } else if (symbol == null
                        && powers.size() == 1
                        && powers.firstEntry().getValue() == 1
                        && Polynomial.isSymbol(powers.firstKey())) {
                    symbol = powers.firstKey();
                    slope = term.getValue();
                } else {
                    return Optional.empty();
                }
            }
            return symbol == null ? Optional.empty() : Optional.of(new Linear(symbol, slope, constant));
        }
    }
}
