package dev.openmath.worker.grading;

import dev.openmath.worker.grading.Answer.Assignment;
import dev.openmath.worker.grading.Answer.Equation;
import dev.openmath.worker.grading.Answer.FiniteSet;
import dev.openmath.worker.grading.Answer.Inequality;
import dev.openmath.worker.grading.Answer.Infinite;
import dev.openmath.worker.grading.Answer.Listing;
import dev.openmath.worker.grading.Answer.Matrix;
import dev.openmath.worker.grading.Answer.Numeral;
import dev.openmath.worker.grading.Answer.Range;
import dev.openmath.worker.grading.Answer.Sequence;
import dev.openmath.worker.grading.Answer.Union;
import dev.openmath.worker.grading.Answer.Unread;
import dev.openmath.worker.grading.Answer.Value;
import dev.openmath.worker.grading.Answer.Words;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Compares answers that were read, and asks the verifier about the parts that were not. */
final class AnswerComparison {
    /** A derivative or another point: not the apostrophe in a word. */
    private static final Pattern PRIME = Pattern.compile("(?<![A-Za-z])(?:\\\\[A-Za-z]+|[A-Za-z]|\\))'+(?![A-Za-z])");

    private static final Pattern WORD = Pattern.compile("[A-Za-z]{4,}");
    private static final Pattern MATH_COMMAND = Pattern.compile("\\\\(?!text)[A-Za-z]+|\\\\text(?=\\{)");
    private static final Pattern NUMBERS_AND_WORDS =
            Pattern.compile("^[^A-Za-z]*[0-9][^0-9]*?[A-Za-z]{2}[^0-9]*+[0-9]");

    private final Decision.Known known;

    AnswerComparison(Decision.Known known) {
        this.known = known;
    }

    Decision compare(Answer a, Answer b) {
        if (AnswerText.key(a.source()).equals(AnswerText.key(b.source()))) {
            return Decision.equal("text");
        }
        if (!primed(a).equals(primed(b))) {
            return Decision.unequal("primes");
        }
        if (a instanceof Equation != b instanceof Equation) {
            return equationAndOther(a, b);
        }
        if (a instanceof Unread || b instanceof Unread) {
            return joinsNumbersWithWords(a) || joinsNumbersWithWords(b) || !words(a).equals(words(b))
                    ? Decision.unequal("words")
                    : symbolic(a, b);
        }
        if (a instanceof Equation left && b instanceof Equation right) {
            return equations(left, right);
        }
        if (a instanceof Assignment left && b instanceof Assignment right) {
            return assignments(left, right);
        }
        if (a instanceof Assignment left) {
            return compare(left.value(), b);
        }
        if (b instanceof Assignment right) {
            return compare(a, right.value());
        }
        if (a instanceof Range || b instanceof Range || a instanceof Inequality || b instanceof Inequality) {
            return inequalities(a, b);
        }
        if (isCollection(a) || isCollection(b)) {
            return collections(asUnion(a), asUnion(b));
        }
        if (a instanceof Numeral || b instanceof Numeral) {
            return numerals(a, b);
        }
        if (a instanceof Words left && b instanceof Words right) {
            if (left.words().equals(right.words()) || sameTime(left, b) || sameTime(right, a)) {
                return Decision.equal("text");
            }
            // Letters side by side may be a product, which is equal in any order.
            return left.asProduct() != null && right.asProduct() != null
                    ? ValueComparison.difference(left.asProduct(), right.asProduct(), () -> symbolic(a, b))
                    : Decision.unequal("text");
        }
        if (a instanceof Words left && b instanceof Value && sameTime(left, b)
                || b instanceof Words right && a instanceof Value && sameTime(right, a)) {
            return Decision.equal("units");
        }
        if (a instanceof Infinite left && b instanceof Infinite right) {
            return new Decision.Decided(Verdict.of(left.sign() == right.sign(), "exact"));
        }
        if (a instanceof Value left && b instanceof Value right) {
            return ValueComparison.compare(left, right, () -> symbolic(a, b));
        }
        if (a instanceof Words left && b instanceof Value right && left.asProduct() != null) {
            return ValueComparison.difference(left.asProduct(), right.value(), () -> symbolic(a, b));
        }
        if (a instanceof Value left && b instanceof Words right && right.asProduct() != null) {
            return ValueComparison.difference(left.value(), right.asProduct(), () -> symbolic(a, b));
        }
        return Decision.unequal("kind");
    }

