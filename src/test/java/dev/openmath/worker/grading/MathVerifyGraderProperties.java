package dev.openmath.worker.grading;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Laws that hold for all answers, whatever their spelling. */
class MathVerifyGraderProperties {
    private static final Grader GRADER =
            Grader.of(GraderKind.MATH_VERIFY, SymbolicVerifier.unavailable(), Duration.ofSeconds(10));

    @Property(tries = 500)
    void everyAnswerEqualsItself(@ForAll("answers") String answer) {
        assertThat(verdict(answer, answer)).as(answer).isTrue();
    }

    @Property(tries = 500)
    void anyTextEqualsItselfAndNeverThrows(@ForAll String text, @ForAll String other) {
        assertThat(verdict(text, text)).isEqualTo(!text.isBlank());
        GRADER.gradeLocally(text, other);
    }

    @Property(tries = 2000)
    void verdictsAreSymmetric(@ForAll("answers") String left, @ForAll("answers") String right) {
        assertThat(verdict(left, right)).as("%s | %s", left, right).isEqualTo(verdict(right, left));
    }

    @Property(tries = 1000)
    void spellingDoesNotMatter(@ForAll("answers") String answer, @ForAll("spellings") Spelling spelling) {
        String respelled = spelling.apply(answer);
        assertThat(verdict(respelled, answer)).as("%s | %s", respelled, answer).isTrue();
    }

    @Property(tries = 1000)
    void numbersEqualExactlyIfTheyAreTheSame(@ForAll("decimals") BigDecimal a, @ForAll("decimals") BigDecimal b) {
        assertThat(verdict(a.toPlainString(), b.toPlainString())).isEqualTo(a.compareTo(b) == 0);
        assertThat(verdict(
                        a.toPlainString(), "\\frac{" + b.unscaledValue() + "}{" + BigInteger.TEN.pow(b.scale()) + "}"))
                .isEqualTo(a.compareTo(b) == 0);
    }

    @Property(tries = 1000)
    void neighboursAreNeverEqual(@ForAll("decimals") BigDecimal number) {
        BigDecimal neighbour = number.add(BigDecimal.ONE.movePointLeft(number.scale() + 1));
        assertThat(verdict(number.toPlainString(), neighbour.toPlainString())).isFalse();
        assertThat(verdict(number.toPlainString(), number.negate().toPlainString()))
                .isEqualTo(number.signum() == 0);
    }

    @Property(tries = 500)
    void thousandsSeparatorsDoNotMatter(@ForAll @IntRange(min = 0, max = 2_000_000_000) int number) {
        for (String separator : List.of(",", "{,}", ",\\!", "\\,")) {
            String grouped = "%,d".formatted(number).replace(",", separator);
            assertThat(verdict(grouped, String.valueOf(number))).as(grouped).isTrue();
        }
    }

    @Property(tries = 500)
    void fractionsAreComparedInLowestTerms(
            @ForAll @IntRange(min = -300, max = 300) int numerator,
            @ForAll @IntRange(min = 1, max = 300) int denominator,
            @ForAll @IntRange(min = 1, max = 40) int factor) {
        String fraction = "\\frac{" + numerator + "}{" + denominator + "}";
        assertThat(verdict(numerator * factor + "/" + denominator * factor, fraction))
                .isTrue();
        assertThat(verdict(fraction, "\\frac{" + (numerator + 1) + "}{" + denominator + "}"))
                .isFalse();
    }

    /** A decimal of five digits or more may stand for what has no finite decimal form, within one unit of its last place. */
    @Property(tries = 1000)
    void decimalsStandOnlyForWhatTheyRound(
            @ForAll @IntRange(min = 2, max = 500) int radicand,
            @ForAll @IntRange(min = 1, max = 9) int places,
            @ForAll @IntRange(min = -3, max = 3) int off) {
        Assume.that(Math.sqrt(radicand) % 1 != 0);
        BigDecimal root = BigDecimal.valueOf(radicand).sqrt(new MathContext(40));
        BigDecimal decimal = root.setScale(places, RoundingMode.DOWN).add(BigDecimal.valueOf(off, places));
        boolean near = decimal.compareTo(root.setScale(places, RoundingMode.DOWN)) == 0
                || decimal.compareTo(root.setScale(places, RoundingMode.HALF_UP)) == 0;
        boolean equal = verdict(decimal.toPlainString(), "\\sqrt{" + radicand + "}");
        assertThat(equal).isEqualTo(near && decimal.precision() >= 5);
    }

