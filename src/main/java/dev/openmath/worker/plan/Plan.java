package dev.openmath.worker.plan;

import dev.openmath.worker.store.JsonDocuments;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** All that is to be generated: the entries in order. Numbers of shards run through all of them. */
public record Plan(List<PlanEntry> entries) {
    public Plan {
        entries = List.copyOf(entries);
    }

    /**
     * A contiguous block of samples of one entry.
     *
     * @param from first sample number within the entry
     * @param to first sample number after it
     */
    public record Shard(int number, PlanEntry entry, long from, long to) {
        public int size() {
            return (int) (to - from);
        }

        /** Where the {@code i}-th sample of this shard belongs. */
        public PlanEntry.Position at(int i) {
            return entry.at(from + i);
        }
    }

    public long samples() {
        return entries.stream().mapToLong(PlanEntry::samples).sum();
    }

    public int shards() {
        return entries.stream().mapToInt(PlanEntry::shards).sum();
    }

    /** Problems that at least one sample is planned for, or would be: all that the filter left. */
    public int problems() {
        return entries.isEmpty()
                ? 0
                : entries.getFirst().sources().stream()
                        .mapToInt(PlanEntry.SourceEntry::problems)
                        .sum();
    }

    /** The shard of a number. */
    public Shard shard(int number) {
        for (PlanEntry entry : entries) {
            int index = number - entry.firstShard();
            if (index >= 0 && index < entry.shards()) {
                long from = (long) index * entry.samplesPerShard();
                return new Shard(number, entry, from, Math.min(from + entry.samplesPerShard(), entry.samples()));
            }
        }
        throw new IndexOutOfBoundsException("shard " + number + " of " + shards());
    }

    /** SHA-256, in hex, over the stored form of all entries in order. */
    public String sha256() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (PlanEntry entry : entries) {
                digest.update(JsonDocuments.write(entry));
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
