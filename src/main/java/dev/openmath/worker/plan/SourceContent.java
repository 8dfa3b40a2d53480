package dev.openmath.worker.plan;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * The files of a problem source, in order. SHA-256 of a source is that of its file's bytes; of several files, that of
 * the lines {@code <sha256>  <name>} of each, as {@code sha256sum} prints them.
 */
public record SourceContent(List<SourceFile> files) {
    public SourceContent {
        files = List.copyOf(files);
    }

    /** One file, compressed or not. */
    public interface SourceFile {
        /** For messages and the hash: the path within the source. */
        String name();

        InputStream open() throws IOException;
    }
}
