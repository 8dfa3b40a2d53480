package dev.openmath.worker.dataset;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/** The eight fields of OpenMathInstruct-1, in their order. */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record PublicRow(
        @JsonProperty("question") String question,
        @JsonProperty("expected_answer") String expectedAnswer,
        @JsonProperty("predicted_answer") @Nullable String predictedAnswer,
        @JsonProperty("error_message") String errorMessage,
        @JsonProperty("is_correct") boolean isCorrect,
        @JsonProperty("generation_type") String generationType,
        @JsonProperty("dataset") String dataset,
        @JsonProperty("generated_solution") String generatedSolution) {
    /** What of a stored row is published. */
    public static PublicRow of(Row row) {
        return new PublicRow(
                row.question(),
                row.expectedAnswer(),
                row.predictedAnswer(),
                row.errorMessage(),
                row.isCorrect(),
                row.generationType(),
                row.dataset(),
                row.generatedSolution());
    }
}
