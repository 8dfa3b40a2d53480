package dev.openmath.worker.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.openmath.api.Prompt;
import dev.openmath.worker.prompt.CodeMarkers;
import dev.openmath.worker.prompt.FewShotExample;
import dev.openmath.worker.prompt.FewShotSet;
import dev.openmath.worker.prompt.PromptContext;
import dev.openmath.worker.prompt.PromptLibrary;
import dev.openmath.worker.prompt.PromptRenderer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the renderer of a prompt variant from its spec and the files mounted for it. */
public final class VariantPrompts {
    private static final JsonMapper JSON = new JsonMapper();

    private VariantPrompts() {}

    /**
     * The renderer of a variant.
     *
     * @param mounts folder with one folder for each variant that has a ConfigMap, named after the variant
     * @throws IllegalArgumentException naming the variant and what to mend
     */
    public static PromptRenderer renderer(Prompt variant, Path mounts) {
        try {
            return new PromptRenderer(
                    PromptLibrary.builtInTemplate(PromptLibrary.DEFAULT_TEMPLATE),
                    PromptContext.EMPTY,
                    examples(variant.fewShot(), mounts.resolve(variant.name())),
                    CodeMarkers.OPENMATH);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("prompts[" + variant.name() + "].fewShot: " + e.getMessage(), e);
        }
    }

    private static List<FewShotExample> examples(Prompt.@Nullable FewShot fewShot, Path folder) {
        if (fewShot == null) {
            return List.of();
        }
        return switch (fewShot.type()) {
            case BuiltIn ->
                PromptLibrary.builtInExamples(fewShot.builtIn().set())
                        .first(countOr(fewShot.builtIn().count()));
            case ConfigMap ->
                mounted(folder.resolve(fewShot.configMap().key()))
                        .first(countOr(fewShot.configMap().count()));
        };
    }

    private static int countOr(@Nullable Integer count) {
        return count == null ? 5 : count;
    }

    private static FewShotSet mounted(Path file) {
        String name = file.getFileName().toString();
        try {
            if (name.endsWith(".yaml") || name.endsWith(".yml")) {
                return PromptLibrary.readExamples(file);
            }
            List<FewShotExample> examples = new ArrayList<>();
            int number = 0;
            for (String line : Files.readAllLines(file)) {
                number++;
                if (!line.isBlank()) {
                    examples.add(example(line, name + " line " + number));
                }
            }
            return new FewShotSet(name, examples);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "key " + name + " of the ConfigMap can't be read; it must hold JSON Lines of question and"
                            + " generated_solution",
                    e);
        }
    }

    private static FewShotExample example(String line, String where) {
        JsonNode node;
        try {
            node = JSON.readTree(line);
        } catch (IOException e) {
            throw new IllegalArgumentException(where + " is not JSON", null);
        }
        return new FewShotExample(
                text(node, "question", where),
                text(node, "generated_solution", where),
                node.path("reference_solution").asText(null),
                node.path("reference_masked_solution").asText(null));
    }

    private static String text(JsonNode node, String field, String where) {
        String text = node.path(field).asText("");
        if (text.isBlank()) {
            throw new IllegalArgumentException(where + ": field \"" + field + "\" is missing or blank");
        }
        return text.strip();
    }
}
