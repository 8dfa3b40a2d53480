package dev.openmath.worker.loop;

import dev.openmath.api.CodeInterpreter;
import dev.openmath.api.EffectiveSettings;
import dev.openmath.api.Profile;
import dev.openmath.api.SandboxPoolSpec.Semantics;
import dev.openmath.worker.prompt.CodeMarkers;
import java.util.List;

/**
 * What a conversation obeys.
 *
 * @param delimiter the model wrote it: the solution is finished, and ends before it
 * @param maxExecutions blocks per sample; 0: code is not executed
 * @param maxTokens per round, or over all rounds if {@code sharedTokenBudget}
 * @param completionAfterLastExecution whether the model is asked once more after the last allowed block
 * @param openBlockOnly whether a block runs only if its begin tag stands before its end tag
 */
public record LoopRules(
        CodeMarkers markers,
        String delimiter,
        int maxExecutions,
        int maxTokens,
        boolean sharedTokenBudget,
        boolean completionAfterLastExecution,
        boolean stopOnError,
        boolean openBlockOnly,
        Semantics semantics,
        int timeoutSeconds) {

    /** The rules of a job for a prompt variant. */
    public static LoopRules of(EffectiveSettings settings, CodeMarkers markers, String delimiter) {
        return new LoopRules(
                markers,
                delimiter,
                settings.maxExecutions(),
                settings.maxTokens(),
                settings.sharedTokenBudget(),
                settings.completionAfterLastExecution(),
                settings.onError() == CodeInterpreter.OnError.Stop,
                settings.profile() == Profile.MODERN,
                settings.semantics(),
                settings.timeoutSeconds());
    }

    /** What ends a round. */
    public List<String> stopStrings() {
        return maxExecutions == 0 ? List.of(delimiter) : List.of(delimiter, markers.codeEnd());
    }
}
