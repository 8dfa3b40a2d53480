package dev.openmath.worker.shard;

import dev.openmath.worker.store.JsonDocuments;
import dev.openmath.worker.store.ObjectStore;
import dev.openmath.worker.store.RunLayout;
import dev.openmath.worker.store.StoredObject;
import dev.openmath.worker.store.WriteCondition;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Takes, renews and gives back leases of shards. */
public final class Leases {
    private final ObjectStore store;
    private final RunLayout layout;
    private final String owner;
    private final Duration duration;
    private final Clock clock;

    public Leases(ObjectStore store, RunLayout layout, String owner, Duration duration, Clock clock) {
        this.store = store;
        this.layout = layout;
        this.owner = owner;
        this.duration = duration;
        this.clock = clock;
    }

    /** A lease together with the tag that the next write to it has to match. */
    public record Held(int shard, Lease lease, String etag) {}

    /** What was found of a lease. */
    public record Seen(Lease lease, String etag) {}

    /** The lease of a shard as it is now; empty if nobody ever had it. A torn or foreign document counts as expired. */
    public Optional<Seen> look(int shard) {
        return store.get(layout.lease(shard))
                .map(object -> new Seen(parse(object), object.head().etag()));
    }

    /** Whether somebody else may take over. One's own former lease is free: the process that had it is gone. */
    public boolean isFree(Lease lease) {
        return lease.owner().equals(owner) || !clock.instant().isBefore(lease.expires());
    }

    /** Takes the shard if nobody has it; empty if somebody was faster. */
    public Optional<Held> take(int shard, @Nullable Seen before) {
        int epoch = before == null ? 1 : before.lease().epoch() + 1;
        WriteCondition condition = before == null ? WriteCondition.absent() : WriteCondition.matches(before.etag());
        return write(shard, epoch, clock.instant().plus(duration), condition);
    }

    /** Extends a lease; empty if it is somebody else's by now. */
    public Optional<Held> renew(Held held) {
        return write(
                held.shard(),
                held.lease().epoch(),
                clock.instant().plus(duration),
                WriteCondition.matches(held.etag()));
    }

    /** Gives a lease back, so that nobody has to wait for its end. */
    public void release(Held held) {
        write(held.shard(), held.lease().epoch(), Instant.EPOCH, WriteCondition.matches(held.etag()));
    }

    private Optional<Held> write(int shard, int epoch, Instant expires, WriteCondition condition) {
        Lease lease = new Lease(owner, epoch, expires, UUID.randomUUID().toString());
        String key = layout.lease(shard);
        String etag = store.put(key, JsonDocuments.write(lease), Map.of(), condition);
        if (etag != null) {
            return Optional.of(new Held(shard, lease, etag));
        }
        // The refusal may answer a repetition of this very write.
        return look(shard)
                .filter(seen -> seen.lease().nonce().equals(lease.nonce()))
                .map(seen -> new Held(shard, lease, seen.etag()));
    }

    private static Lease parse(StoredObject object) {
        try {
            Lease lease = JsonDocuments.read(object.body(), Lease.class);
            if (lease.owner() != null && lease.expires() != null && lease.nonce() != null) {
                return lease;
            }
        } catch (IllegalArgumentException e) {
            // falls through: whoever wrote it did not write a lease
        }
        return new Lease("", 0, Instant.EPOCH, "");
    }
}
