package dev.openmath.worker.plan;

import dev.openmath.api.Labels;
import dev.openmath.worker.FailureReason;
import dev.openmath.worker.RoleFailedException;
import dev.openmath.worker.store.JsonDocuments;
import dev.openmath.worker.store.ObjectHead;
import dev.openmath.worker.store.ObjectStore;
import dev.openmath.worker.store.RunLayout;
import dev.openmath.worker.store.WriteCondition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The plan in object storage: written once, read by everybody. */
public final class PlanStore {
    private final ObjectStore store;
    private final RunLayout layout;

    public PlanStore(ObjectStore store, RunLayout layout) {
        this.store = store;
        this.layout = layout;
    }

    /** Content of {@code _run.json}. */
    public record RunClaim(String apiVersion, String runId) {}

    /**
     * Claims the prefix for this run.
     *
     * @throws RoleFailedException PrefixInUse if it is another run's
     */
    public void claim() {
        RunClaim mine = new RunClaim(Labels.API_VERSION, layout.runId());
        if (store.put(RunLayout.RUN, JsonDocuments.write(mine), Map.of(), WriteCondition.absent()) != null) {
            return;
        }
        RunClaim there = store.get(RunLayout.RUN)
                .map(object -> JsonDocuments.read(object.body(), RunClaim.class))
                .orElse(mine);
        if (!there.runId().equals(layout.runId())) {
            throw new RoleFailedException(
                    FailureReason.PrefixInUse,
                    store.location() + " belongs to run " + there.runId() + ", this job is run " + layout.runId()
                            + "; write another output.s3.prefix, or restore the fields that decide the run");
        }
    }

    /** Number of entries written so far. */
    public int entries() {
        return (int) store.list(layout.plans()).stream()
                .filter(head -> RunLayout.numberIn(head.key()) >= 0)
                .count();
    }

    /** All entries written so far, in order. */
    public Plan read() {
        List<PlanEntry> entries = new ArrayList<>();
        for (ObjectHead head : store.list(layout.plans())) {
            int number = RunLayout.numberIn(head.key());
            if (number < 0) {
                continue;
            }
            if (number != entries.size()) {
                throw new RoleFailedException(
                        FailureReason.DataCorrupt,
                        store.location() + ": " + layout.plan(entries.size())
                                + " is missing; restore it from a backup");
            }
            byte[] body = store.get(head.key()).orElseThrow().body();
            try {
                entries.add(JsonDocuments.read(body, PlanEntry.class));
            } catch (IllegalArgumentException e) {
                throw new RoleFailedException(
                        FailureReason.DataCorrupt, store.location() + ": " + head.key() + " " + e.getMessage(), e);
            }
        }
        return new Plan(entries);
    }

    /** Adds an entry. Plans are the same bytes whoever makes them, so losing a race against an equal one is a success. */
    public void add(PlanEntry entry) {
        byte[] body = JsonDocuments.write(entry);
        String key = layout.plan(entry.number());
        if (store.put(key, body, Map.of(), WriteCondition.absent()) == null) {
            byte[] there = store.get(key).orElseThrow().body();
            if (!Arrays.equals(body, there)) {
                throw new RoleFailedException(
                        FailureReason.SourceChanged,
                        store.location() + ": " + key
                                + " was written by another planner from other input; let one job use this prefix");
            }
        }
    }

    /** Numbers of the shards that are committed. */
    public List<Integer> committedShards() {
        return store.list(layout.commits()).stream()
                .map(head -> RunLayout.numberIn(head.key()))
                .filter(number -> number >= 0)
                .toList();
    }
}
