package dev.openmath.worker.shard;

import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import dev.openmath.worker.dataset.Row;
import dev.openmath.worker.store.JsonDocuments;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** The stored form of rows: JSON Lines, compressed with zstd. */
public final class PartCodec {
    /** Names of the metadata of a part. */
    public static final String ROWS = "rows";

    public static final String SHA256 = "sha256";

    private PartCodec() {}

    /** A part is damaged; the message says how. */
    public static final class CorruptPartException extends Exception {
        private static final long serialVersionUID = 1L;

        CorruptPartException(String message) {
            super(message);
        }
    }

    /** One line of JSON, without its newline. */
    public static byte[] line(Row row) {
        return JsonDocuments.write(row);
    }

    public static byte[] encode(List<byte[]> lines) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZstdOutputStream out = new ZstdOutputStream(bytes, 3)) {
            out.setChecksum(true);
            for (byte[] line : lines) {
                out.write(line);
                out.write('\n');
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    public static Map<String, String> metadata(byte[] part, int rows) {
        return Map.of(ROWS, Integer.toString(rows), SHA256, sha256(part));
    }

    /**
     * Reads a part.
     *
     * @param rows expected number of lines
     * @param sha256 expected checksum of the stored bytes
     */
    public static List<Row> decode(byte[] part, long rows, String sha256) throws CorruptPartException {
        if (!sha256(part).equals(sha256)) {
            throw new CorruptPartException("its SHA-256 is not the recorded one");
        }
        List<Row> read = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new ZstdInputStream(new ByteArrayInputStream(part)), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                read.add(JsonDocuments.mapper().readValue(line, Row.class));
            }
        } catch (IOException e) {
            throw new CorruptPartException("line " + (read.size() + 1) + " is not a row");
        }
        if (read.size() != rows) {
            throw new CorruptPartException("it has " + read.size() + " rows, not the recorded " + rows);
        }
        return read;
    }

    /** In hex. */
    public static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
