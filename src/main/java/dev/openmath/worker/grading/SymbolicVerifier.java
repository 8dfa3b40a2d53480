package dev.openmath.worker.grading;

import java.time.Duration;
import java.util.List;

/**
 * Compares answers with a computer algebra system, outside this process: answers are text written by a model and are
 * never evaluated here.
 */
public interface SymbolicVerifier {
    /**
     * Compares pairs, both sides non-null.
     *
     * <p>Never throws for trouble on the way: a pair that could not be compared, after the adapter's own retries, gets
     * {@link Verdict#infra}.
     *
     * @param grader whose symbolic step is wanted
     * @param timeout for each pair
     * @return one verdict for each pair, in order
     */
    List<Verdict> verify(List<AnswerPair> pairs, GraderKind grader, Duration timeout);

    /** A verifier for where there is no sandbox: every pair is {@link Verdict#infra}. */
    static SymbolicVerifier unavailable() {
        return (pairs, grader, timeout) ->
                pairs.stream().map(pair -> Verdict.infra("no-sandbox")).toList();
    }
}
