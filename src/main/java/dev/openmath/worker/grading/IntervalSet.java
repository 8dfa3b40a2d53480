package dev.openmath.worker.grading;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A set of real numbers as disjoint intervals in order, none of which touch: equal sets have the same intervals. */
record IntervalSet(List<Interval> intervals) {
    private static final int MAX_PARTS = 50;

    /**
     * An end of an interval.
     *
     * @param infinity -1 or 1 for an end at infinity, else 0
     */
    record End(@Nullable RationalFunction value, @Nullable BigDecimal decimal, int infinity) {
        private int compareValue(End other) {
            if (infinity != 0 || other.infinity != 0 || value == null || other.value == null) {
                return Integer.compare(infinity, other.infinity);
            }
            return value.minus(other.value).isZero() ? 0 : decimal.compareTo(other.decimal);
        }
    }

    record Interval(End low, boolean openLow, End high, boolean openHigh) {}

    /** The set that an answer names, or empty if it is not a union of intervals and points with real ends. */
    static Optional<IntervalSet> of(Answer answer) {
        List<Interval> parts = new ArrayList<>();
        try {
            return add(answer, parts) && parts.size() <= MAX_PARTS
                    ? Optional.of(new IntervalSet(merged(parts)))
                    : Optional.empty();
        } catch (NotUnderstoodException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    private static boolean add(Answer answer, List<Interval> parts) {
        return switch (answer) {
            case Answer.Union union -> union.parts().stream().allMatch(part -> add(part, parts));
            case Answer.FiniteSet set ->
                set.items().stream()
                        .allMatch(item -> end(item)
                                .filter(point -> point.infinity() == 0)
                                .map(point -> parts.add(new Interval(point, false, point, false)))
                                .isPresent());
            case Answer.Sequence(String source, char open, char close, List<Answer> items) -> {
                if (items.size() != 2 || "([".indexOf(open) < 0 || ")]".indexOf(close) < 0) {
                    yield false;
                }
                Optional<End> low = end(items.getFirst());
                Optional<End> high = end(items.getLast());
                if (low.isEmpty() || high.isEmpty() || low.get().compareValue(high.get()) >= 0) {
                    yield false;
                }
                yield parts.add(new Interval(
                        low.get(),
                        open == '(' || low.get().infinity() != 0,
                        high.get(),
                        close == ')' || high.get().infinity() != 0));
            }
            default -> false;
        };
    }

    private static Optional<End> end(Answer answer) {
        if (answer instanceof Answer.Infinite infinite) {
            return Optional.of(new End(null, null, infinite.sign()));
        }
        // A decimal of many digits may stand for another number, which is for the comparison of values to say.
        boolean exact = answer instanceof Answer.Value value
                && value.unit() == null
                && !value.percent()
                && (value.decimal() == null || value.decimal().precision() < 5);
        return exact
                ? ConstantValue.of(((Answer.Value) answer).value())
                        .map(decimal -> new End(((Answer.Value) answer).value(), decimal, 0))
                : Optional.empty();
    }

    private static List<Interval> merged(List<Interval> parts) {
        List<Interval> sorted = new ArrayList<>(parts);
        sorted.sort(Comparator.comparing(Interval::low, End::compareValue).thenComparing(Interval::openLow));
        List<Interval> merged = new ArrayList<>();
        for (Interval next : sorted) {
            Interval last = merged.isEmpty() ? null : merged.getLast();
            int gap = last == null ? 1 : next.low().compareValue(last.high());
            if (last == null || gap > 0 || gap == 0 && next.openLow() && last.openHigh()) {
                merged.add(next);
                continue;
            }
            int reach = next.high().compareValue(last.high());
            End high = reach > 0 ? next.high() : last.high();
            boolean open =
                    reach > 0 ? next.openHigh() : reach < 0 ? last.openHigh() : last.openHigh() && next.openHigh();
            merged.set(merged.size() - 1, new Interval(last.low(), last.openLow(), high, open));
        }
        return merged;
    }

    /** Whether the two are the same set. */
    boolean sameAs(IntervalSet other) {
        if (intervals.size() != other.intervals.size()) {
            return false;
        }
        for (int i = 0; i < intervals.size(); i++) {
            Interval a = intervals.get(i);
            Interval b = other.intervals.get(i);
            if (a.openLow() != b.openLow()
                    || a.openHigh() != b.openHigh()
                    || a.low().compareValue(b.low()) != 0
                    || a.high().compareValue(b.high()) != 0) {
                return false;
            }
        }
        return true;
    }
}
