package dev.openmath.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** The job of the examples under another name and size, storing under its own name; its ConfigMap comes along. */
record DemoJob(String name, int problems, int samples, Consumer<ObjectNode> change) {
    private static final YAMLMapper YAML = new YAMLMapper();

    static DemoJob of(String name, int problems, int samples) {
        return new DemoJob(name, problems, samples, _ -> {});
    }

    DemoJob with(Consumer<ObjectNode> more) {
        return new DemoJob(name, problems, samples, change.andThen(more));
    }

    String yaml(String namespace) {
        try {
            StringBuilder all = new StringBuilder();
            try (var documents = YAML.readerFor(JsonNode.class)
                    .<JsonNode>readValues(Files.newBufferedReader(Path.of("manifests/examples/30-gsm8k-demo.yaml")))) {
                while (documents.hasNext()) {
                    ObjectNode document = (ObjectNode) documents.next();
                    metadata(document).put("namespace", namespace);
                    if (document.path("kind").asText().equals("GenerationJob")) {
                        adapt(document, namespace);
                    }
                    all.append(YAML.writeValueAsString(document));
                }
            }
            return all.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void adapt(ObjectNode job, String namespace) {
        metadata(job).put("name", name);
        ObjectNode spec = (ObjectNode) job.get("spec");
        spec.withObject("/problems/filter").put("limit", problems);
        ((ObjectNode) spec.at("/prompts/0")).put("samplesPerProblem", samples);
        spec.withObject("/sampling").put("maxTokens", 96);
        spec.withObject("/sharding").put("samplesPerShard", 8).put("flushSeconds", 1);
        spec.withObject("/output/s3").put("prefix", name).put("endpoint", "http://s3." + namespace + ".svc:7070");
        change.accept(spec);
    }

    private static ObjectNode metadata(ObjectNode document) {
        return (ObjectNode) document.get("metadata");
    }
}
