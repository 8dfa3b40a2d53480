package dev.openmath.worker.prompt;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Templates and few-shot sets: those that come with the program, and a user's own from a directory.
 *
 * <p>A user's directory may hold {@code examples.yaml} and {@code template.yaml}, in the form of the built-in files.
 */
public final class PromptLibrary {
    /** Names of the built-in few-shot sets. */
    public static final List<String> FEW_SHOT_SETS = List.of(
            "gsm8k-text-with-code",
            "gsm8k-only-text",
            "gsm8k-only-code",
            "gsm8k-generate-masked",
            "math-text-with-code",
            "math-generate-masked",
            "math-algebra",
            "math-probability",
            "math-prealgebra",
            "math-number-theory",
            "math-geometry",
            "math-precalculus",
            "math-intermediate-algebra");

    /** The template that made OpenMathInstruct-1: few-shot, for base models. */
    public static final String DEFAULT_TEMPLATE = "code-base";

    /** Turns reference solutions into masked ones; for the few-shot sets whose names end in {@code generate-masked}. */
    public static final String MASKING_TEMPLATE = "text-masked-base";

    private static final String ROOT = "/dev/openmath/prompts/";
    private static final ObjectMapper YAML =
            new ObjectMapper(new YAMLFactory()).enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private record ExamplesFile(
            @JsonProperty("examples") @Nullable List<ExampleEntry> examples) {}

    private record ExampleEntry(
            @JsonProperty("question") @Nullable String question,
            @JsonProperty("solution") @Nullable String solution,
            @JsonProperty("referenceSolution") @Nullable String referenceSolution,

            @JsonProperty("maskedReferenceSolution") @Nullable
            String maskedReferenceSolution) {}

    private record TemplateFile(
            @JsonProperty("prefix") @Nullable String prefix,
            @JsonProperty("item") @Nullable String item,
            @JsonProperty("delimiter") @Nullable String delimiter) {}

    private PromptLibrary() {}

    /**
     * A built-in few-shot set.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    public static FewShotSet builtInExamples(String name) {
        if (!FEW_SHOT_SETS.contains(name)) {
            throw new IllegalArgumentException(
                    "few-shot set \"" + name + "\" is unknown; use one of " + String.join(", ", FEW_SHOT_SETS));
        }
        return parseExamples(name, resource("few-shot/" + name + ".yaml"));
    }

    /** A template that comes with the program. */
    public static PromptTemplate builtInTemplate(String name) {
        return parseTemplate(name, resource("templates/" + name + ".yaml"));
    }

    /**
     * A user's few-shot set.
     *
     * @param file {@code examples.yaml}
     * @throws IllegalArgumentException if its content is not a few-shot set; names file and field
     */
    public static FewShotSet readExamples(Path file) throws IOException {
        return parseExamples(file.toString(), Files.readString(file));
    }

    /**
     * A user's template.
     *
     * @param file {@code template.yaml}
     * @throws IllegalArgumentException if its content is not a template; names file and field
     */
    public static PromptTemplate readTemplate(Path file) throws IOException {
        return parseTemplate(file.toString(), Files.readString(file));
    }

    static FewShotSet parseExamples(String source, String yaml) {
        ExamplesFile file = parse(source, yaml, ExamplesFile.class);
        if (file.examples() == null || file.examples().isEmpty()) {
            throw new IllegalArgumentException(source + ": examples is missing or empty");
        }
        List<FewShotExample> examples = new ArrayList<>();
        for (ExampleEntry entry : file.examples()) {
            String where = source + ": examples[" + examples.size() + "].";
            examples.add(new FewShotExample(
                    required(entry.question(), where + "question"),
                    required(entry.solution(), where + "solution"),
                    strip(entry.referenceSolution()),
                    strip(entry.maskedReferenceSolution())));
        }
        return new FewShotSet(source, examples);
    }

    static PromptTemplate parseTemplate(String source, String yaml) {
        TemplateFile file = parse(source, yaml, TemplateFile.class);
        if (file.item() == null || file.delimiter() == null) {
            throw new IllegalArgumentException(
                    source + ": " + (file.item() == null ? "item" : "delimiter") + " is missing");
        }
        return new PromptTemplate(source, file.prefix() == null ? "" : file.prefix(), file.item(), file.delimiter());
    }

    private static <T> T parse(String source, String yaml, Class<T> type) {
        try {
            T value = YAML.readValue(yaml, type);
            if (value == null) {
                throw new IllegalArgumentException(source + ": is empty");
            }
            return value;
        } catch (UnrecognizedPropertyException e) {
            throw new IllegalArgumentException(
                    source + ": field \"" + e.getPropertyName() + "\" is unknown; use "
                            + e.getKnownPropertyIds().stream()
                                    .map(Object::toString)
                                    .sorted()
                                    .collect(Collectors.joining(", ")),
                    e);
        } catch (JsonProcessingException e) {
            // The parser's own message spans lines and shows the text.
            int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
            String what = e.getOriginalMessage().lines().findFirst().orElse("not YAML");
            throw new IllegalArgumentException(source + ", line " + line + ": " + what, e);
        }
    }

    private static String required(@Nullable String text, String field) {
        if (text == null || text.isBlank()) {
            throw new IllegalArgumentException(field + " is missing or blank");
        }
        return text.strip();
    }

    private static @Nullable String strip(@Nullable String text) {
        return text == null ? null : text.strip();
    }

    private static String resource(String name) {
        try (InputStream in = PromptLibrary.class.getResourceAsStream(ROOT + name)) {
            if (in == null) {
                throw new IllegalStateException("the program lacks its file " + ROOT + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
