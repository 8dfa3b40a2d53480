package dev.openmath.worker.shard;

import dev.openmath.worker.dataset.ResultCounts;
import dev.openmath.worker.dataset.Usage;
import dev.openmath.worker.store.ObjectHead;
import dev.openmath.worker.store.ObjectStore;
import dev.openmath.worker.store.RunLayout;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** The job's commits as of the last listing. Commits never change, so each is read once. */
public final class CommitLedger {
    private static final int PARALLEL_READS = 16;

    private final ObjectStore store;
    private final RunLayout layout;
    private final Clock clock;
    private final BitSet committed = new BitSet();
    private final BitSet solved = new BitSet();
    private ResultCounts counts = ResultCounts.ZERO;
    private Usage usage = Usage.ZERO;
    private long failed;
    private @Nullable Instant listedAt;

    public CommitLedger(ObjectStore store, RunLayout layout, Clock clock) {
        this.store = store;
        this.layout = layout;
        this.clock = clock;
    }

    /**
     * Figures over all commits seen.
     *
     * @param listedAt null if they were never listed
     */
    public record Totals(
            ResultCounts counts,
            Usage usage,
            long failed,
            int shards,
            int problemsSolved,
            @Nullable Instant listedAt) {}

    /** Lists commits and reads the new ones. */
    public void refresh() throws InterruptedException {
        Instant now = clock.instant();
        List<Integer> fresh = new ArrayList<>();
        for (ObjectHead head : store.list(layout.commits())) {
            int shard = RunLayout.numberIn(head.key());
            if (shard >= 0 && !isCommitted(shard)) {
                fresh.add(shard);
            }
        }
        readAll(fresh).forEach(this::add);
        synchronized (this) {
            listedAt = now;
        }
    }

    /** Adds a commit just made or read. */
    public synchronized void add(Commit commit) {
        if (committed.get(commit.shard())) {
            return;
        }
        committed.set(commit.shard());
        usage = usage.plus(commit.usage());
        failed += commit.failed().size();
        ResultCounts results = commit.results();
        counts = counts.plus(results != null ? results : new ResultCounts(commit.rows(), 0, 0, 0, 0, 0, 0));
        if (commit.solvedProblems() != null) {
            commit.solvedProblems().forEach(solved::set);
        }
    }

    public synchronized boolean isCommitted(int shard) {
        return committed.get(shard);
    }

    public synchronized Totals totals() {
        return new Totals(counts, usage, failed, committed.cardinality(), solved.cardinality(), listedAt);
    }

    private List<Commit> readAll(List<Integer> shards) throws InterruptedException {
        if (shards.size() < 2) {
            return shards.stream()
                    .flatMap(shard -> Commits.read(store, layout, shard).stream())
                    .toList();
        }
        Semaphore slots = new Semaphore(PARALLEL_READS);
        List<Commit> read = new ArrayList<>();
        try (ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<@Nullable Commit>> running = new ArrayList<>();
            for (int shard : shards) {
                running.add(readers.submit(() -> {
                    slots.acquire();
                    try {
                        return Commits.read(store, layout, shard).orElse(null);
                    } finally {
                        slots.release();
                    }
                }));
            }
            for (Future<@Nullable Commit> reader : running) {
                Commit commit = reader.get();
                if (commit != null) {
                    read.add(commit);
                }
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException known
                    ? known
                    : e.getCause() instanceof Error error ? error(error) : new IllegalStateException(e.getCause());
        }
        return read;
    }

    private static RuntimeException error(Error error) {
        throw error;
    }
}