    /** The verifier drops words, and they may say "not" or "at least". */
    private static Set<String> words(Answer answer) {
        String text = MATH_COMMAND.matcher(answer.source()).replaceAll(" ");
        return WORD.matcher(text)
                .results()
                .map(word -> word.group().toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
    }

    /** What has primes. The verifier drops them, so that it must not be asked where they differ. */
    private static Set<String> primed(Answer answer) {
        return PRIME.matcher(answer.source()).results().map(MatchResult::group).collect(Collectors.toSet());
    }

    /** A time of day with its half, and the same time without. */
    private static boolean sameTime(Words withHalf, Answer without) {
        return withHalf.words().matches("[0-9]{1,2}:[0-9]{2}[ap]")
                && withHalf.words().startsWith(without.source())
                && without.source().length() == withHalf.words().length() - 1;
    }

    /** The verifier's rules depend on which side is which; equality does not, so the other order is asked too. */
    private Decision symbolic(Answer a, Answer b) {
        Decision there = known.symbolic(new AnswerPair(a.source(), b.source()));
        Decision back = known.symbolic(new AnswerPair(b.source(), a.source()));
        Set<AnswerPair> needed = new LinkedHashSet<>();
        for (Decision decision : List.of(there, back)) {
            if (decision instanceof Decision.Open(Set<AnswerPair> open)) {
                needed.addAll(open); // both at once: a round trip costs more than a comparison
            }
        }
        if (!needed.isEmpty()) {
            return new Decision.Open(needed);
        }
        // What could not be compared one way may still be equal the other way, and is else not known.
        return back.isEqual() || there.isUnequal() ? back : there;
    }

    /** In 3 to 4, or 5 hours 30 minutes, the words matter; the verifier would drop them, and numbers with them. */
    private static boolean joinsNumbersWithWords(Answer answer) {
        String words = MATH_COMMAND.matcher(answer.source()).replaceAll(" ");
        return answer instanceof Unread && NUMBERS_AND_WORDS.matcher(words).find();
    }

    /** Only a name for a value, {@code x = v}, may stand for the value. */
    private Decision equationAndOther(Answer a, Answer b) {
        Equation equation = a instanceof Equation left ? left : (Equation) b;
        Answer other = a instanceof Equation ? b : a;
        if (other instanceof Assignment assignment) {
            RationalFunction difference = assignment.difference();
            return difference == null
                    ? symbolic(a, b)
                    : equations(
                            a == equation ? equation : new Equation(a.source(), difference),
                            b == equation ? equation : new Equation(b.source(), difference));
        }
        return other instanceof Unread unread && unread.source().contains("=")
                ? symbolic(a, b)
                : Decision.unequal("equation");
    }

    /** Equations whose sides differ by a constant factor have the same solutions; linear ones only then. */
    private Decision equations(Equation a, Equation b) {
        if (a.difference() == null || b.difference() == null) {
            return symbolic(a, b);
        }
        Polynomial left = a.difference().numerator();
        Polynomial right = b.difference().numerator();
        boolean polynomial = a.difference().denominator().equals(Polynomial.ONE)
                && b.difference().denominator().equals(Polynomial.ONE);
        if (!polynomial || left.isZero() || right.isZero()) {
            return symbolic(a, b);
        }
        if (proportional(left, right)) {
            return Decision.equal("equation");
        }
        return isLinear(left) && isLinear(right) ? Decision.unequal("equation") : symbolic(a, b);
    }

    private static boolean proportional(Polynomial left, Polynomial right) {
        return scaled(left).equals(scaled(right));
    }

    private static Polynomial scaled(Polynomial polynomial) {
        return polynomial.times(
                Polynomial.constant(polynomial.terms().firstEntry().getValue().inverse()));
    }

    private static boolean isLinear(Polynomial polynomial) {
        return polynomial.terms().keySet().stream()
                .allMatch(monomial -> monomial.powers().isEmpty()
                        || monomial.powers().size() == 1
                                && monomial.powers().firstEntry().getValue() == 1
                                && Polynomial.isSymbol(monomial.powers().firstKey()));
    }

    private Decision assignments(Assignment a, Assignment b) {
        if (!a.name().equals(b.name()) && kindOfName(a.name()) == kindOfName(b.name())) {
            return a.difference() != null
                            && b.difference() != null
                            && (isLine(a.difference()) || isLine(b.difference()))
                    ? equations(new Equation(a.source(), a.difference()), new Equation(b.source(), b.difference()))
                    : Decision.unequal("names");
        }
        return compare(a.value(), b.value());
    }

    private enum NameKind {
        SYMBOL,
        APPLICATION,
        LABEL
    }

    /** Names of one kind name different things; {@code y} and {@code f(x)} may be the same. */
    private static NameKind kindOfName(String name) {
        if (name.contains("(")) {
            return NameKind.APPLICATION;
        }
        return name.startsWith("\\text") || name.matches("[A-Za-z]*[a-z][A-Za-z]{3,}.*")
                ? NameKind.LABEL
                : NameKind.SYMBOL;
    }

    /** Whether an equation ties several symbols together, so that it can be solved for each. */
    private static boolean isLine(RationalFunction difference) {
        Set<String> symbols = new LinkedHashSet<>();
        difference
                .numerator()
                .terms()
                .keySet()
                .forEach(monomial -> symbols.addAll(monomial.powers().keySet()));
        return symbols.stream().filter(Polynomial::isSymbol).count() > 1;
    }

    private Decision inequalities(Answer a, Answer b) {
        if (isOfAbsoluteValue(a) != isOfAbsoluteValue(b)) {
            return symbolic(a, b);
        }
        if (a instanceof Range left && b instanceof Range right) {
            boolean variables =
                    left.variable().matches("[a-z]") && right.variable().matches("[a-z]");
            return variables && !left.variable().equals(right.variable())
                    ? Decision.unequal("names")
                    : compare(left.interval(), right.interval());
        }
        if (a instanceof Range left && (b instanceof Sequence || b instanceof Union)) {
            return compare(left.interval(), b);
        }
        if (b instanceof Range right && (a instanceof Sequence || a instanceof Union)) {
            return compare(a, right.interval());
        }
        if (a instanceof Inequality left && b instanceof Inequality right) {
            if (left.difference() == null || right.difference() == null) {
                return symbolic(a, b);
            }
            RationalFunction ratio =
                    left.difference().isZero() || right.difference().isZero()
                            ? RationalFunction.of(Rational.ZERO)
                            : left.difference();
            boolean same = !ratio.isZero()
                    && left.difference().denominator().equals(Polynomial.ONE)
                    && right.difference().denominator().equals(Polynomial.ONE)
                    && left.strict() == right.strict()
                    && proportional(
                            left.difference().numerator(), right.difference().numerator())
                    && firstSign(left) == firstSign(right);
            return same ? Decision.equal("inequality") : symbolic(a, b);
        }
        boolean value = a instanceof Value || b instanceof Value || a instanceof Words || b instanceof Words;
        return value ? Decision.unequal("kind") : symbolic(a, b);
    }

    private static boolean isOfAbsoluteValue(Answer answer) {
        return answer instanceof Range range && range.variable().startsWith("|");
    }

    private static int firstSign(Inequality inequality) {
        return inequality.difference() == null
                ? 0
                : inequality
                        .difference()
                        .numerator()
                        .terms()
                        .firstEntry()
                        .getValue()
                        .signum();
    }

    /** Alternatives, x < 1 or x > 2, are a union of intervals; x > 1 and x < 2 is one interval. */
    private static Answer asUnion(Answer answer) {
        if (answer instanceof Listing(String source, List<Answer> items)
                && items.size() == 2
                && source.contains("and")
                && items.get(0) instanceof Range one
                && items.get(1) instanceof Range two
                && one.variable().equals(two.variable())) {
            Sequence above = one.interval().items().getLast() instanceof Infinite ? one.interval() : two.interval();
            Sequence below = above == one.interval() ? two.interval() : one.interval();
            if (above.items().getLast() instanceof Infinite && below.items().getFirst() instanceof Infinite) {
                return new Sequence(
                        source,
                        above.open(),
                        below.close(),
                        List.of(above.items().getFirst(), below.items().getLast()));
            }
        }
        boolean alternatives = answer instanceof Listing list
                && !list.source().contains("and")
                && list.items().stream().allMatch(item -> item instanceof Range)
                && list.items().stream()
                                .map(item -> ((Range) item).variable())
                                .distinct()
                                .count()
                        == 1;
        return alternatives
                ? new Union(
                        answer.source(),
                        ((Listing) answer)
                                .items().stream()
                                        .<Answer>map(item -> ((Range) item).interval())
                                        .toList())
                : answer;
    }

    private static boolean isCollection(Answer answer) {
        return answer instanceof Listing
                || answer instanceof Sequence
                || answer instanceof FiniteSet
                || answer instanceof Union
                || answer instanceof Matrix;
    }

    private Decision collections(Answer a, Answer b) {
        if (a instanceof Matrix left && b instanceof Matrix right) {
            return matrices(left, right);
        }
        if (a instanceof Matrix left && b instanceof Sequence right) {
            return vector(left) && right.open() != ':'
                    ? ordered(entries(left), right.items())
                    : Decision.unequal("kind");
        }
        if (a instanceof Sequence left && b instanceof Matrix right) {
            return vector(right) && left.open() != ':'
                    ? ordered(left.items(), entries(right))
                    : Decision.unequal("kind");
        }
        if (a instanceof Union || b instanceof Union) {
            return unions(a, b);
        }
        if (a instanceof Sequence left && b instanceof Sequence right) {
            boolean brackets = left.open() == right.open() && left.close() == right.close();
            boolean proportion = left.open() == ':' || right.open() == ':';
            return brackets || !proportion && left.items().size() > 2
                    ? ordered(left.items(), right.items())
                    : Decision.unequal("brackets");
        }
        if (a instanceof Listing left && b instanceof Sequence right) {
            return listingAndSequence(left.items(), right, false);
        }
        if (a instanceof Sequence left && b instanceof Listing right) {
            return listingAndSequence(right.items(), left, true);
        }
        if (a instanceof Listing left && b instanceof Listing right) {
            return unordered(left.items(), right.items());
        }
        if (a instanceof FiniteSet left && b instanceof FiniteSet right) {
            return sets(left.items(), right.items());
        }
        if (a instanceof FiniteSet left && b instanceof Listing right) {
            return sets(left.items(), right.items());
        }
        if (a instanceof Listing left && b instanceof FiniteSet right) {
            return sets(left.items(), right.items());
        }
        if (a instanceof FiniteSet left && left.items().size() == 1 && !isCollection(b)) {
            return compare(left.items().getFirst(), b);
        }
        if (b instanceof FiniteSet right && right.items().size() == 1 && !isCollection(a)) {
            return compare(a, right.items().getFirst());
        }
        if (a instanceof Value left && b instanceof Listing right) {
            return decimalComma(right, left) ? Decision.equal("decimal-comma") : Decision.unequal("kind");
        }
        if (a instanceof Listing left && b instanceof Value right) {
            return decimalComma(left, right) ? Decision.equal("decimal-comma") : Decision.unequal("kind");
        }
        return Decision.unequal("kind");
    }

    /** {@code 1,22} is 1.22 to many: where the other side has the same digits with a point. */
    private static boolean decimalComma(Listing list, Value number) {
        return number.decimal() != null
                && number.source().contains(".")
                && list.source().matches("[-+]?[0-9]+,[0-9]+")
                && list.source().replace(',', '.').equals(number.source());
    }

    private static boolean vector(Matrix matrix) {
        return matrix.rows().size() == 1 || matrix.rows().getFirst().size() == 1;
    }

    private static List<Answer> entries(Matrix matrix) {
        return matrix.rows().stream().flatMap(List::stream).toList();
    }

    private Decision matrices(Matrix a, Matrix b) {
        boolean shape = a.rows().size() == b.rows().size()
                && a.rows().getFirst().size() == b.rows().getFirst().size();
        return shape ? ordered(entries(a), entries(b)) : Decision.unequal("shape");
    }

    private Decision listingAndSequence(List<Answer> list, Sequence sequence, boolean swapped) {
        boolean round = sequence.open() == '(' && sequence.close() == ')';
        if (!round && (sequence.items().size() < 3 || sequence.open() == ':')) {
            return Decision.unequal("brackets");
        }
        return swapped ? ordered(sequence.items(), list) : ordered(list, sequence.items());
    }

    private Decision ordered(List<Answer> a, List<Answer> b) {
        if (a.size() != b.size()) {
            return Decision.unequal("elements");
        }
        List<Decision> parts = new ArrayList<>();
        for (int i = 0; i < a.size(); i++) {
            Decision part = compare(a.get(i), b.get(i));
            parts.add(part);
            if (part.isUnequal()) {
                break;
            }
        }
        return Decision.all(parts, "elements");
    }

    /** As multisets. Each item takes an equal one that is still free; equality is transitive, so the first will do. */
    private Decision unordered(List<Answer> a, List<Answer> b) {
        if (a.size() != b.size()) {
            return Decision.unequal("elements");
        }
        List<Answer> free = new ArrayList<>(b);
        List<Decision> parts = new ArrayList<>();
        for (Answer item : a) {
            Decision match = firstEqual(item, free);
            if (match.isEqual()) {
                free.removeIf(new FirstEqual(item));
            }
            parts.add(match);
            if (match.isUnequal()) {
                break;
            }
        }
        return Decision.all(parts, "elements");
    }

    /** Removes one equal item. */
    private final class FirstEqual implements Predicate<Answer> {
        private final Answer item;
        private boolean done;

        FirstEqual(Answer item) {
            this.item = item;
        }

        @Override
        public boolean test(Answer other) {
            if (!done && compare(item, other).isEqual()) {
                done = true;
                return true;
            }
            return false;
        }
    }

    private Decision sets(List<Answer> a, List<Answer> b) {
        List<Decision> parts = new ArrayList<>();
        a.forEach(item -> parts.add(firstEqual(item, b)));
        b.forEach(item -> {
            List<Decision> matches = new ArrayList<>();
            a.forEach(other -> matches.add(compare(other, item)));
            parts.add(any(matches));
        });
        return Decision.all(parts, "elements");
    }

    private Decision firstEqual(Answer item, List<Answer> others) {
        List<Decision> matches = new ArrayList<>();
        for (Answer other : others) {
            Decision match = compare(item, other);
            if (match.isEqual()) {
                return match;
            }
            matches.add(match);
        }
        return any(matches);
    }

    /** Equal if one is; open on all that are open; else undecided by what kept one from being decided. */
    private static Decision any(List<Decision> matches) {
        Set<AnswerPair> needed = new LinkedHashSet<>();
        Decision undecided = Decision.unequal("elements");
        for (Decision match : matches) {
            if (match.isEqual()) {
                return match;
            }
            if (match instanceof Decision.Open(Set<AnswerPair> open)) {
                needed.addAll(open);
            } else if (!match.isUnequal()) {
                undecided = match;
            }
        }
        return needed.isEmpty() ? undecided : new Decision.Open(needed);
    }

    private Decision unions(Answer a, Answer b) {
        if (a instanceof Union left
                && b instanceof Union right
                && left.parts().size() == right.parts().size()) {
            Decision parts = unordered(left.parts(), right.parts());
            if (parts.isEqual()) {
                return parts;
            }
        }
        Optional<IntervalSet> first = IntervalSet.of(a);
        Optional<IntervalSet> second = IntervalSet.of(b);
        if (first.isPresent() && second.isPresent()) {
            return first.get().sameAs(second.get()) ? Decision.equal("intervals") : Decision.unequal("intervals");
        }
        return a instanceof Value || b instanceof Value || a instanceof Words || b instanceof Words
                ? Decision.unequal("kind")
                : symbolic(a, b);
    }

    private static Decision numerals(Answer a, Answer b) {
        if (a instanceof Numeral left && b instanceof Numeral right) {
            return new Decision.Decided(Verdict.of(
                    left.digits().equals(right.digits()) && left.base().equals(right.base()), "numeral"));
        }
        Numeral numeral = a instanceof Numeral left ? left : (Numeral) b;
        Answer other = a instanceof Numeral ? b : a;
        return new Decision.Decided(
                Verdict.of(other.source().replace(" ", "").equalsIgnoreCase(numeral.digits()), "numeral"));
    }
}
