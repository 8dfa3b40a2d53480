package dev.openmath.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Identity of a run, version 1: {@code v1-} and 16 hexadecimal digits of SHA-256 over the canonical JSON of the spec
 * fields that decide what a sample is. The list is frozen: fields that later join the resource never join version 1,
 * so an upgrade of the operator makes nothing again. Addresses, credentials, images, placement, numbers of samples and
 * output are no part of it.
 */
public final class RunIdentity {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private RunIdentity() {}

    /** Returns the runId of a spec, such as {@code v1-0123456789abcdef}. */
    public static String of(GenerationJobSpec spec) {
        byte[] digest = sha256(canonicalJson(spec).getBytes(StandardCharsets.UTF_8));
        return "v1-" + HexFormat.of().formatHex(digest, 0, 8);
    }

    /** The hashed text, for people who ask why two runs differ. */
    public static String canonicalJson(GenerationJobSpec spec) {
        try {
            return JSON.writeValueAsString(fields(spec));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("strings and numbers are always JSON", e);
        }
    }

    private static Map<String, Object> fields(GenerationJobSpec spec) {
        Map<String, Object> root = new TreeMap<>();
        root.put("profile", spec.profile() == Profile.MODERN ? "modern" : "openmathinstruct-1");
        root.put("problems", problems(spec.problems()));
        Sampling s = spec.sampling();
        if (s != null) {
            putObject(
                    root,
                    "sampling",
                    object(
                            "temperature", decimal(s.temperature()),
                            "topP", decimal(s.topP()),
                            "topK", s.topK(),
                            "maxTokens", s.maxTokens(),
                            "seedBase", s.seedBase()));
        }
        CodeInterpreter c = spec.codeInterpreter();
        putObject(
                root,
                "codeInterpreter",
                object(
                        "maxExecutions", c.maxExecutions(),
                        "timeoutSeconds", c.timeoutSeconds(),
                        "maxOutputCharacters", c.maxOutputCharacters(),
                        "onError", c.onError() == null ? null : c.onError().name()));
        GenerationJobSpec.Grading g = spec.grading();
        if (g != null) {
            putObject(
                    root,
                    "grading",
                    object(
                            "grader",
                            g.grader() == null ? null : g.grader().name(),
                            "timeoutSeconds",
                            g.timeoutSeconds()));
        }
        Model m = spec.model();
        root.put(
                "model",
                object(
                        "name", m.name(),
                        "revision", m.revision(),
                        "maxModelLength", m.maxModelLength(),
                        "dtype", m.dtype(),
                        "quantization", m.quantization()));
        return root;
    }

    private static Map<String, Object> problems(Problems problems) {
        List<Map<String, Object>> sources = problems.sources().stream()
                .map(s -> object(
                        "name", s.name(),
                        "dataset", s.dataset(),
                        "format", s.format().name(),
                        "fields", s.format() == Problems.Format.JSONLines ? fields(s.fields()) : null))
                .toList();
        Problems.Filter f = problems.filter();
        Map<String, Object> filter =
                f == null ? Map.of() : object("ids", f.ids(), "subjects", f.subjects(), "limit", f.limit());
        return object("sources", sources, "filter", filter.isEmpty() ? null : filter);
    }

    /** With the defaults that the API server writes, so that a manifest and its stored form agree. */
    private static Map<String, Object> fields(Problems.@Nullable Fields f) {
        return object(
                "id", f == null ? null : f.id(),
                "question", f == null || f.question() == null ? "question" : f.question(),
                "expectedAnswer", f == null || f.expectedAnswer() == null ? "expected_answer" : f.expectedAnswer(),
                "referenceSolution", f == null ? null : f.referenceSolution(),
                "subject", f == null ? null : f.subject(),
                "level", f == null ? null : f.level());
    }

    private static void putObject(Map<String, Object> root, String name, Map<String, Object> value) {
        if (!value.isEmpty()) {
            root.put(name, value);
        }
    }

    private static Map<String, Object> object(@Nullable Object... namesAndValues) {
        Map<String, Object> result = new TreeMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            Object value = namesAndValues[i + 1];
            if (value != null) {
                result.put(String.valueOf(namesAndValues[i]), value);
            }
        }
        return result;
    }

    private static @Nullable String decimal(@Nullable String text) {
        return text == null ? null : new BigDecimal(text).stripTrailingZeros().toPlainString();
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
