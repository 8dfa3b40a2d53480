package dev.openmath.worker.dataset;

import dev.openmath.worker.plan.Plan;
import dev.openmath.worker.plan.SampleKey;
import dev.openmath.worker.shard.Commit;
import dev.openmath.worker.shard.PartCodec;
import dev.openmath.worker.store.JsonDocuments;
import dev.openmath.worker.store.ObjectStore;
import dev.openmath.worker.store.RunLayout;
import dev.openmath.worker.store.StoredObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads committed shards and checks everything that a commit claims. */
public final class CommittedShards {
    private final ObjectStore store;
    private final RunLayout layout;
    private final Plan plan;

    public CommittedShards(ObjectStore store, RunLayout layout, Plan plan) {
        this.store = store;
        this.layout = layout;
        this.plan = plan;
    }

    /**
     * Something that is not as it must be.
     *
     * @param file relative to the prefix
     * @param line counted from 1, where one line is to blame
     */
    public record Flaw(String file, @Nullable Integer line, String what) {}

    /**
     * A shard as committed.
     *
     * @param rows in the plan's order
     */
    public record ShardRows(Commit commit, List<Positioned> rows) {}

    /** A row with the position of its problem. */
    public record Positioned(int problem, Row row) {}

    /** A shard's commit; empty, and told, if it is missing or not readable. */
    public Optional<Commit> commit(int shard, Consumer<Flaw> flaws) {
        String key = layout.commit(shard);
        Optional<StoredObject> object = store.get(key);
        if (object.isEmpty()) {
            flaws.accept(new Flaw(key, null, "shard " + shard + " is not committed"));
            return Optional.empty();
        }
        try {
            Commit commit = JsonDocuments.read(object.get().body(), Commit.class);
            if (commit.shard() != shard || !layout.runId().equals(commit.runId())) {
                flaws.accept(new Flaw(key, null, "is the commit of another shard or run"));
                return Optional.empty();
            }
            return Optional.of(commit);
        } catch (IllegalArgumentException | NullPointerException e) {
            flaws.accept(new Flaw(key, null, "is not a commit in JSON"));
            return Optional.empty();
        }
    }

    /** The rows of a shard, each planned key exactly once in rows or failed; every deviation is told. */
    public Optional<ShardRows> read(int shard, Consumer<Flaw> flaws) {
        return commit(shard, flaws).map(commit -> read(commit, flaws));
    }

    private ShardRows read(Commit commit, Consumer<Flaw> flaws) {
        Plan.Shard shard = plan.shard(commit.shard());
        String commitKey = layout.commit(commit.shard());
        Map<SampleKey, Integer> indexes = new HashMap<>();
        for (int i = 0; i < shard.size(); i++) {
            indexes.put(shard.at(i).key(), i);
        }
        @Nullable Row[] rows = new Row[shard.size()];
        List<Commit.PartReference> parts = new ArrayList<>(commit.parts());
        parts.sort(Comparator.comparing(part -> RunLayout.PartKey.parse(part.key())));
        int distinct = 0;
        for (Commit.PartReference part : parts) {
            int line = 0;
            for (Row row : decode(part, flaws)) {
                line++;
                Integer index = indexes.get(row.key());
                if (index == null) {
                    flaws.accept(new Flaw(part.key(), line, "is a sample that this shard does not plan: " + row.key()));
                } else if (rows[index] == null) {
                    rows[index] = row;
                    distinct++;
                }
            }
        }
        if (distinct != commit.rows()) {
            flaws.accept(new Flaw(commitKey, null, "claims " + commit.rows() + " rows, its parts have " + distinct));
        }
        boolean[] failed = new boolean[shard.size()];
        for (Commit.FailedSample sample : commit.failed()) {
            Integer index = indexes.get(sample.sample());
            if (index == null) {
                flaws.accept(
                        new Flaw(commitKey, null, "names a failed sample that is not planned: " + sample.sample()));
            } else if (failed[index] || rows[index] != null) {
                flaws.accept(new Flaw(commitKey, null, "has a sample twice: " + sample.sample()));
            } else {
                failed[index] = true;
            }
        }
        List<Positioned> ordered = new ArrayList<>(distinct);
        for (int i = 0; i < rows.length; i++) {
            Row row = rows[i];
            if (row != null) {
                ordered.add(new Positioned(shard.at(i).problem(), row));
            } else if (!failed[i]) {
                flaws.accept(new Flaw(
                        commitKey,
                        null,
                        "lacks the planned sample " + shard.at(i).key()));
            }
        }
        return new ShardRows(commit, ordered);
    }

    private List<Row> decode(Commit.PartReference part, Consumer<Flaw> flaws) {
        Optional<StoredObject> object = store.get(part.key());
        if (object.isEmpty()) {
            flaws.accept(new Flaw(part.key(), null, "is committed, but not there"));
            return List.of();
        }
        try {
            return PartCodec.decode(object.get().body(), part.rows(), part.sha256());
        } catch (PartCodec.CorruptPartException e) {
            flaws.accept(new Flaw(part.key(), null, String.valueOf(e.getMessage())));
            return List.of();
        }
    }
}
