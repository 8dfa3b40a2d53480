package dev.openmath.worker.grading;

import org.jspecify.annotations.Nullable;

/**
 * The outcome of one comparison.
 *
 * @param isEqual null exactly when {@code verdictClass} is {@link VerdictClass#INFRA}
 * @param method which rule or program decided, recorded with the row; such as {@code text}, {@code exact}, {@code sympy}
 * @param verdictClass tells a decided comparison from one that ran out of time and from one that never took place
 */
public record Verdict(@Nullable Boolean isEqual, String method, VerdictClass verdictClass) {
    public Verdict {
        if ((isEqual == null) != (verdictClass == VerdictClass.INFRA)) {
            throw new IllegalArgumentException("isEqual is " + isEqual + " in a verdict of class " + verdictClass);
        }
    }

    public static Verdict equal(String method) {
        return new Verdict(true, method, VerdictClass.OK);
    }

    public static Verdict unequal(String method) {
        return new Verdict(false, method, VerdictClass.OK);
    }

    public static Verdict of(boolean isEqual, String method) {
        return new Verdict(isEqual, method, VerdictClass.OK);
    }

    /** Ran out of its own time: counts as unequal, but is told apart. */
    public static Verdict timeout(String method) {
        return new Verdict(false, method, VerdictClass.TIMEOUT);
    }

    /** Nobody compared the pair: to be tried again, never a row. */
    public static Verdict infra(String method) {
        return new Verdict(null, method, VerdictClass.INFRA);
    }
}
