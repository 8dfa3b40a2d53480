package dev.openmath.worker.shard;

import dev.openmath.worker.dataset.Row;
import dev.openmath.worker.store.ObjectHead;
import dev.openmath.worker.store.ObjectStore;
import dev.openmath.worker.store.RunLayout;
import dev.openmath.worker.store.StoredObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Finds the valid parts of a shard, whoever wrote them, in the order in which they count. */
public final class PartReader {
    private static final Logger LOG = Logger.getLogger(PartReader.class);

    private final ObjectStore store;
    private final RunLayout layout;

    public PartReader(ObjectStore store, RunLayout layout) {
        this.store = store;
        this.layout = layout;
    }

    /** A part that is whole. */
    public record ValidPart(Commit.PartReference reference, List<Row> rows) {}

    /** All valid parts of a shard by (epoch, number). What is damaged is left out: its samples are made again. */
    public List<ValidPart> validParts(int shard) {
        List<String> keys = store.list(layout.parts(shard)).stream()
                .map(ObjectHead::key)
                .filter(RunLayout.PartKey::isOne)
                .sorted(Comparator.comparing(RunLayout.PartKey::parse))
                .toList();
        List<ValidPart> valid = new ArrayList<>();
        for (String key : keys) {
            store.get(key).flatMap(object -> validated(key, object)).ifPresent(valid::add);
        }
        return valid;
    }

    private static Optional<ValidPart> validated(String key, StoredObject object) {
        String rows = object.head().metadata().get(PartCodec.ROWS);
        String sha256 = object.head().metadata().get(PartCodec.SHA256);
        try {
            if (rows == null || sha256 == null) {
                throw new PartCodec.CorruptPartException("its metadata rows and sha256 are missing");
            }
            List<Row> read = PartCodec.decode(object.body(), Long.parseLong(rows), sha256);
            return Optional.of(new ValidPart(new Commit.PartReference(key, read.size(), sha256), read));
        } catch (PartCodec.CorruptPartException | NumberFormatException e) {
            LOG.warnf("part ignored key=%s: %s; its samples are made again", key, e.getMessage());
            return Optional.empty();
        }
    }
}
