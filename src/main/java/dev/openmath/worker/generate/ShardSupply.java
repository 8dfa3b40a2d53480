package dev.openmath.worker.generate;

import dev.openmath.worker.plan.Plan;
import dev.openmath.worker.shard.CommitLedger;
import dev.openmath.worker.shard.Leases;
import dev.openmath.worker.shard.PartReader;
import dev.openmath.worker.shard.ShardWork;
import dev.openmath.worker.store.ObjectHead;
import dev.openmath.worker.store.ObjectStore;
import dev.openmath.worker.store.RunLayout;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Finds the next shard to work on. Used by one thread. */
final class ShardSupply {
    private static final Logger LOG = Logger.getLogger(ShardSupply.class);

    private final ObjectStore store;
    private final RunLayout layout;
    private final Supplier<Plan> plans;
    private final Leases leases;
    private final CommitLedger ledger;
    private final PartReader parts;
    /** Tags of the leases of others when they were first seen, and those that changed since. */
    private final Map<Integer, String> firstSeen = new HashMap<>();

    private final Set<Integer> inGoodHands = new HashSet<>();

    ShardSupply(ObjectStore store, RunLayout layout, Supplier<Plan> plans, Leases leases, CommitLedger ledger) {
        this.store = store;
        this.layout = layout;
        this.plans = plans;
        this.leases = leases;
        this.ledger = ledger;
        this.parts = new PartReader(store, layout);
    }

    /** Outcome of a search. */
    sealed interface Found {
        /** A shard, leased and with what is stored of it. */
        record Work(ShardWork work) implements Found {}

        /** All open shards are others'; their leases may yet run out. */
        record Wait() implements Found {}

        /** Each open shard is somebody's who was seen to be alive, or there is none: this worker is not needed. */
        record Nothing() implements Found {}
    }

    /**
     * Leases the next free shard.
     *
     * @param mine numbers of the shards this worker holds
     */
    Found next(Set<Integer> mine) throws InterruptedException {
        Plan plan = plans.get();
        ledger.refresh();
        Map<Integer, String> leased = new HashMap<>();
        for (ObjectHead head : store.list(layout.leases())) {
            leased.put(RunLayout.numberIn(head.key()), head.etag());
        }
        boolean waiting = false;
        for (int shard = 0; shard < plan.shards(); shard++) {
            if (ledger.isCommitted(shard) || mine.contains(shard)) {
                continue;
            }
            Optional<Leases.Held> held = leased.containsKey(shard) ? takeOver(shard) : leases.take(shard, null);
            if (held.isPresent()) {
                return new Found.Work(started(plan, held.get()));
            }
            waiting |= !inGoodHands.contains(shard);
        }
        return waiting || !mine.isEmpty() ? new Found.Wait() : new Found.Nothing();
    }

    private Optional<Leases.Held> takeOver(int shard) {
        Optional<Leases.Seen> seen = leases.look(shard);
        if (seen.isEmpty()) {
            return Optional.empty();
        }
        if (leases.isFree(seen.get().lease())) {
            inGoodHands.remove(shard);
            firstSeen.remove(shard);
            return leases.take(shard, seen.get());
        }
        String first = firstSeen.putIfAbsent(shard, seen.get().etag());
        if (first != null && !first.equals(seen.get().etag())) {
            inGoodHands.add(shard);
        }
        return Optional.empty();
    }

    private ShardWork started(Plan plan, Leases.Held held) {
        ShardWork work = new ShardWork(plan.shard(held.shard()), layout, held);
        if (held.lease().epoch() > 1) {
            work.resume(parts.validParts(held.shard()));
        }
        LOG.infof(
                "shard leased shard=%d epoch=%d samples=%d resumed=%d",
                held.shard(),
                held.lease().epoch(),
                work.shard().size(),
                work.counts().samples());
        return work;
    }
}
