package dev.openmath.api;

import dev.openmath.api.CodeInterpreter.OnError;
import dev.openmath.api.GenerationJobSpec.Grader;
import dev.openmath.api.SandboxPoolSpec.Semantics;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * What a job really does: its profile's defaults, overridden by every explicit field.
 *
 * @param maxTokens tokens per round, or over all rounds if {@code sharedTokenBudget}
 * @param timeoutSeconds limit of one code block
 * @param completionAfterLastExecution whether the model is asked once more after {@code maxExecutions}
 */
public record EffectiveSettings(
        Profile profile,
        BigDecimal temperature,
        BigDecimal topP,
        int topK,
        int maxTokens,
        boolean sharedTokenBudget,
        long seedBase,
        int maxExecutions,
        boolean completionAfterLastExecution,
        int timeoutSeconds,
        int maxOutputCharacters,
        OnError onError,
        Semantics semantics,
        Grader grader,
        int gradingTimeoutSeconds) {

    /** Resolves a spec as the API server stores it. */
    public static EffectiveSettings of(GenerationJobSpec spec) {
        boolean modern = spec.profile() == Profile.MODERN;
        Sampling s = or(spec.sampling(), new Sampling(null, null, null, null, null));
        CodeInterpreter c = spec.codeInterpreter();
        GenerationJobSpec.Grading g = or(spec.grading(), new GenerationJobSpec.Grading(null, null));
        return new EffectiveSettings(
                spec.profile(),
                new BigDecimal(or(s.temperature(), "1.0")),
                new BigDecimal(or(s.topP(), "0.95")),
                or(s.topK(), 0),
                or(s.maxTokens(), modern ? 1024 : 512),
                modern,
                or(s.seedBase(), 0L),
                or(c.maxExecutions(), modern ? 8 : 3),
                modern,
                or(c.timeoutSeconds(), 10),
                or(c.maxOutputCharacters(), 1000),
                or(c.onError(), modern ? OnError.Continue : OnError.Stop),
                modern ? Semantics.IPython : Semantics.OpenMath2024,
                or(g.grader(), modern ? Grader.MathVerify : Grader.OpenMath2024),
                or(g.timeoutSeconds(), 10));
    }

    private static <T> T or(@Nullable T value, T fallback) {
        return value != null ? value : fallback;
    }
}
