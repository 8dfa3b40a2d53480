package dev.openmath.worker.generate;

import dev.openmath.worker.plan.Plan;
import dev.openmath.worker.plan.SampleKey;
import dev.openmath.worker.shard.Commit;
import dev.openmath.worker.shard.PartCodec;
import dev.openmath.worker.store.JsonDocuments;
import dev.openmath.worker.store.ObjectStore;
import dev.openmath.worker.store.RunLayout;
import dev.openmath.worker.store.StoredObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Counts what is committed against what is planned, without the product's own verification. */
public final class ExactlyOnce {
    private ExactlyOnce() {}

    /** What is wrong, one sentence each; empty if each planned key is exactly once in rows or failed. */
    public static List<String> flaws(ObjectStore store, RunLayout layout, Plan plan) {
        List<String> flaws = new ArrayList<>();
        Map<SampleKey, Integer> owner = new HashMap<>();
        for (int shard = 0; shard < plan.shards(); shard++) {
            Optional<StoredObject> object = store.get(layout.commit(shard));
            if (object.isEmpty()) {
                flaws.add("shard " + shard + " has no commit");
                continue;
            }
            Commit commit = JsonDocuments.read(object.get().body(), Commit.class);
            Set<SampleKey> keys = new HashSet<>();
            for (Commit.PartReference part : commit.parts()) {
                keys.addAll(keys(store, part, flaws));
            }
            if (keys.size() != commit.rows()) {
                flaws.add("shard " + shard + " claims " + commit.rows() + " rows and has " + keys.size());
            }
            commit.failed().forEach(failed -> {
                if (!keys.add(failed.sample())) {
                    flaws.add(failed.sample() + " is in rows and failed");
                }
            });
            for (SampleKey key : keys) {
                Integer other = owner.put(key, shard);
                if (other != null) {
                    flaws.add(key + " is in shards " + other + " and " + shard);
                }
            }
        }
        long planned = 0;
        for (int shard = 0; shard < plan.shards(); shard++) {
            for (int i = 0; i < plan.shard(shard).size(); i++, planned++) {
                SampleKey key = plan.shard(shard).at(i).key();
                if (!Integer.valueOf(shard).equals(owner.get(key))) {
                    flaws.add(key + " of shard " + shard + " is in " + owner.get(key));
                }
            }
        }
        if (owner.size() > planned) {
            flaws.add((owner.size() - planned) + " keys were not planned");
        }
        return flaws;
    }

    private static Set<SampleKey> keys(ObjectStore store, Commit.PartReference part, List<String> flaws) {
        Set<SampleKey> keys = new HashSet<>();
        Optional<StoredObject> object = store.get(part.key());
        if (object.isEmpty()) {
            flaws.add(part.key() + " is committed and gone");
            return keys;
        }
        try {
            PartCodec.decode(object.get().body(), part.rows(), part.sha256()).forEach(row -> keys.add(row.key()));
        } catch (PartCodec.CorruptPartException e) {
            flaws.add(part.key() + " is damaged: " + e.getMessage());
        }
        return keys;
    }
}
