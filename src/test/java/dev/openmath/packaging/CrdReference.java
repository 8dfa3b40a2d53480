package dev.openmath.packaging;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes docs/reference.md: every field of both resources, with type, default, bounds and rules. */
final class CrdReference {
    private CrdReference() {}

    static String markdown(Map<String, String> crdYamls) {
        StringBuilder page = new StringBuilder("""
                # Reference

                Every field of both resources, `openmath.dev/v1alpha1`. Generated from the api package; `make crds`
                writes it anew. Fields that Kubernetes itself defines (resources, affinity, tolerations, env, ...) are
                listed without their inner fields.
                """);
        crdYamls.values().forEach(yaml -> kind(page, Serialization.unmarshal(yaml, CustomResourceDefinition.class)));
        return page.toString();
    }

    private static void kind(StringBuilder page, CustomResourceDefinition crd) {
        JSONSchemaProps root =
                crd.getSpec().getVersions().getFirst().getSchema().getOpenAPIV3Schema();
        page.append("\n## %s (`%s`)\n\n%s\n"
                .formatted(
                        crd.getSpec().getNames().getKind(),
                        crd.getSpec().getNames().getShortNames().getFirst(),
                        root.getDescription()));
        for (String part : List.of("spec", "status")) {
            page.append("\n### %s\n\n| field | type | default | meaning |\n|---|---|---|---|\n".formatted(part));
            fields(page, "", root.getProperties().get(part));
        }
        page.append("\n### Rules\n\nRefused by the API server otherwise:\n\n");
        rules(root).forEach(rule -> page.append("- ").append(rule).append('\n'));
    }

    private static void fields(StringBuilder page, String path, JSONSchemaProps schema) {
        if (schema.getProperties() == null) {
            return;
        }
        schema.getProperties().forEach((name, child) -> {
            String childPath = path.isEmpty() ? name : path + "." + name;
            boolean required = schema.getRequired().contains(name);
            page.append("| `%s` | %s | %s | %s |\n"
                    .formatted(childPath, type(child), defaultOf(child, required), cell(child.getDescription())));
            if (!CrdCompletion.KUBERNETES_TYPES.contains(name)) {
                fields(page, childPath, child);
                if (child.getItems() != null) {
                    fields(page, childPath + "[]", child.getItems().getSchema());
                }
            }
        });
    }

    private static String type(JSONSchemaProps schema) {
        if (!schema.getEnum().isEmpty()) {
            return schema.getEnum().stream().map(v -> "`" + v.asText() + "`").collect(Collectors.joining(", "));
        }
        if (Boolean.TRUE.equals(schema.getXKubernetesIntOrString())) {
            return "integer or string";
        }
        String type = "array".equals(schema.getType())
                ? "list of " + type(schema.getItems().getSchema())
                : String.valueOf(schema.getType());
        List<String> bounds = new ArrayList<>();
        if (schema.getMinimum() != null || schema.getMaximum() != null) {
            bounds.add("%s to %s".formatted(number(schema.getMinimum()), number(schema.getMaximum())));
        }
        return bounds.isEmpty() ? type : type + ", " + String.join(", ", bounds);
    }

    private static String number(Double value) {
        return value == null ? "any" : Long.toString(value.longValue());
    }

    private static String defaultOf(JSONSchemaProps schema, boolean required) {
        if (required) {
            return "required";
        }
        return schema.getDefault() == null ? "" : "`" + schema.getDefault() + "`";
    }

    private static String cell(String text) {
        return text == null ? "" : text.replace("|", "\\|").replace("\n", " ");
    }

    private static List<String> rules(JSONSchemaProps schema) {
        List<String> rules = new ArrayList<>();
        schema.getXKubernetesValidations().forEach(r -> rules.add(cell(r.getMessage())));
        if (schema.getProperties() != null) {
            schema.getProperties().values().forEach(child -> rules.addAll(rules(child)));
        }
        if (schema.getItems() != null) {
            rules.addAll(rules(schema.getItems().getSchema()));
        }
        return rules.stream().distinct().toList();
    }
}
