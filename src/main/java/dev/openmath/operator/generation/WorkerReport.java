package dev.openmath.operator.generation;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a worker says of its progress: the answer of {@code GET /progress}, and its last words.
 *
 * @param committed job-wide figures as of the worker's last listing of commits, {@code listedAt}
 * @param uncommitted samples this worker finished that no seen commit holds
 * @param samplesPerSecond finished samples of this worker
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record WorkerReport(
        @Nullable String runId,
        @Nullable Counts committed,
        @Nullable Counts uncommitted,
        long inFlight,
        long leasedShards,
        double samplesPerSecond,
        @Nullable Usage usage,
        @Nullable List<Health> conditions,
        @Nullable String listedAt) {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** Counts of samples, {@code textOnly} those that executed no block; {@code shards}, {@code failed} and {@code problemsSolved} are job-wide ones only. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Counts(
            long samples,
            long shards,
            long failed,
            long correct,
            long incorrect,
            long noAnswer,
            long codeErrors,
            long timeouts,
            long textOnly,
            long problemsSolved) {}

    /** Sum over commits. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Usage(long promptTokens, long outputTokens, long wastedTokens, double engineSeconds, long executions) {}

    /** A condition as a worker sees it: InferenceReady, StorageHealthy or SandboxesReady. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Health(
            @Nullable String type,
            @Nullable String status,
            @Nullable String reason,
            @Nullable String message) {
        boolean isFalse() {
            return "False".equals(status);
        }

        /** Whether the worker has asked already; before that, False says nothing. */
        boolean isKnown() {
            return !"Starting".equals(reason);
        }
    }

    /** Reads a report; empty if the document is not one. */
    static Optional<WorkerReport> of(JsonNode json) {
        if (!json.has("committed") && !json.has("uncommitted")) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.treeToValue(json, WorkerReport.class));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    Counts committedCounts() {
        return Objects.requireNonNullElse(committed, NONE);
    }

    Counts uncommittedCounts() {
        return Objects.requireNonNullElse(uncommitted, NONE);
    }

    String listed() {
        return Objects.requireNonNullElse(listedAt, "");
    }
}
