package dev.openmath.worker.dataset;

import java.util.List;

/**
 * {@code _SUCCESS.json}: written last, and the manifest of the data set.
 *
 * @param revision changes with whatever the exported files depend on
 */
public record SuccessManifest(
        String apiVersion, String runId, String revision, PlanFigures plan, RowFigures rows, List<ExportedFile> files) {
    public SuccessManifest {
        files = List.copyOf(files);
    }

    /** The plan it fulfils. */
    public record PlanFigures(String sha256, int problems, long samples, int shards) {}

    /** {@code total + failed = plan.samples}; {@code total = correct + incorrect + noAnswer}. */
    public record RowFigures(long total, long correct, long incorrect, long noAnswer, long failed) {}

    /**
     * A file of the data set.
     *
     * @param path relative to the prefix
     * @param rows 0 for files that are not data
     */
    public record ExportedFile(String path, long bytes, long rows, String sha256) {}
}
