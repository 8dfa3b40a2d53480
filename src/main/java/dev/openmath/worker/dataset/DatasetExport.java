package dev.openmath.worker.dataset;

import dev.openmath.api.Labels;
import dev.openmath.api.Output;
import dev.openmath.worker.FailureReason;
import dev.openmath.worker.JobFile;
import dev.openmath.worker.RoleFailedException;
import dev.openmath.worker.dataset.CommittedShards.Flaw;
import dev.openmath.worker.dataset.SuccessManifest.ExportedFile;
import dev.openmath.worker.plan.Plan;
import dev.openmath.worker.plan.PlanStore;
import dev.openmath.worker.shard.Commit;
import dev.openmath.worker.shard.PartCodec;
import dev.openmath.worker.store.JsonDocuments;
import dev.openmath.worker.store.ObjectHead;
import dev.openmath.worker.store.ObjectStore;
import dev.openmath.worker.store.RunLayout;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Makes the data set of a job whose shards are all committed. Runs again harmlessly. */
public final class DatasetExport {
    private static final Logger LOG = Logger.getLogger(DatasetExport.class);
    private static final String PLOT = RunLayout.PLOTS + "correct-per-problem.svg";

    private final ObjectStore store;
    private final JobFile job;
    private final RunLayout layout;
    private final Path temporary;
    private final String name;
    private final @Nullable String givenRevision;

    /**
     * @param temporary folder for one file at a time
     * @param name of the data set, for its card
     * @param revision null: derived from what the files depend on
     */
    public DatasetExport(ObjectStore store, JobFile job, Path temporary, String name, @Nullable String revision) {
        this.store = store;
        this.job = job;
        this.layout = new RunLayout(job.runId());
        this.temporary = temporary;
        this.name = name;
        this.givenRevision = revision;
    }

    /** What became of it. */
    public record Result(SuccessManifest manifest, DatasetStatistics.Summary statistics) {}

    /**
     * Verifies all commits, writes the files, and {@code _SUCCESS.json} last.
     *
     * @throws RoleFailedException ShardsOpen or DataCorrupt
     */
    public Result run() throws IOException {
        Plan plan = new PlanStore(store, layout).read();
        if (plan.entries().isEmpty()) {
            throw new RoleFailedException(
                    FailureReason.ShardsOpen,
                    store.location() + " has no plan of run " + layout.runId() + "; run plan and generate first");
        }
        CommittedShards shards = new CommittedShards(store, layout, plan);
        ResultCounts counts = requireComplete(plan, shards);
        String revision = revision(plan);
        // While files are replaced, nobody must take the old ones for whole.
        boolean same = existing().filter(m -> m.revision().equals(revision)).isPresent();
        if (!same) {
            store.delete(RunLayout.SUCCESS);
        }

        DatasetStatistics statistics = new DatasetStatistics(plan.problems());
        List<ExportedFile> files = new ArrayList<>();
        long others = withIncorrect() ? counts.incorrect() + counts.noAnswer() : -1;
        try (ExportFiles export = new ExportFiles(counts.correct(), others, new Uploads())) {
            for (int shard = 0; shard < plan.shards(); shard++) {
                CommittedShards.ShardRows rows =
                        shards.read(shard, DatasetExport::corrupt).orElseThrow();
                statistics.add(rows);
                rows.rows().forEach(positioned -> export.add(positioned.row()));
            }
            files.addAll(export.finish());
        }
        if (!statistics.counts().equals(counts)) {
            throw new RoleFailedException(
                    FailureReason.DataCorrupt,
                    "the figures of the commits are not those of their rows; run verify to see where");
        }
        DatasetStatistics.Summary summary = statistics.summary();
        files.add(document(RunLayout.CARD, card(summary).getBytes(StandardCharsets.UTF_8)));
        files.add(document(RunLayout.STATISTICS, JsonDocuments.write(summary)));
        files.add(document(
                PLOT,
                HistogramPlot.svg("Problems by correct solutions", "correct solutions", summary.correctPerProblem())
                        .getBytes(StandardCharsets.UTF_8)));
        removeStale(files);
        SuccessManifest manifest = manifest(plan, revision, statistics, files);
        store.put(RunLayout.SUCCESS, JsonDocuments.write(manifest));
        LOG.infof(
                "data set written revision=%s rows=%d correct=%d files=%d",
                revision, counts.samples(), counts.correct(), files.size());
        return new Result(manifest, summary);
    }

