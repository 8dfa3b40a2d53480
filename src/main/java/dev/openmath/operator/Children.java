package dev.openmath.operator;

import dev.openmath.api.Labels;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import java.util.Map;
import java.util.TreeMap;

/** Names, labels and owner references of child objects: one place for the rule which objects are ours. */
public final class Children {
    private Children() {}

    /** Metadata of a child of {@code owner}; {@code extra} labels join those that every child carries. */
    public static ObjectMeta metadata(HasMetadata owner, String name, Map<String, String> extra) {
        return new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(owner.getMetadata().getNamespace())
                .withLabels(new TreeMap<>(extra))
                .withOwnerReferences(ownerReference(owner))
                .build();
    }

    /** The controller reference that makes a child ours and lets the garbage collector take it. */
    public static OwnerReference ownerReference(HasMetadata owner) {
        return new OwnerReferenceBuilder()
                .withApiVersion(Labels.API_VERSION)
                .withKind(owner.getKind())
                .withName(owner.getMetadata().getName())
                .withUid(owner.getMetadata().getUid())
                .withController(true)
                .withBlockOwnerDeletion(true)
                .build();
    }

    /** Whether {@code owner} (by uid, not by name) controls {@code child}. */
    public static boolean isOwned(HasMetadata child, HasMetadata owner) {
        return child.getMetadata().getOwnerReferences().stream()
                .anyMatch(r -> Boolean.TRUE.equals(r.getController())
                        && r.getUid().equals(owner.getMetadata().getUid()));
    }

    /** Labels of every child: name of the program, of the instance, its part, and who manages it. */
    public static Map<String, String> labels(String name, String instance, String component) {
        Map<String, String> labels = new TreeMap<>();
        labels.put(Labels.NAME, name);
        labels.put(Labels.INSTANCE, instance);
        labels.put(Labels.COMPONENT, component);
        labels.put(Labels.PART_OF, Labels.OPENMATH);
        labels.put(Labels.MANAGED_BY, Labels.OPERATOR);
        return labels;
    }
}
