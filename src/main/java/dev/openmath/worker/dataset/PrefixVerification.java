package dev.openmath.worker.dataset;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.openmath.worker.RoleFailedException;
import dev.openmath.worker.dataset.CommittedShards.Flaw;
import dev.openmath.worker.dataset.SuccessManifest.ExportedFile;
import dev.openmath.worker.plan.Plan;
import dev.openmath.worker.plan.PlanStore;
import dev.openmath.worker.store.JsonDocuments;
import dev.openmath.worker.store.ObjectStore;
import dev.openmath.worker.store.RunLayout;
import dev.openmath.worker.store.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Proves that a finished prefix is complete and uncorrupted: each planned key exactly once in rows or failed, every part
 * as committed, every file of the data set exactly what the commits give.
 */
public final class PrefixVerification {
    /** More are not listed; there is something fundamentally wrong then. */
    private static final int MOST_FLAWS = 1000;

    private final ObjectStore store;
    private final List<Flaw> flaws = new ArrayList<>();
    private long rows;
    private long failed;

    private PrefixVerification(ObjectStore store) {
        this.store = store;
    }

    /**
     * What was found.
     *
     * @param problems empty exactly if {@code ok}
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Report(boolean ok, long rows, long failed, List<Flaw> problems) {}

    /**
     * Verifies.
     *
     * @throws dev.openmath.worker.store.StoreException if the store can't be read
     */
    public static Report verify(ObjectStore store) throws IOException {
        PrefixVerification verification = new PrefixVerification(store);
        verification.run();
        return new Report(
                verification.flaws.isEmpty(), verification.rows, verification.failed, List.copyOf(verification.flaws));
    }

    private void run() throws IOException {
        Optional<PlanStore.RunClaim> claim = document(RunLayout.RUN, PlanStore.RunClaim.class);
        Optional<SuccessManifest> manifest = document(RunLayout.SUCCESS, SuccessManifest.class);
        String runId = claim.map(PlanStore.RunClaim::runId)
                .or(() -> manifest.map(SuccessManifest::runId))
                .orElse(null);
        if (runId == null) {
            return;
        }
        if (manifest.isPresent() && !runId.equals(manifest.get().runId())) {
            flaw(RunLayout.SUCCESS, "is of run " + manifest.get().runId() + ", the prefix of run " + runId);
        }
        Plan plan = plan(new RunLayout(runId));
        if (!plan.entries().isEmpty()) {
            verify(new RunLayout(runId), plan, manifest.orElse(null));
        }
        if (manifest.isPresent()) {
            for (ExportedFile file : manifest.get().files()) {
                verifyStored(file);
            }
        }
    }

    private Plan plan(RunLayout layout) {
        try {
            Plan plan = new PlanStore(store, layout).read();
            if (plan.entries().isEmpty()) {
                flaw(layout.plan(0), "is missing");
            }
            return plan;
        } catch (RoleFailedException e) {
            flaw(layout.plans(), String.valueOf(e.getMessage()));
            return new Plan(List.of());
        }
    }

    private void verify(RunLayout layout, Plan plan, @Nullable SuccessManifest manifest) throws IOException {
        CommittedShards shards = new CommittedShards(store, layout, plan);
        ResultCounts counts = ResultCounts.ZERO;
        boolean withOthers = manifest != null
                && manifest.files().stream().anyMatch(file -> file.path().startsWith(RunLayout.INCORRECT));
        long correct = manifest == null ? 0 : manifest.rows().correct();
        long others = manifest == null ? 0 : manifest.rows().total() - correct;
        Map<String, ExportedFile> expected = new HashMap<>();
        try (ExportFiles export = new ExportFiles(correct, withOthers ? others : -1, ExportFiles.Sink.discarding())) {
            for (int shard = 0; shard < plan.shards() && flaws.size() < MOST_FLAWS; shard++) {
                Optional<CommittedShards.ShardRows> read = shards.read(shard, this::flaw);
                if (read.isEmpty()) {
                    continue;
                }
                ResultCounts ofShard = ResultCounts.ZERO;
                for (CommittedShards.Positioned positioned : read.get().rows()) {
                    ofShard = ofShard.plus(positioned.row().counts());
                    export.add(positioned.row());
                }
                ResultCounts claimed = read.get().commit().results();
                if (claimed != null && !claimed.equals(ofShard)) {
                    flaw(layout.commit(shard), "its figures are not those of its rows");
                }
                counts = counts.plus(ofShard);
                failed += read.get().commit().failed().size();
            }
            export.finish().forEach(file -> expected.put(file.path(), file));
        }
        rows = counts.samples();
        if (manifest != null) {
            verify(manifest, plan, counts, expected);
        }
    }

    private void verify(SuccessManifest manifest, Plan plan, ResultCounts counts, Map<String, ExportedFile> expected) {
        if (!manifest.plan().sha256().equals(plan.sha256())) {
            flaw(RunLayout.SUCCESS, "is of another plan: the job has grown since; run finalize again");
            return;
        }
        SuccessManifest.RowFigures figures = new SuccessManifest.RowFigures(
                counts.samples(), counts.correct(), counts.incorrect(), counts.noAnswer(), failed);
        if (!figures.equals(manifest.rows())) {
            flaw(RunLayout.SUCCESS, "its figures of rows are not those of the commits");
        }
        for (ExportedFile file : manifest.files()) {
            boolean data = file.path().startsWith(RunLayout.DATA) || file.path().startsWith(RunLayout.INCORRECT);
            if (data && !file.equals(expected.remove(file.path()))) {
                flaw(file.path(), "is listed with other content than the commits give");
            }
        }
        expected.keySet().forEach(path -> flaw(path, "is not listed in " + RunLayout.SUCCESS));
    }

    private void verifyStored(ExportedFile file) throws IOException {
        Optional<InputStream> stored = store.open(file.path());
        if (stored.isEmpty()) {
            flaw(file.path(), "is missing");
            return;
        }
        MessageDigest digest = sha256();
        long bytes = 0;
        try (InputStream in = stored.get()) {
            byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
                bytes += n;
            }
        }
        if (bytes != file.bytes()) {
            flaw(file.path(), "has " + bytes + " bytes, not the " + file.bytes() + " listed");
        } else if (!HexFormat.of().formatHex(digest.digest()).equals(file.sha256())) {
            flaw(file.path(), "its SHA-256 is not the one listed");
        }
    }

    private <T> Optional<T> document(String key, Class<T> type) {
        Optional<StoredObject> object = store.get(key);
        if (object.isEmpty()) {
            flaw(key, "is missing: the job is not finished, or this is not its prefix");
            return Optional.empty();
        }
        try {
            return Optional.of(JsonDocuments.read(object.get().body(), type));
        } catch (IllegalArgumentException e) {
            flaw(key, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private void flaw(String file, String what) {
        flaw(new Flaw(file, null, what));
    }

    private void flaw(Flaw flaw) {
        if (flaws.size() < MOST_FLAWS) {
            flaws.add(flaw);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
