package dev.openmath.worker.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.github.luben.zstd.ZstdInputStream;
import dev.openmath.api.Problems;
import dev.openmath.worker.FailureReason;
import dev.openmath.worker.RoleFailedException;
import dev.openmath.worker.plan.SourceContent.SourceFile;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** Reads the problems of one source, in any of the layouts, compressed with gzip or zstd or not at all. */
public final class ProblemFiles {
    /** Numbers keep their text: an answer of 3.50 is shown and compared as written. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
            .build();

    private ProblemFiles() {}

    /** What a source holds. Ids are those of the source itself; null where it has none. */
    public record Content(String sha256, List<ProblemRecord> records) {}

    /**
     * Reads everything.
     *
     * @throws RoleFailedException InputUnreadable; names source, file and line, never the text
     */
    public static Content read(Problems.Source source, SourceContent content) {
        ProblemLayout layout = ProblemLayout.of(source);
        List<ProblemRecord> records = new ArrayList<>();
        List<String> hashes = new ArrayList<>();
        for (SourceFile file : content.files()) {
            hashes.add(readFile(source, layout, file, records));
        }
        if (content.files().isEmpty()) {
            throw unreadable(source, "has no file; check its address", null);
        }
        return new Content(combined(content.files(), hashes), records);
    }

    private static String readFile(
            Problems.Source source, ProblemLayout layout, SourceFile file, List<ProblemRecord> records) {
        MessageDigest digest = sha256();
        try (DigestInputStream raw = new DigestInputStream(file.open(), digest)) {
            InputStream text = decompressed(new BufferedInputStream(raw, 1 << 16));
            if (isWholeDocument(file.name())) {
                readDocument(source, layout, file, text, records);
            } else {
                readLines(source, layout, file, text, records);
            }
            raw.transferTo(OutputStream.nullOutputStream()); // a decompressor may stop before the end
        } catch (IOException e) {
            throw unreadable(
                    source,
                    "file " + file.name() + " can't be read (" + e.getClass().getSimpleName() + ")",
                    e);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static boolean isWholeDocument(String name) {
        String plain = name.toLowerCase(Locale.ROOT).replaceFirst("\\.(gz|zst|zstd)$", "");
        return plain.endsWith(".json");
    }

    private static void readLines(
            Problems.Source source, ProblemLayout layout, SourceFile file, InputStream in, List<ProblemRecord> records)
            throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(
                in,
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT)));
        int number = 0;
        try {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (!line.isBlank()) {
                    records.add(record(source, layout, "file " + file.name() + " line " + number, line));
                }
            }
        } catch (CharacterCodingException e) {
            throw unreadable(source, "file " + file.name() + " after line " + number + " is not UTF-8 text", e);
        }
    }

    /** A folder of MATH has one file per problem; an array, or several objects one after another, are read as well. */
    private static void readDocument(
            Problems.Source source, ProblemLayout layout, SourceFile file, InputStream in, List<ProblemRecord> records)
            throws IOException {
        String where = "file " + file.name();
        try (MappingIterator<JsonNode> values = JSON.readerFor(JsonNode.class).readValues(in)) {
            while (values.hasNextValue()) {
                String line = where + " line " + values.getCurrentLocation().getLineNr();
                JsonNode node = values.nextValue();
                if (node.isArray()) {
                    for (int i = 0; i < node.size(); i++) {
                        records.add(record(source, layout, where + " item " + (i + 1), node.get(i)));
                    }
                } else {
                    records.add(record(source, layout, line, node));
                }
            }
        } catch (JsonProcessingException e) {
            throw notJson(
                    source,
                    where
                            + (e.getLocation() == null
                                    ? ""
                                    : " line " + e.getLocation().getLineNr()),
                    e);
        }
    }

    private static ProblemRecord record(Problems.Source source, ProblemLayout layout, String where, String json) {
        try {
            return record(source, layout, where, JSON.readTree(json));
        } catch (JsonProcessingException e) {
            throw notJson(source, where, e);
        }
    }

    /** The parser's own message quotes the text, so it is not passed on. */
    private static RoleFailedException notJson(Problems.Source source, String where, JsonProcessingException e) {
        String column =
                e.getLocation() == null ? "" : " (column " + e.getLocation().getColumnNr() + ")";
        return unreadable(source, where + column + " is not JSON; each problem must be one JSON object", null);
    }

    private static ProblemRecord record(Problems.Source source, ProblemLayout layout, String where, JsonNode node) {
        if (!node.isObject()) {
            throw unreadable(source, where + " is not a JSON object", null);
        }
        try {
            return layout.read(node);
        } catch (IllegalArgumentException e) {
            throw unreadable(source, where + ": " + e.getMessage(), null);
        }
    }

    static RoleFailedException unreadable(Problems.Source source, String what, @Nullable Throwable cause) {
        return new RoleFailedException(
                FailureReason.InputUnreadable, "problem source \"" + source.name() + "\": " + what, cause);
    }

    private static InputStream decompressed(BufferedInputStream in) throws IOException {
        in.mark(4);
        byte[] magic = in.readNBytes(4);
        in.reset();
        if (magic.length >= 2 && (magic[0] & 0xff) == 0x1f && (magic[1] & 0xff) == 0x8b) {
            return new GZIPInputStream(in, 1 << 16);
        }
        if (magic.length == 4
                && (magic[0] & 0xff) == 0x28
                && (magic[1] & 0xff) == 0xb5
                && magic[2] == 0x2f
                && (magic[3] & 0xff) == 0xfd) {
            return new ZstdInputStream(in);
        }
        return in;
    }

    private static String combined(List<SourceFile> files, List<String> hashes) {
        if (hashes.size() == 1) {
            return hashes.getFirst();
        }
        MessageDigest digest = sha256();
        for (int i = 0; i < hashes.size(); i++) {
            digest.update((hashes.get(i) + "  " + files.get(i).name() + "\n").getBytes(StandardCharsets.UTF_8));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
