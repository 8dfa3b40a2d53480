package dev.openmath.worker;

import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.openmath.api.EffectiveSettings;
import dev.openmath.api.GenerationJobSpec;
import dev.openmath.api.RunIdentity;
import dev.openmath.worker.store.JsonDocuments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A GenerationJob as the API server stores it, or as a person writes it. */
public record JobFile(String apiVersion, String kind, Metadata metadata, GenerationJobSpec spec) {

    /** The part of the object's metadata that is of use here. */
    public record Metadata(
            @Nullable String name,
            @Nullable String namespace,
            @Nullable String uid,
            @Nullable Long generation) {}

    /**
     * Reads the file, JSON or YAML.
     *
     * @throws RoleFailedException SpecInvalid, naming the field
     */
    public static JobFile read(Path file) {
        boolean json = file.toString().endsWith(".json");
        ObjectMapper mapper = json
                ? JsonDocuments.mapper()
                : new ObjectMapper(new YAMLFactory())
                        .disable(com.fasterxml.jackson.databind.DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
        JobFile job;
        try {
            job = mapper.readValue(Files.readAllBytes(file), JobFile.class);
        } catch (JsonMappingException e) {
            String field = e.getPath().stream()
                    .map(p -> p.getFieldName() == null ? "[" + p.getIndex() + "]" : p.getFieldName())
                    .collect(Collectors.joining("."));
            throw invalid(file, "field " + field + " can't be read", e);
        } catch (IOException e) {
            throw invalid(file, "can't be read (" + e.getClass().getSimpleName() + ")", e);
        }
        if (job == null
                || job.spec() == null
                || job.spec().problems() == null
                || job.spec().prompts() == null) {
            throw invalid(file, "is not a GenerationJob; spec.problems and spec.prompts are required", null);
        }
        return job;
    }

    public String runId() {
        return RunIdentity.of(spec);
    }

    public EffectiveSettings settings() {
        return EffectiveSettings.of(spec);
    }

    private static RoleFailedException invalid(Path file, String what, @Nullable Throwable cause) {
        return new RoleFailedException(FailureReason.SpecInvalid, file + ": " + what, cause);
    }
}
