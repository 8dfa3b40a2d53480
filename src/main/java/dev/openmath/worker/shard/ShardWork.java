package dev.openmath.worker.shard;

import dev.openmath.api.Labels;
import dev.openmath.worker.dataset.ResultCounts;
import dev.openmath.worker.dataset.Row;
import dev.openmath.worker.dataset.Usage;
import dev.openmath.worker.plan.Plan;
import dev.openmath.worker.plan.SampleKey;
import dev.openmath.worker.store.ObjectStore;
import dev.openmath.worker.store.RunLayout;
import dev.openmath.worker.store.StoredObject;
import dev.openmath.worker.store.WriteCondition;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One leased shard: what is done, what is left, what is not stored yet. Safe for use by many threads; {@link #flush} and
 * {@link #commit} are called by one at a time.
 */
public final class ShardWork {
    private final Plan.Shard shard;
    private final RunLayout layout;
    private final Map<SampleKey, Integer> indexes = new HashMap<>();

    private Leases.Held lease;
    private boolean abandoned;
    private int nextPart = 1;
    private final BitSet done = new BitSet();
    private final Map<Integer, Commit.FailedSample> failed = new TreeMap<>();
    private final TreeSet<Integer> solved = new TreeSet<>();
    private final List<Commit.PartReference> parts = new ArrayList<>();
    private final List<byte[]> unstored = new ArrayList<>();
    private long unstoredBytes;
    private ResultCounts counts = ResultCounts.ZERO;
    private Usage usage = Usage.ZERO;

    public ShardWork(Plan.Shard shard, RunLayout layout, Leases.Held lease) {
        this.shard = shard;
        this.layout = layout;
        this.lease = lease;
        for (int i = 0; i < shard.size(); i++) {
            indexes.put(shard.at(i).key(), i);
        }
    }

    public int number() {
        return shard.number();
    }

    public Plan.Shard shard() {
        return shard;
    }

    public SampleKey key(int index) {
        return shard.at(index).key();
    }

    /** Takes over what earlier owners stored; the first row of a key is the sample. */
    public synchronized void resume(List<PartReader.ValidPart> stored) {
        for (PartReader.ValidPart part : stored) {
            for (Row row : part.rows()) {
                Integer index = indexes.get(row.key());
                if (index != null && !done.get(index)) {
                    count(index, row);
                }
            }
            parts.add(part.reference());
        }
    }

    /** Indexes of the samples that are neither done nor failed, in order. */
    public synchronized List<Integer> pending() {
        List<Integer> pending = new ArrayList<>();
        for (int i = done.nextClearBit(0); i < shard.size(); i = done.nextClearBit(i + 1)) {
            if (!failed.containsKey(i)) {
                pending.add(i);
            }
        }
        return pending;
    }

    /** A sample is done; its row waits for the next flush. */
    public synchronized void finished(int index, Row row) {
        if (abandoned || done.get(index)) {
            return;
        }
        failed.remove(index);
        count(index, row);
        byte[] line = PartCodec.line(row);
        unstored.add(line);
        unstoredBytes += line.length;
    }

    private void count(int index, Row row) {
        done.set(index);
        counts = counts.plus(row.counts());
        usage = usage.plus(row.usage());
        if (row.isCorrect()) {
            solved.add(shard.at(index).problem());
        }
    }

    /** Infrastructure defeated a sample. */
    public synchronized void failed(int index, String reason, int attempts, Usage spent) {
        if (!abandoned && !done.get(index)) {
            failed.put(index, new Commit.FailedSample(key(index), reason, attempts));
            usage = usage.plus(spent);
        }
    }

    /** Tokens that became no row. */
    public synchronized void wasted(Usage spent) {
        usage = usage.plus(spent);
    }

    public synchronized boolean isComplete() {
        return done.cardinality() + failed.size() == shard.size();
    }

    public synchronized boolean hasUnstored() {
        return !unstored.isEmpty();
    }

    public synchronized long unstoredBytes() {
        return unstoredBytes;
    }

    public synchronized ResultCounts counts() {
        return counts;
    }

    public synchronized Leases.Held lease() {
        return lease;
    }

    public synchronized void renewed(Leases.Held held) {
        lease = held;
    }

    /** Somebody else owns the shard by now: nothing more is written. */
    public synchronized void abandon() {
        abandoned = true;
        unstored.clear();
        unstoredBytes = 0;
    }

    public synchronized boolean isAbandoned() {
        return abandoned;
    }

    /** Stores the rows that are not stored yet, as one part. They stay here if that fails. */
    public void flush(ObjectStore store) {
        List<byte[]> lines;
        int epoch;
        int number;
        synchronized (this) {
            lines = List.copyOf(unstored);
            epoch = lease.lease().epoch();
            number = nextPart;
        }
        if (lines.isEmpty()) {
            return;
        }
        byte[] body = PartCodec.encode(lines);
        String sha256 = PartCodec.sha256(body);
        String key = layout.part(shard.number(), epoch, number);
        String etag = store.put(key, body, PartCodec.metadata(body, lines.size()), WriteCondition.absent());
        boolean mine = etag != null
                || store.get(key)
                        .map(StoredObject::body)
                        .map(PartCodec::sha256)
                        .filter(sha256::equals)
                        .isPresent();
        synchronized (this) {
            nextPart++;
            if (mine && !abandoned) {
                parts.add(new Commit.PartReference(key, lines.size(), sha256));
                unstored.subList(0, lines.size()).clear();
                unstoredBytes -= lines.stream().mapToLong(line -> line.length).sum();
            }
        }
    }

    /**
     * Commits the complete shard.
     *
     * @return the commit that counts: this one, or the one of somebody who was faster
     */
    public Commit commit(ObjectStore store) {
        Commit mine;
        synchronized (this) {
            if (!isComplete() || !unstored.isEmpty()) {
                throw new IllegalStateException("shard " + shard.number() + " is not complete");
            }
            mine = new Commit(
                    Labels.API_VERSION,
                    layout.runId(),
                    shard.number(),
                    lease.lease().epoch(),
                    UUID.randomUUID().toString(),
                    parts,
                    done.cardinality(),
                    List.copyOf(failed.values()),
                    usage,
                    counts,
                    List.copyOf(solved));
        }
        return Commits.write(store, layout, mine);
    }

    /** The part of the work that no commit knows yet, for progress. */
    public synchronized @Nullable ResultCounts uncommitted() {
        return abandoned ? null : counts;
    }
}
