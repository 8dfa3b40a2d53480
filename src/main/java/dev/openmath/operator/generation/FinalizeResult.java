package dev.openmath.operator.generation;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/** Last words of the finalize pod: what the verified commits hold, and what was exported. */
record FinalizeResult(
        long total,
        long correct,
        long incorrect,
        long noAnswer,
        long failed,
        long problemsSolved,
        long codeErrors,
        long timeouts,
        long textOnly,
        long bytes,
        String prefix) {
    static Optional<FinalizeResult> of(JsonNode json) {
        JsonNode rows = json.path("rows");
        if (!rows.isObject()) {
            return Optional.empty();
        }
        return Optional.of(new FinalizeResult(
                rows.path("total").asLong(),
                rows.path("correct").asLong(),
                rows.path("incorrect").asLong(),
                rows.path("noAnswer").asLong(),
                rows.path("failed").asLong(),
                json.path("problemsSolved").asLong(),
                json.path("codeErrors").asLong(),
                json.path("timeouts").asLong(),
                json.path("textOnly").asLong(),
                json.path("bytes").asLong(),
                json.path("prefix").asText("")));
    }
}
