package dev.openmath.operator.generation;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.openmath.api.GenerationJob;
import dev.openmath.api.Labels;
import dev.openmath.operator.Children;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.util.LinkedHashMap;
import java.util.Map;

/** ConfigMap with the job as the API server stores it; running workers see live fields change there. Pure. */
final class SpecConfigMap {
    static final String KEY = "job.json";

    private static final JsonMapper JSON = JsonMapper.builder()
            .serializationInclusion(JsonInclude.Include.NON_NULL)
            .build();

    private SpecConfigMap() {}

    static ConfigMap desired(GenerationJob job) {
        return new ConfigMapBuilder()
                .withMetadata(Children.metadata(job, JobNames.spec(job), JobNames.labels(job, "spec")))
                .addToData(KEY, json(job))
                .build();
    }

    private static String json(GenerationJob job) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("name", job.getMetadata().getName());
        metadata.put("namespace", job.getMetadata().getNamespace());
        metadata.put("uid", job.getMetadata().getUid());
        metadata.put("generation", job.getMetadata().getGeneration());
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("apiVersion", Labels.API_VERSION);
        root.put("kind", "GenerationJob");
        root.put("metadata", metadata);
        root.put("spec", job.getSpec());
        try {
            return JSON.writeValueAsString(root);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("records of the api package are always JSON", e);
        }
    }
}
