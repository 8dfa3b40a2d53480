package dev.openmath.worker.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import dev.openmath.api.Problems;
import dev.openmath.worker.FailureReason;
import dev.openmath.worker.RoleFailedException;
import dev.openmath.worker.store.InMemoryObjectStore;
import dev.openmath.worker.support.StubServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProblemFilesTest {
    private static final String GSM8K = "{\"question\": \"How many?\", \"answer\": \"1+1=<<1+1=2>>2\\n#### 1,002\"}\n";

    @TempDir
    Path folder;

    private final InMemoryObjectStore bucket = new InMemoryObjectStore();

    private static Problems.Source source(Problems.Format format, Problems.@Nullable Fields fields) {
        return new Problems.Source(
                "src",
                "data",
                format,
                Problems.Type.ConfigMap,
                null,
                new Problems.ConfigMapKeys("c", null),
                null,
                null,
                fields);
    }

    private void file(String name, byte[] content) throws IOException {
        Path file = folder.resolve("src").resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, content);
    }

    private void file(String name, String content) throws IOException {
        file(name, content.getBytes(StandardCharsets.UTF_8));
    }

    private ProblemFiles.Content read(Problems.Source source) {
        return ProblemFiles.read(source, new SourceAccess(folder, name -> bucket).open(source));
    }

    private void assertUnreadable(Problems.Source source, String message) {
        assertThatThrownBy(() -> read(source))
                .isInstanceOfSatisfying(
                        RoleFailedException.class, e -> assertThat(e.reason()).isEqualTo(FailureReason.InputUnreadable))
                .hasMessageContaining(message)
                .message()
                .doesNotContain("SECRET");
    }

    @Test
    void gsm8kAsItIs() throws IOException {
        file("train.jsonl", GSM8K);
        assertThat(read(source(Problems.Format.GSM8K, null)).records())
                .containsExactly(new ProblemRecord(null, "How many?", "1002", "1+1=2\n#### 1,002", null, null));
    }

    @Test
    void compressedFilesAreReadAndHashedAsStored() throws Exception {
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
            out.write(GSM8K.getBytes(StandardCharsets.UTF_8));
        }
        file("a.jsonl.gz", gzip.toByteArray());
        ProblemFiles.Content zipped = read(source(Problems.Format.GSM8K, null));
        assertThat(zipped.records()).hasSize(1);
        assertThat(zipped.sha256()).isEqualTo(dev.openmath.worker.shard.PartCodec.sha256(gzip.toByteArray()));
        file("b.jsonl.zst", Zstd.compress(GSM8K.getBytes(StandardCharsets.UTF_8)));
        assertThat(read(source(Problems.Format.GSM8K, null)).records()).hasSize(2);
    }

    @Test
    void mathAsLinesAndAsAFolderOfFiles() throws IOException {
        String one =
                "{\"problem\": \"Find $x$.\", \"solution\": \"It is $\\\\boxed{\\\\frac12}$.\", \"level\": \"Level 1\","
                        + " \"type\": \"Algebra\"}";
        file("algebra/1.json", one.replace(", ", ",\n  "));
        file("lines.jsonl", one + "\n\n" + one + "\n");
        file("no-box.json", "{\"problem\": \"p\", \"solution\": \"s\"}");
        List<ProblemRecord> records = read(source(Problems.Format.MATH, null)).records();
        assertThat(records).hasSize(4);
        assertThat(records.getFirst().expectedAnswer()).isEqualTo("\\frac{1}{2}");
        assertThat(records.getFirst().subject()).isEqualTo("Algebra");
        assertThat(records.getFirst().level()).isEqualTo("Level 1");
        assertThat(records.getLast().expectedAnswer()).isEmpty();
    }

    @Test
    void jsonLinesWithAMapping() throws IOException {
        file("x.jsonl", "{\"q\": \"Q\", \"n\": 17, \"a\": 3.50, \"s\": \"Geometry\"}\n");
        Problems.Fields fields = new Problems.Fields("n", "q", "a", null, "s", null);
        assertThat(read(source(Problems.Format.JSONLines, fields)).records())
                .containsExactly(new ProblemRecord("17", "Q", "3.50", null, "Geometry", null));
    }

    @Test
    void whatIsUnreadableIsNamedByLineAndNeverQuoted() throws IOException {
        Problems.Source gsm8k = source(Problems.Format.GSM8K, null);
        file("a.jsonl", GSM8K + "{\"question\": \"SECRET\", \n");
        assertUnreadable(gsm8k, "problem source \"src\": file a.jsonl line 2");
        file("a.jsonl", GSM8K + "{\"question\": \"SECRET\"}\n");
        assertUnreadable(gsm8k, "file a.jsonl line 2: field \"answer\" is missing");
        file("a.jsonl", "{\"question\": \"SECRET\", \"answer\": \"SECRET\"}\n");
        assertUnreadable(gsm8k, "file a.jsonl line 1: field \"answer\": the answer has no \"####\"");
        file("a.jsonl", "[\"SECRET\"]\n");
        assertUnreadable(gsm8k, "file a.jsonl line 1 is not a JSON object");
        file("a.jsonl", new byte[] {'{', (byte) 0xff, '}'});
        assertUnreadable(gsm8k, "is not UTF-8");
        file("a.jsonl", "{\"question\": \"SECRET\"}\n");
        assertUnreadable(
                source(Problems.Format.JSONLines, null),
                "line 1: field \"expected_answer\" is missing; name the field of the answer in fields.expectedAnswer");
    }

    @Test
    void objectsAndPrefixesInS3() throws IOException {
        bucket.put("p/a.jsonl", GSM8K.getBytes(StandardCharsets.UTF_8));
        bucket.put("p/b.jsonl", GSM8K.getBytes(StandardCharsets.UTF_8));
        assertThat(read(s3("p/")).records()).hasSize(2);
        assertThat(read(s3("p/b.jsonl")).records()).hasSize(1);
        assertUnreadable(s3("p"), "object p is not in bucket b");
        assertUnreadable(s3("none/"), "has no file");
    }

    private static Problems.Source s3(String key) {
        return new Problems.Source(
                "src",
                "data",
                Problems.Format.GSM8K,
                Problems.Type.S3,
                new Problems.S3Object("b", key),
                null,
                null,
                null,
                null);
    }

    @Test
    void filesByHttpMustHaveTheDeclaredHash() {
        try (StubServer server = new StubServer(
                r -> r.path().equals("/f.jsonl") ? StubServer.Reply.ok(GSM8K) : StubServer.Reply.of(404, ""))) {
            String hash = dev.openmath.worker.shard.PartCodec.sha256(GSM8K.getBytes(StandardCharsets.UTF_8));
            assertThat(read(http(server.uri() + "/f.jsonl", hash)).records()).hasSize(1);
            assertUnreadable(http(server.uri() + "/none", null), "its URL answers HTTP 404");
            assertThatThrownBy(() -> read(http(server.uri() + "/f.jsonl", "0".repeat(64))))
                    .isInstanceOfSatisfying(
                            RoleFailedException.class,
                            e -> assertThat(e.reason()).isEqualTo(FailureReason.SourceChanged));
        }
    }

    private static Problems.Source http(String url, @Nullable String sha256) {
        return new Problems.Source(
                "src",
                "data",
                Problems.Format.GSM8K,
                Problems.Type.HTTP,
                null,
                null,
                null,
                new Problems.HttpFile(url, sha256),
                null);
    }

    @Test
    void idsComeFromTheQuestionWhereverItStandsAndRepeatedOnesAreNumbered() {
        Problems.Source source = source(Problems.Format.GSM8K, null);
        ProblemFiles.Content content = new ProblemFiles.Content(
                "h",
                List.of(
                        new ProblemRecord(null, "caf\u0065\u0301", "1", null, null, null),
                        new ProblemRecord(null, "caf\u00e9", "1", null, null, null),
                        new ProblemRecord("own", "x", "", null, "Algebra", null),
                        new ProblemRecord("own", "y", "2", null, "Algebra", null)));
        ProblemSet all = ProblemSet.of(new Problems(List.of(source), null), List.of(content));
        String id = ProblemSet.idOf("caf\u00e9");
        assertThat(id).matches("[0-9a-f]{16}");
        assertThat(all.problems()).extracting(Problem::id).containsExactly(id, id + "-2", "own", "own-2");
        assertThat(all.repeated()).isEqualTo(2);
        assertThat(all.withoutAnswer()).isEqualTo(1);
        ProblemSet filtered = ProblemSet.of(
                new Problems(List.of(source), new Problems.Filter(null, List.of("Algebra"), 1)), List.of(content));
        assertThat(filtered.problems()).extracting(Problem::id).containsExactly("own");
        assertThat(filtered.sources().getFirst().problems()).isEqualTo(1);
    }
}
