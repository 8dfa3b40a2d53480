package dev.openmath.worker.generate;

import dev.openmath.api.GenerationJobSpec;
import dev.openmath.worker.loop.RetryBudget;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Times and sizes of a worker.
 *
 * @param tick between two looks at what is due
 * @param flushBytes a shard's rows are stored earlier when they grow beyond this
 * @param spoolBytes finished rows kept while storage is away; beyond it no new sample begins
 * @param poll between two looks at the leases of others
 * @param list between two listings of commits
 * @param patience with an engine, a store or sandboxes that stay away; after it the role fails, counted
 * @param stop for the last flush after SIGTERM
 */
public record GenerateOptions(
        Duration tick,
        Duration flush,
        long flushBytes,
        long spoolBytes,
        Duration lease,
        Duration poll,
        Duration list,
        Duration patience,
        Duration stop,
        RetryBudget retries) {

    /** Those of a job. */
    public static GenerateOptions of(GenerationJobSpec.@Nullable Sharding sharding) {
        int flush = sharding == null || sharding.flushSeconds() == null ? 60 : sharding.flushSeconds();
        int lease = sharding == null || sharding.leaseSeconds() == null ? 60 : sharding.leaseSeconds();
        return new GenerateOptions(
                Duration.ofMillis(50),
                Duration.ofSeconds(flush),
                8L << 20,
                Math.max(16L << 20, Runtime.getRuntime().maxMemory() / 8),
                Duration.ofSeconds(lease),
                Duration.ofSeconds(Math.max(1, Math.min(5, lease / 6))),
                Duration.ofSeconds(5),
                Duration.ofHours(1),
                Duration.ofSeconds(18),
                RetryBudget.DEFAULT);
    }
}
