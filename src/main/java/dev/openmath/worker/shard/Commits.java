package dev.openmath.worker.shard;

import dev.openmath.worker.FailureReason;
import dev.openmath.worker.RoleFailedException;
import dev.openmath.worker.store.JsonDocuments;
import dev.openmath.worker.store.ObjectStore;
import dev.openmath.worker.store.RunLayout;
import dev.openmath.worker.store.StoredObject;
import dev.openmath.worker.store.WriteCondition;
import java.util.Map;
import java.util.Optional;

/** Commits in object storage. The first one of a shard counts, for ever. */
public final class Commits {
    private Commits() {}

    /** Writes a commit unless there is one; gives back the one that counts. */
    static Commit write(ObjectStore store, RunLayout layout, Commit mine) {
        String key = layout.commit(mine.shard());
        if (store.put(key, JsonDocuments.write(mine), Map.of(), WriteCondition.absent()) != null) {
            return mine;
        }
        return read(store, layout, mine.shard()).orElse(mine);
    }

    /**
     * Reads a commit.
     *
     * @throws RoleFailedException DataCorrupt if it is none
     */
    public static Optional<Commit> read(ObjectStore store, RunLayout layout, int shard) {
        String key = layout.commit(shard);
        Optional<StoredObject> object = store.get(key);
        try {
            return object.map(found -> JsonDocuments.read(found.body(), Commit.class));
        } catch (IllegalArgumentException e) {
            throw new RoleFailedException(
                    FailureReason.DataCorrupt,
                    store.location() + ": " + key + " " + e.getMessage()
                            + "; delete it, and the shard is committed again from its parts",
                    e);
        }
    }
}
