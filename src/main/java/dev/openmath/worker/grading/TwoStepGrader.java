package dev.openmath.worker.grading;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Asks the local rules first and the symbolic verifier, in one batch, for what they leave open. Answers of several parts
 * may need another batch, because a part's verdict can open the next rule.
 */
abstract class TwoStepGrader implements Grader {
    private final GraderKind kind;
    private final SymbolicVerifier verifier;
    private final Duration timeout;

    TwoStepGrader(GraderKind kind, SymbolicVerifier verifier, Duration timeout) {
        this.kind = kind;
        this.verifier = verifier;
        this.timeout = timeout;
    }

    /** The local rules. Pure: the same pair and the same known verdicts give the same decision. */
    abstract Decision decide(AnswerPair pair, Decision.Known known);

    @Override
    public final GraderKind kind() {
        return kind;
    }

    @Override
    public final @Nullable Verdict gradeLocally(@Nullable String predicted, @Nullable String expected) {
        return decide(new AnswerPair(predicted, expected), Decision.Open::on)
                        instanceof Decision.Decided(Verdict verdict)
                ? verdict
                : null;
    }

    @Override
    public final List<Verdict> gradeAll(List<AnswerPair> pairs) {
        Map<AnswerPair, Verdict> verified = new HashMap<>();
        Map<AnswerPair, Verdict> decided = new HashMap<>();
        Set<AnswerPair> pending = new LinkedHashSet<>(pairs);
        while (true) {
            Set<AnswerPair> needed = new LinkedHashSet<>();
            pending.removeIf(pair -> switch (decide(pair, asked -> known(verified, asked))) {
                case Decision.Decided(Verdict verdict) -> {
                    decided.put(pair, verdict);
                    yield true;
                }
                case Decision.Open(Set<AnswerPair> open) -> {
                    needed.addAll(open);
                    yield false;
                }
            });
            if (pending.isEmpty()) {
                return pairs.stream().map(decided::get).toList();
            }
            List<AnswerPair> batch = List.copyOf(needed);
            List<Verdict> answers = new ArrayList<>(verifier.verify(batch, kind, timeout));
            if (batch.isEmpty() || answers.size() != batch.size()) {
                throw new IllegalStateException(
                        "the verifier gave " + answers.size() + " verdicts for " + batch.size() + " pairs");
            }
            for (int i = 0; i < batch.size(); i++) {
                verified.put(batch.get(i), answers.get(i));
            }
        }
    }

    private static Decision known(Map<AnswerPair, Verdict> verified, AnswerPair pair) {
        Verdict verdict = verified.get(pair);
        return verdict == null ? Decision.Open.on(pair) : new Decision.Decided(verdict);
    }
}
