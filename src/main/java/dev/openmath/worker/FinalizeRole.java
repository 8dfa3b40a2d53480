package dev.openmath.worker;

import dev.openmath.worker.dataset.DatasetExport;
import dev.openmath.worker.dataset.DatasetStatistics;
import dev.openmath.worker.dataset.SuccessManifest;
import dev.openmath.worker.store.ObjectStore;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Proves that everything planned is there and makes the data set of it. */
public final class FinalizeRole {
    private FinalizeRole() {}

    /** The termination message. */
    public record FinalizeSummary(
            String revision,
            SuccessManifest.RowFigures rows,
            int problemsSolved,
            int problems,
            long codeErrors,
            long timeouts,
            long textOnly,
            int files,
            long bytes,
            String prefix) {}

    /**
     * Finalizes.
     *
     * @param temporary folder on the local disk
     * @param revision of the export; null: derived from what it depends on
     * @throws RoleFailedException ShardsOpen while shards are not committed; DataCorrupt if something is damaged
     */
    public static FinalizeSummary run(JobFile job, ObjectStore store, Path temporary, @Nullable String revision)
            throws IOException {
        String name = job.metadata() == null || job.metadata().name() == null
                ? job.runId()
                : job.metadata().name();
        DatasetExport.Result result = new DatasetExport(store, job, temporary, name, revision).run();
        SuccessManifest manifest = result.manifest();
        DatasetStatistics.Summary statistics = result.statistics();
        return new FinalizeSummary(
                manifest.revision(),
                manifest.rows(),
                statistics.problemsSolved(),
                statistics.problems(),
                statistics.rows().codeErrors(),
                statistics.rows().timeouts(),
                statistics.rows().textOnly(),
                manifest.files().size(),
                manifest.files().stream()
                        .mapToLong(SuccessManifest.ExportedFile::bytes)
                        .sum(),
                store.location());
    }
}
