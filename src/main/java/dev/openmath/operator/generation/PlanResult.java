package dev.openmath.operator.generation;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * Last words of the plan pod.
 *
 * @param alreadyComplete whether an earlier run under the same prefix committed all shards already
 */
record PlanResult(String runId, long problems, long samples, long shards, String sha256, boolean alreadyComplete) {
    static Optional<PlanResult> of(JsonNode json) {
        if (!json.hasNonNull("sha256") || !json.hasNonNull("runId")) {
            return Optional.empty();
        }
        JsonNode complete = json.path("alreadyComplete");
        long shards = json.path("shards").asLong();
        return Optional.of(new PlanResult(
                json.path("runId").asText(),
                json.path("problems").asLong(),
                json.path("samples").asLong(),
                shards,
                json.path("sha256").asText(),
                complete.isNumber() ? shards > 0 && complete.asLong() >= shards : complete.asBoolean(false)));
    }
}