    @Property(tries = 500)
    void anglesAreExact(@ForAll @IntRange(min = -24, max = 48) int steps, @ForAll("functions") String function) {
        double exact = Math.toRadians(15.0 * steps);
        String value = "\\" + function + "(" + 15 * steps + "^\\circ)";
        String cosine = function.equals("sin")
                ? "\\cos(" + (90 - 15 * steps) + "^{\\circ})"
                : "\\sin(" + (90 - 15 * steps) + "^{\\circ})";
        assertThat(verdict(value, cosine)).as("%s | %s", value, cosine).isTrue();
        double number = function.equals("sin") ? Math.sin(exact) : Math.cos(exact);
        String decimal = BigDecimal.valueOf(number + 0.001)
                .setScale(7, RoundingMode.DOWN)
                .toPlainString();
        assertThat(verdict(value, decimal)).as("%s | %s", value, decimal).isFalse();
    }

    @Provide
    Arbitrary<String> functions() {
        return Arbitraries.of("sin", "cos");
    }

    @Property(tries = 300)
    void orderMattersInTuplesOnly(@ForAll("values") String a, @ForAll("values") String b) {
        Assume.that(!verdict(a, b));
        assertThat(verdict(a + ", " + b, b + "," + a)).isTrue();
        assertThat(verdict("(" + a + "," + b + ")", "(" + b + "," + a + ")")).isFalse();
        assertThat(verdict("\\{" + a + "," + b + "\\}", "\\{" + b + "," + a + "," + a + "\\}"))
                .isTrue();
    }

    private static Boolean verdict(String predicted, String expected) {
        return GRADER.grade(predicted, expected).isEqual();
    }

    /** A change of spelling that keeps the mathematics. */
    private record Spelling(String name, UnaryOperator<String> change) {
        String apply(String answer) {
            return change.apply(answer);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    @Provide
    Arbitrary<Spelling> spellings() {
        return Arbitraries.of(
                new Spelling("dollars", answer -> "$" + answer + "$"),
                new Spelling("parentheses of a formula", answer -> "\\(" + answer + "\\)"),
                new Spelling("display", answer -> "\\[ " + answer + " \\]"),
                new Spelling("box", answer -> "\\boxed{" + answer + "}"),
                new Spelling("dfrac", answer -> answer.replace("\\frac", "\\dfrac")),
                new Spelling("tfrac", answer -> answer.replace("\\frac", "\\tfrac")),
                new Spelling(
                        "left right", answer -> answer.replace("(", "\\left(").replace(")", "\\right)")),
                new Spelling(
                        "blanks",
                        answer -> answer.replace(",", " , ").replace("+", " + ").replace("=", " = ")),
                new Spelling("thin spaces", answer -> answer.replace("+", "\\, + \\;")),
                new Spelling("dot at the end", answer -> answer + "."),
                new Spelling("escaped percent", answer -> answer.replace("\\%", "%")),
                new Spelling("doubled dollars", answer -> "$$" + answer + "$$"),
                new Spelling("displaystyle", answer -> "\\displaystyle " + answer));
    }

    @Provide
    Arbitrary<BigDecimal> decimals() {
        return Arbitraries.integers()
                .between(-2_000_000, 2_000_000)
                .flatMap(unscaled ->
                        Arbitraries.integers().between(0, 6).map(scale -> BigDecimal.valueOf(unscaled, scale)));
    }

    @Provide
    Arbitrary<String> values() {
        Arbitrary<Integer> small = Arbitraries.integers().between(1, 30);
        Arbitrary<String> integers = Arbitraries.integers().between(-40, 40).map(String::valueOf);
        Arbitrary<String> fractions = Combinators.combine(small, small).as((a, b) -> "\\frac{" + a + "}{" + b + "}");
        Arbitrary<String> roots = Combinators.combine(small, small).as((a, b) -> a + "\\sqrt{" + b + "}");
        Arbitrary<String> sums = Combinators.combine(small, small).as((a, b) -> a + "x+" + b + "\\pi");
        Arbitrary<String> powers = Combinators.combine(small, small).as((a, b) -> a + "^{" + b + "}");
        return Arbitraries.oneOf(integers, fractions, roots, sums, powers);
    }

    @Provide
    Arbitrary<String> answers() {
        Arbitrary<String> pairs = Combinators.combine(values(), values(), Arbitraries.of("()", "[)", "[]", "(]"))
                .as((a, b, brackets) -> brackets.charAt(0) + a + "," + b + brackets.charAt(1));
        Arbitrary<String> lists = Combinators.combine(values(), values()).as((a, b) -> a + "," + b);
        Arbitrary<String> sets = Combinators.combine(values(), values()).as((a, b) -> "\\{" + a + "," + b + "\\}");
        Arbitrary<String> named = values().map(value -> "y=" + value);
        Arbitrary<String> percents = Arbitraries.integers().between(0, 200).map(n -> n + "\\%");
        Arbitrary<String> units = Arbitraries.integers().between(0, 200).map(n -> n + "\\text{ cm}");
        Arbitrary<String> words = Arbitraries.of("\\text{even}", "odd", "Tuesday", "x", "E", "\\infty");
        return Arbitraries.oneOf(values(), pairs, lists, sets, named, percents, units, words);
    }
}
