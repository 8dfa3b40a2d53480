package dev.openmath.worker.dataset;

import dev.openmath.worker.dataset.SuccessManifest.ExportedFile;
import dev.openmath.worker.store.JsonDocuments;
import dev.openmath.worker.store.RunLayout;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The files of the data set as JSON Lines: correct rows under {@code data/}, the others under {@code incorrect/}, both in
 * the plan's order, so that the same commits always give the same bytes.
 */
public final class ExportFiles implements AutoCloseable {
    /** Rows per file; a file of this many is about a gigabyte. */
    static final long ROWS_PER_FILE = 500_000;

    private final @Nullable Target correct;
    private final @Nullable Target others;

    /** Takes finished files and gives places to write them to. */
    public interface Sink {
        OutputStream begin(String path) throws IOException;

        void end(ExportedFile file) throws IOException;

        /** Writes nowhere: only the checksums are of interest. */
        static Sink discarding() {
            return new Sink() {
                @Override
                public OutputStream begin(String path) {
                    return OutputStream.nullOutputStream();
                }

                @Override
                public void end(ExportedFile file) {}
            };
        }
    }

    /**
     * @param correctRows how many there will be; decides the files' names
     * @param otherRows negative to leave them out
     */
    public ExportFiles(long correctRows, long otherRows, Sink sink) {
        this.correct = new Target(RunLayout.DATA, correctRows, sink);
        this.others = otherRows < 0 ? null : new Target(RunLayout.INCORRECT, otherRows, sink);
    }

    public void add(Row row) {
        Target target = row.isCorrect() ? correct : others;
        if (target != null) {
            target.add(JsonDocuments.write(PublicRow.of(row)));
        }
    }

    /** Ends all files and tells them, data first. */
    public List<ExportedFile> finish() {
        List<ExportedFile> files = new ArrayList<>();
        for (Target target : new @Nullable Target[] {correct, others}) {
            if (target != null) {
                files.addAll(target.finish());
            }
        }
        return files;
    }

    @Override
    public void close() {
        for (Target target : new @Nullable Target[] {correct, others}) {
            if (target != null) {
                target.abort();
            }
        }
    }

    private static final class Target {
        private final String folder;
        private final Sink sink;
        private final int files;
        private final List<ExportedFile> done = new ArrayList<>();
        private @Nullable DigestOutputStream open;
        private long rows;
        private long bytes;

        Target(String folder, long expectedRows, Sink sink) {
            this.folder = folder;
            this.sink = sink;
            this.files = (int) Math.max(1, (expectedRows + ROWS_PER_FILE - 1) / ROWS_PER_FILE);
        }

        private String path() {
            return String.format(Locale.ROOT, "%strain-%05d-of-%05d.jsonl", folder, done.size(), files);
        }

        void add(byte[] line) {
            try {
                if (rows == ROWS_PER_FILE) {
                    end();
                }
                OutputStream out = opened();
                out.write(line);
                out.write('\n');
                rows++;
                bytes += line.length + 1;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private DigestOutputStream opened() throws IOException {
            DigestOutputStream out = open;
            if (out == null) {
                out = new DigestOutputStream(new BufferedOutputStream(sink.begin(path()), 1 << 16), sha256());
                open = out;
            }
            return out;
        }

        private void end() throws IOException {
            DigestOutputStream out = opened();
            out.close();
            open = null;
            ExportedFile file = new ExportedFile(
                    path(),
                    bytes,
                    rows,
                    HexFormat.of().formatHex(out.getMessageDigest().digest()));
            sink.end(file);
            done.add(file);
            rows = 0;
            bytes = 0;
        }

        List<ExportedFile> finish() {
            try {
                end();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return done;
        }

        void abort() {
            try (OutputStream out = open) {
                open = null;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
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