    private ResultCounts requireComplete(Plan plan, CommittedShards shards) {
        List<Integer> open = new ArrayList<>();
        ResultCounts counts = ResultCounts.ZERO;
        Set<Integer> committed = new HashSet<>(new PlanStore(store, layout).committedShards());
        for (int shard = 0; shard < plan.shards(); shard++) {
            if (!committed.contains(shard)) {
                open.add(shard);
            }
        }
        if (!open.isEmpty()) {
            throw new RoleFailedException(
                    FailureReason.ShardsOpen,
                    open.size() + " of " + plan.shards() + " shards are not committed, the first is " + open.getFirst()
                            + "; let generate finish them");
        }
        for (int shard = 0; shard < plan.shards(); shard++) {
            Commit commit = shards.commit(shard, DatasetExport::corrupt).orElseThrow();
            ResultCounts results = commit.results();
            if (results == null) {
                results = shards.read(shard, DatasetExport::corrupt).orElseThrow().rows().stream()
                        .map(positioned -> positioned.row().counts())
                        .reduce(ResultCounts.ZERO, ResultCounts::plus);
            }
            counts = counts.plus(results);
        }
        return counts;
    }

    private static void corrupt(Flaw flaw) {
        throw new RoleFailedException(
                FailureReason.DataCorrupt,
                flaw.file() + (flaw.line() == null ? "" : " line " + flaw.line()) + ": " + flaw.what()
                        + "; restore it, or delete the shard's commit so that the shard is made again");
    }

    private Optional<SuccessManifest> existing() {
        try {
            return store.get(RunLayout.SUCCESS).map(o -> JsonDocuments.read(o.body(), SuccessManifest.class));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Depends on the plan and on what of the spec decides the files, on nothing else. */
    private String revision(Plan plan) {
        if (givenRevision != null) {
            return givenRevision;
        }
        String decides = plan.sha256() + "\n" + (withIncorrect() ? "All" : "CorrectOnly") + "\nJSONLines\n";
        return PartCodec.sha256(decides.getBytes(StandardCharsets.UTF_8)).substring(0, 8);
    }

    private boolean withIncorrect() {
        Output output = job.spec().output();
        return output == null || output.rows() != Output.Rows.CorrectOnly;
    }

    private String card(DatasetStatistics.Summary summary) {
        return DatasetCard.markdown(name, job.settings(), job.spec().model(), layout.runId(), withIncorrect(), summary);
    }

    private ExportedFile document(String path, byte[] body) {
        store.put(path, body);
        return new ExportedFile(path, body.length, 0, PartCodec.sha256(body));
    }

    /** An earlier export may have had more files, or incorrect rows. */
    private void removeStale(List<ExportedFile> files) {
        Set<String> current = new HashSet<>();
        files.forEach(file -> current.add(file.path()));
        for (String folder : List.of(RunLayout.DATA, RunLayout.INCORRECT, RunLayout.PLOTS)) {
            store.list(folder).stream()
                    .map(ObjectHead::key)
                    .filter(key -> !current.contains(key))
                    .forEach(store::delete);
        }
    }

    private SuccessManifest manifest(
            Plan plan, String revision, DatasetStatistics statistics, List<ExportedFile> files) {
        ResultCounts counts = statistics.counts();
        return new SuccessManifest(
                Labels.API_VERSION,
                layout.runId(),
                revision,
                new SuccessManifest.PlanFigures(plan.sha256(), plan.problems(), plan.samples(), plan.shards()),
                new SuccessManifest.RowFigures(
                        counts.samples(), counts.correct(), counts.incorrect(), counts.noAnswer(), statistics.failed()),
                files);
    }

    /** Writes each file to the local disk and uploads it when it is whole. */
    private final class Uploads implements ExportFiles.Sink {
        private final Map<String, Path> open = new java.util.HashMap<>();

        @Override
        public OutputStream begin(String path) throws IOException {
            Files.createDirectories(temporary);
            Path file = Files.createTempFile(temporary, "export", ".jsonl");
            open.put(path, file);
            return new BufferedOutputStream(Files.newOutputStream(file));
        }

        @Override
        public void end(ExportedFile file) throws IOException {
            Path local = open.remove(file.path());
            if (local == null) {
                throw new IllegalStateException(file.path() + " was not begun");
            }
            try {
                store.putFile(file.path(), local, Map.of(PartCodec.SHA256, file.sha256()));
            } finally {
                Files.deleteIfExists(local);
            }
        }
    }
}
