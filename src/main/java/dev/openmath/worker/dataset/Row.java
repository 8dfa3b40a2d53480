package dev.openmath.worker.dataset;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.openmath.worker.loop.Conversation;
import dev.openmath.worker.plan.SampleKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A finished sample as it is stored: the eight public fields of OpenMathInstruct-1 in their order, then what else is
 * known of it.
 *
 * @param generationType {@code without_reference_solution} or {@code masked_reference_solution}
 * @param rounds completions asked for
 * @param codeBlocks blocks executed
 * @param blockClasses how each of them ended
 * @param promptTokens summed over rounds, as the engine counts
 * @param engineMillis time in completions, summed over rounds
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
@JsonPropertyOrder({
    "question",
    "expected_answer",
    "predicted_answer",
    "error_message",
    "is_correct",
    "generation_type",
    "dataset",
    "generated_solution"
})
public record Row(
        @JsonProperty("question") String question,
        @JsonProperty("expected_answer") String expectedAnswer,
        @JsonProperty("predicted_answer") @Nullable String predictedAnswer,
        @JsonProperty("error_message") String errorMessage,
        @JsonProperty("is_correct") boolean isCorrect,
        @JsonProperty("generation_type") String generationType,
        @JsonProperty("dataset") String dataset,
        @JsonProperty("generated_solution") String generatedSolution,
        @JsonProperty("problem_id") String problemId,
        @JsonProperty("variant") String variant,
        @JsonProperty("sample_index") int sampleIndex,
        @JsonProperty("seed") long seed,
        @JsonProperty("rounds") int rounds,
        @JsonProperty("code_blocks") int codeBlocks,
        @JsonProperty("block_classes") List<String> blockClasses,
        @JsonProperty("finish_reason") String finishReason,
        @JsonProperty("prompt_tokens") long promptTokens,
        @JsonProperty("output_tokens") int outputTokens,
        @JsonProperty("engine_ms") long engineMillis,
        @JsonProperty("profile") String profile,
        @JsonProperty("model") String model,
        @JsonProperty("model_revision") @Nullable String modelRevision,
        @JsonProperty("semantics") String semantics,
        @JsonProperty("extraction") String extraction,
        @JsonProperty("grader") String grader,
        @JsonProperty("grading_method") String gradingMethod,
        @JsonProperty("grading_class") String gradingClass,
        @JsonProperty("run_id") String runId,
        @JsonProperty("shard") int shard) {

    /** Which sample it is. */
    @JsonIgnore
    public SampleKey key() {
        return new SampleKey(dataset, problemId, variant, sampleIndex);
    }

    /** What it adds to the figures of a job. */
    @JsonIgnore
    public ResultCounts counts() {
        boolean notExecuted = errorMessage.equals(Conversation.NOT_EXECUTED);
        boolean timeout = errorMessage.equals(Conversation.TIMEOUT);
        boolean codeError = !errorMessage.isEmpty()
                && !notExecuted
                && !timeout
                && !errorMessage.equals(Conversation.MAX_EXECUTIONS_REACHED);
        return new ResultCounts(
                1,
                isCorrect ? 1 : 0,
                !isCorrect && predictedAnswer != null ? 1 : 0,
                !isCorrect && predictedAnswer == null ? 1 : 0,
                codeError ? 1 : 0,
                timeout ? 1 : 0,
                notExecuted ? 1 : 0);
    }

    /** What it cost. */
    @JsonIgnore
    public Usage usage() {
        return new Usage(promptTokens, outputTokens, 0, engineMillis / 1000.0, codeBlocks);
    }
}
