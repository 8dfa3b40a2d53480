package dev.openmath.worker.generate;

import dev.openmath.worker.dataset.ResultCounts;
import dev.openmath.worker.progress.Conditions;
import dev.openmath.worker.shard.CommitLedger;
import dev.openmath.worker.shard.Leases;
import dev.openmath.worker.shard.ShardWork;
import dev.openmath.worker.store.ObjectStore;
import dev.openmath.worker.store.StoreException;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/** Keeps the shards that this worker holds: stores their rows, commits them, renews their leases. */
final class ShardKeeper {
    private static final Logger LOG = Logger.getLogger(ShardKeeper.class);

    private final ObjectStore store;
    private final Leases leases;
    private final CommitLedger ledger;
    private final Conditions conditions;
    private final GenerateOptions options;
    private final Clock clock;
    private final Map<Integer, ShardWork> held = new LinkedHashMap<>();
    private final Map<Integer, Instant> lastFlush = new LinkedHashMap<>();
    /** A store that can be read but not written is not healthy. */
    private volatile boolean writesFail;

    ShardKeeper(
            ObjectStore store,
            Leases leases,
            CommitLedger ledger,
            Conditions conditions,
            GenerateOptions options,
            Clock clock) {
        this.store = store;
        this.leases = leases;
        this.ledger = ledger;
        this.conditions = conditions;
        this.options = options;
        this.clock = clock;
    }

    synchronized void add(ShardWork work) {
        held.put(work.number(), work);
        lastFlush.put(work.number(), clock.instant());
    }

    synchronized Set<Integer> numbers() {
        return Set.copyOf(held.keySet());
    }

    synchronized List<ShardWork> all() {
        return List.copyOf(held.values());
    }

    private synchronized void remove(int shard) {
        held.remove(shard);
        lastFlush.remove(shard);
    }

    /** Bytes of finished rows that no part holds yet. */
    long spooledBytes() {
        return all().stream().mapToLong(ShardWork::unstoredBytes).sum();
    }

    ResultCounts uncommitted() {
        ResultCounts sum = ResultCounts.ZERO;
        for (ShardWork work : all()) {
            ResultCounts counts = work.uncommitted();
            if (counts != null && !ledger.isCommitted(work.number())) {
                sum = sum.plus(counts);
            }
        }
        return sum;
    }

    /** Stores what is due and commits what is complete; an outage is shown and tried again by the next call. */
    void tend() {
        for (ShardWork work : all()) {
            try {
                if (work.isAbandoned()) {
                    remove(work.number());
                } else if (work.isComplete()) {
                    finish(work);
                } else if (isDue(work)) {
                    work.flush(store);
                    touched(work.number());
                }
            } catch (StoreException e) {
                writesFail = true;
                storageBad(e);
                return;
            }
        }
    }

    private boolean isDue(ShardWork work) {
        return work.hasUnstored()
                && (work.unstoredBytes() >= options.flushBytes()
                        || !clock.instant().isBefore(flushedAt(work.number()).plus(options.flush())));
    }

    private synchronized Instant flushedAt(int shard) {
        return lastFlush.getOrDefault(shard, Instant.EPOCH);
    }

    private synchronized void touched(int shard) {
        lastFlush.put(shard, clock.instant());
        written();
    }

    private void finish(ShardWork work) {
        work.flush(store);
        if (work.hasUnstored()) {
            return; // the part's name was taken; the next call uses another
        }
        var commit = work.commit(store);
        ledger.add(commit);
        remove(work.number());
        written();
        LOG.infof(
                "shard committed shard=%d epoch=%d rows=%d failed=%d",
                commit.shard(), commit.epoch(), commit.rows(), commit.failed().size());
    }

    /** Renews all leases; a shard that is somebody else's by now is let go. */
    void renewLeases() {
        for (ShardWork work : all()) {
            try {
                Optional<Leases.Held> renewed = leases.renew(work.lease());
                if (renewed.isPresent()) {
                    work.renewed(renewed.get());
                    written();
                } else if (!work.isComplete()) {
                    work.abandon();
                    remove(work.number());
                    LOG.warnf("lease lost shard=%d: another worker took it over", work.number());
                }
            } catch (StoreException e) {
                writesFail = true;
                storageBad(e);
                return;
            }
        }
    }

    /** Before the worker stops: stores and commits what can be, gives the leases back. */
    void letGo() {
        tend();
        for (ShardWork work : all()) {
            try {
                work.flush(store);
                if (work.hasUnstored()) {
                    work.flush(store); // the part's name was taken
                }
                leases.release(work.lease());
                remove(work.number());
            } catch (StoreException e) {
                storageBad(e);
                LOG.warnf("shard left shard=%d: its last rows could not be stored and are made again", work.number());
            }
        }
    }

    private void written() {
        writesFail = false;
        reached();
    }

    /** The store answered. */
    void reached() {
        if (!writesFail) {
            conditions.good(Conditions.Type.STORAGE, "StorageReachable", store.location() + " answers");
        }
    }

    void storageBad(StoreException e) {
        conditions.bad(Conditions.Type.STORAGE, e.reason().name(), String.valueOf(e.getMessage()));
    }
}
