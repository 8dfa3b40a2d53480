package dev.openmath.worker.grading;

import java.util.LinkedHashSet;
import java.util.Set;

/** What local rules say about a pair: a verdict, or the comparisons that must be made elsewhere first. */
sealed interface Decision {
    record Decided(Verdict verdict) implements Decision {}

    /** Needs verdicts of the symbolic verifier on these pairs. */
    record Open(Set<AnswerPair> needed) implements Decision {
        static Open on(AnswerPair pair) {
            return new Open(Set.of(pair));
        }
    }

    /** Decides with what the verifier has answered so far. */
    interface Known {
        /** The decision on a pair that only the verifier can compare. */
        Decision symbolic(AnswerPair pair);
    }

    /**
     * Whether all parts are equal. One unequal part decides, whatever becomes of the others; a part that nobody could
     * compare decides only if no other part is unequal.
     */
    static Decision all(Iterable<Decision> parts, String method) {
        Set<AnswerPair> needed = new LinkedHashSet<>();
        Verdict worst = Verdict.equal(method);
        for (Decision part : parts) {
            switch (part) {
                case Decided(Verdict verdict) -> {
                    if (verdict.verdictClass() == VerdictClass.OK && Boolean.FALSE.equals(verdict.isEqual())) {
                        return new Decided(Verdict.unequal(method));
                    }
                    if (verdict.verdictClass().compareTo(worst.verdictClass()) > 0) {
                        worst = verdict;
                    }
                }
                case Open(Set<AnswerPair> open) -> needed.addAll(open);
            }
        }
        return needed.isEmpty() ? new Decided(worst) : new Open(needed);
    }

    static Decision equal(String method) {
        return new Decided(Verdict.equal(method));
    }

    static Decision unequal(String method) {
        return new Decided(Verdict.unequal(method));
    }

    /** Whether this decides that the pair is equal. */
    default boolean isEqual() {
        return this instanceof Decided(Verdict verdict) && Boolean.TRUE.equals(verdict.isEqual());
    }

    /** Whether this decides, for good, that the pair is unequal. */
    default boolean isUnequal() {
        return this instanceof Decided(Verdict verdict)
                && verdict.verdictClass() == VerdictClass.OK
                && Boolean.FALSE.equals(verdict.isEqual());
    }
}
