package dev.openmath.worker.shard;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.openmath.worker.dataset.ResultCounts;
import dev.openmath.worker.dataset.Usage;
import dev.openmath.worker.plan.SampleKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A finished shard: every planned key is in exactly one of its rows and {@code failed}. Where parts share a key, the
 * lowest (epoch, part, line) is the sample.
 *
 * @param rows distinct samples in the parts
 * @param results figures over these rows
 * @param solvedProblems positions, in the plan's order of problems, of those with a correct row here
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record Commit(
        String apiVersion,
        String runId,
        int shard,
        int epoch,
        String nonce,
        List<PartReference> parts,
        long rows,
        List<FailedSample> failed,
        Usage usage,
        @Nullable ResultCounts results,
        @Nullable List<Integer> solvedProblems) {

    public Commit {
        parts = List.copyOf(parts);
        failed = List.copyOf(failed);
    }

    /** A part as it was when committed; the key is relative to the job's prefix. */
    public record PartReference(String key, long rows, String sha256) {}

    /** A sample that infrastructure defeated. */
    public record FailedSample(SampleKey sample, String reason, int attempts) {}
}
