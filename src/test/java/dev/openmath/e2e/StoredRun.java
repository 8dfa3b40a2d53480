package dev.openmath.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What a job left in its prefix, read without the product's own code. */
record StoredRun(Path folder) {
    private static final JsonMapper JSON = new JsonMapper();

    /** Identity of every row in a part that some commit names, a repeated one as often as it is there. */
    List<String> committedKeys() throws IOException {
        List<String> keys = new ArrayList<>();
        for (Path commit : files("runs/*/commits/*.json")) {
            for (JsonNode part : JSON.readTree(commit.toFile()).path("parts")) {
                String key = part.path("key").asText();
                Path file = folder.resolve(key.substring(key.indexOf("runs/")));
                for (JsonNode row : zstdLines(file)) {
                    keys.add(row.path("problem_id").asText() + "/"
                            + row.path("variant").asText() + "/"
                            + row.path("sample_index").asInt());
                }
            }
        }
        return keys;
    }

    /** Rows of the published data set, correct ones first. */
    List<JsonNode> rows() throws IOException {
        List<JsonNode> rows = new ArrayList<>();
        for (String glob : List.of("data/*.jsonl", "incorrect/*.jsonl")) {
            for (Path file : files(glob)) {
                for (String line : Files.readAllLines(file)) {
                    rows.add(JSON.readTree(line));
                }
            }
        }
        return rows;
    }

    JsonNode json(String name) throws IOException {
        return JSON.readTree(folder.resolve(name).toFile());
    }

    private List<Path> files(String glob) throws IOException {
        var matcher = folder.getFileSystem().getPathMatcher("glob:" + folder + "/" + glob);
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(matcher::matches).sorted().toList();
        }
    }

    private static List<JsonNode> zstdLines(Path file) throws IOException {
        List<JsonNode> rows = new ArrayList<>();
        try (var reader = new BufferedReader(
                new InputStreamReader(new ZstdInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                rows.add(JSON.readTree(line));
            }
        }
        return rows;
    }
}
