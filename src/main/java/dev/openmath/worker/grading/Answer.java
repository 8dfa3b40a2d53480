package dev.openmath.worker.grading;

import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An answer as it was read. Each part keeps its text, which the verifier is shown where the exact rules end. */
sealed interface Answer {
    String source();

    /**
     * A value.
     *
     * @param decimal the number as written, if it is a mere decimal number
     * @param percent whether a percent sign follows; the value is without it
     */
    record Value(
            String source,
            RationalFunction value,
            @Nullable BigDecimal decimal,
            boolean percent,
            Units.@Nullable Unit unit)
            implements Answer {}

    /** Text, in lower case; {@code asProduct} if the letters might be symbols side by side. */
    record Words(String source, String words, @Nullable RationalFunction asProduct) implements Answer {}

    record Infinite(String source, int sign) implements Answer {}

    /** Items without brackets: their order is free. */
    record Listing(String source, List<Answer> items) implements Answer {}

    /** Two or more items in brackets, ordered: a point, a vector or an interval. */
    record Sequence(String source, char open, char close, List<Answer> items) implements Answer {}

    record FiniteSet(String source, List<Answer> items) implements Answer {}

    record Union(String source, List<Answer> parts) implements Answer {}

    record Matrix(String source, List<List<Answer>> rows) implements Answer {}

    /** A name for a value. {@code difference} of both sides, where both are expressions. */
    record Assignment(
            String source,
            String name,
            Answer value,
            @Nullable RationalFunction difference) implements Answer {}

    /** Any other equation. {@code difference} of both sides, where both are expressions. */
    record Equation(String source, @Nullable RationalFunction difference) implements Answer {}

    /** The {@code difference} is positive, or, unless {@code strict}, zero. */
    record Inequality(String source, @Nullable RationalFunction difference, boolean strict) implements Answer {}

    /** A variable's interval, given by inequalities. */
    record Range(String source, String variable, Sequence interval) implements Answer {}

    /** A numeral with its base. */
    record Numeral(String source, String digits, String base) implements Answer {}

    /** Not understood. */
    record Unread(String source) implements Answer {}
}
