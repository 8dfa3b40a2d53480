package dev.openmath.worker.progress;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.openmath.worker.dataset.ResultCounts;
import dev.openmath.worker.dataset.Usage;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a worker tells the operator. Nothing in it is text of a problem or a sample.
 *
 * @param committed the whole job's figures as of {@code listedAt}
 * @param uncommitted samples finished in shards that this worker holds and no commit is known of
 * @param usage sum over commits
 * @param listedAt when commits were last listed; null if never
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ProgressDocument(
        String runId,
        Planned plan,
        Committed committed,
        Uncommitted uncommitted,
        int inFlight,
        int leasedShards,
        double samplesPerSecond,
        Usage usage,
        List<Conditions.Condition> conditions,
        @Nullable Instant listedAt) {

    /** Size of the plan. */
    public record Planned(long samples, int shards) {}

    /** Figures over commits. */
    public record Committed(
            long samples,
            int shards,
            long failed,
            long correct,
            long incorrect,
            long noAnswer,
            long codeErrors,
            long timeouts,
            long textOnly,
            int problemsSolved) {
        public static Committed of(ResultCounts counts, int shards, long failed, int problemsSolved) {
            return new Committed(
                    counts.samples(),
                    shards,
                    failed,
                    counts.correct(),
                    counts.incorrect(),
                    counts.noAnswer(),
                    counts.codeErrors(),
                    counts.timeouts(),
                    counts.textOnly(),
                    problemsSolved);
        }
    }

    /** Figures over what is not committed. */
    public record Uncommitted(
            long samples, long correct, long incorrect, long noAnswer, long codeErrors, long timeouts, long textOnly) {
        public static Uncommitted of(ResultCounts counts) {
            return new Uncommitted(
                    counts.samples(),
                    counts.correct(),
                    counts.incorrect(),
                    counts.noAnswer(),
                    counts.codeErrors(),
                    counts.timeouts(),
                    counts.textOnly());
        }
    }
}
