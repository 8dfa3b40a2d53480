package dev.openmath.packaging;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRuleBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Adds what the generator has no annotation for: list-map keys, bounds everywhere (the cost budget of CEL counts every
 * unbounded list as endless), the default status, and the rules that need both spec and status.
 */
final class CrdCompletion {
    private static final long MAX_LENGTH = 1024;
    private static final long MAX_ITEMS = 64;

    /** Types of Kubernetes itself: described and bounded there. */
    static final Set<String> KUBERNETES_TYPES =
            Set.of("resources", "affinity", "tolerations", "topologySpreadConstraints", "env", "imagePullSecrets");

    private static final Map<String, List<String>> LIST_MAP_KEYS = Map.of(
            "spec.problems.sources", List.of("name"),
            "spec.prompts", List.of("name"),
            "spec.inference.colocated.env", List.of("name"),
            "status.conditions", List.of("type"),
            "status.failures", List.of("reason"));

    private static final Set<String> SETS = Set.of(
            "spec.output.formats",
            "spec.prompts[].sources",
            "spec.problems.filter.ids",
            "spec.problems.filter.subjects");

    CustomResourceDefinition complete(CustomResourceDefinition crd) {
        String kind = crd.getSpec().getNames().getKind();
        var version = crd.getSpec().getVersions().getFirst();
        JSONSchemaProps root = version.getSchema().getOpenAPIV3Schema();
        visit("", root);
        version.setAdditionalPrinterColumns(
                PrinterColumns.inDeclaredOrder(kind, version.getAdditionalPrinterColumns()));
        root.setDescription(
                kind.equals("GenerationJob")
                        ? "Makes one data set: problems x prompts x samples, each executed, graded and stored exactly once."
                        : "A pool of isolated Python pods that run the code blocks which a model writes.");
        root.getProperties().get("spec").setDescription("Desired state.");
        JSONSchemaProps status = root.getProperties().get("status");
        status.setDescription("Observed state, written by the operator only.");
        status.setDefault(JsonNodeFactory.instance.objectNode().put("observedGeneration", -1));
        root.setRequired(new ArrayList<>(List.of("spec")));
        // A child's name, label values and its DNS name must stay within 63 characters.
        addRule(
                root,
                "size(self.metadata.name) <= 40",
                "metadata.name must have at most 40 characters: names of child objects are made from it");
        if (kind.equals("GenerationJob")) {
            FrozenFields.RULES.forEach(r -> addRule(root, r.expression(), r.message()));
        }
        return crd;
    }

    private void visit(String path, JSONSchemaProps schema) {
        // The generator meets a rule on a record's component twice, on its field and on its accessor; server-side apply
        // refuses the copy.
        schema.setXKubernetesValidations(
                schema.getXKubernetesValidations().stream().distinct().toList());
        if (schema.getProperties() != null) {
            schema.getProperties().forEach((name, child) -> {
                String childPath = path.isEmpty() ? name : path + "." + name;
                if (KUBERNETES_TYPES.contains(name)) {
                    describe(name, child);
                    if ("array".equals(child.getType()) && child.getMaxItems() == null) {
                        child.setMaxItems(MAX_ITEMS);
                    }
                } else {
                    visit(childPath, child);
                }
                keys(childPath, child);
            });
        }
        if ("array".equals(schema.getType())) {
            if (schema.getMaxItems() == null) {
                schema.setMaxItems(MAX_ITEMS);
            }
            visit(path + "[]", schema.getItems().getSchema());
        } else if (schema.getAdditionalProperties() != null) {
            if (schema.getMaxProperties() == null) {
                schema.setMaxProperties(MAX_ITEMS);
            }
            if (schema.getAdditionalProperties().getSchema() != null) {
                visit(path + "{}", schema.getAdditionalProperties().getSchema());
            }
        } else if ("string".equals(schema.getType())
                && schema.getMaxLength() == null
                && schema.getEnum().isEmpty()) {
            schema.setMaxLength(path.endsWith("message") ? 32768 : MAX_LENGTH);
        }
    }

    private static void keys(String path, JSONSchemaProps schema) {
        List<String> keys = LIST_MAP_KEYS.get(path);
        if (keys != null) {
            schema.setXKubernetesListType("map");
            schema.setXKubernetesListMapKeys(new ArrayList<>(keys));
            JSONSchemaProps items = schema.getItems().getSchema();
            List<String> required = new ArrayList<>(items.getRequired());
            keys.stream().filter(k -> !required.contains(k)).forEach(required::add);
            items.setRequired(required);
        } else if (SETS.contains(path)) {
            schema.setXKubernetesListType("set");
        }
    }

    /** The generator gives no description to the inner fields of Kubernetes' own types. */
    private static void describe(String name, JSONSchemaProps schema) {
        if (schema.getDescription() == null) {
            schema.setDescription("As " + name + " of the Kubernetes API (core/v1).");
        }
        if (schema.getProperties() != null) {
            schema.getProperties().forEach(CrdCompletion::describe);
        }
        if (schema.getItems() != null) {
            describe(name, schema.getItems().getSchema());
        }
        if (schema.getAdditionalProperties() != null
                && schema.getAdditionalProperties().getSchema() != null) {
            describe(name, schema.getAdditionalProperties().getSchema());
        }
    }

    private static void addRule(JSONSchemaProps schema, String rule, String message) {
        List<ValidationRule> rules = new ArrayList<>(schema.getXKubernetesValidations());
        rules.add(
                new ValidationRuleBuilder().withRule(rule).withMessage(message).build());
        schema.setXKubernetesValidations(rules);
    }
}
