package dev.openmath.worker.grading;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Asks the local rules first and the symbolic verifier, in one batch, for what they leave open. */
abstract class TwoStepGrader implements Grader {
    private final GraderKind kind;
    private final SymbolicVerifier verifier;
    private final Duration timeout;

    TwoStepGrader(GraderKind kind, SymbolicVerifier verifier, Duration timeout) {
        this.kind = kind;
        this.verifier = verifier;
        this.timeout = timeout;
    }

    @Override
    public final GraderKind kind() {
        return kind;
    }

    /** What the verifier is shown for a pair that the local rules left open, both sides non-null. */
    AnswerPair forVerifier(AnswerPair pair) {
        return pair;
    }

    @Override
    public final List<Verdict> gradeAll(List<AnswerPair> pairs) {
        List<Verdict> verdicts = new ArrayList<>(pairs.size());
        List<Integer> open = new ArrayList<>();
        List<AnswerPair> toVerify = new ArrayList<>();
        for (AnswerPair pair : pairs) {
            Verdict local = gradeLocally(pair.predicted(), pair.expected());
            if (local == null) {
                open.add(verdicts.size());
                toVerify.add(forVerifier(pair));
                local = Verdict.infra("pending");
            }
            verdicts.add(local);
        }
        if (!open.isEmpty()) {
            List<Verdict> verified = verifier.verify(toVerify, kind, timeout);
            if (verified.size() != toVerify.size()) {
                throw new IllegalStateException(
                        "the verifier gave " + verified.size() + " verdicts for " + toVerify.size() + " pairs");
            }
            for (int i = 0; i < open.size(); i++) {
                verdicts.set(open.get(i), verified.get(i));
            }
        }
        return List.copyOf(verdicts);
    }
}
