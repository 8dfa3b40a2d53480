package dev.openmath.packaging;

import dev.openmath.api.GenerationJob;
import dev.openmath.api.SandboxPool;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** Makes the CustomResourceDefinitions out of the api package. */
final class CrdGeneration {
    private CrdGeneration() {}

    /** File name to YAML. */
    static Map<String, String> yamls() {
        Map<String, ByteArrayOutputStream> streams = new TreeMap<>();
        new CRDGenerator()
                .customResourceClasses(GenerationJob.class, SandboxPool.class)
                .withOutput(new InMemory(streams))
                .forCRDVersions("v1")
                .detailedGenerate();
        Map<String, String> result = new TreeMap<>();
        streams.forEach((name, bytes) -> {
            CustomResourceDefinition crd =
                    Serialization.unmarshal(bytes.toString(StandardCharsets.UTF_8), CustomResourceDefinition.class);
            result.put(crd.getMetadata().getName() + ".yaml", Serialization.asYaml(new CrdCompletion().complete(crd)));
        });
        return result;
    }

    private record InMemory(Map<String, ByteArrayOutputStream> streams)
            implements CRDGenerator.CRDOutput<ByteArrayOutputStream> {
        @Override
        public ByteArrayOutputStream outputFor(String crdName) {
            return streams.computeIfAbsent(crdName, _ -> new ByteArrayOutputStream());
        }

        @Override
        public java.net.URI crdURI(String crdName) {
            return java.net.URI.create("file:///" + crdName);
        }

        @Override
        public void close() {
            streams.values().forEach(s -> {
                try {
                    s.close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
