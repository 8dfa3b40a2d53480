package dev.openmath.operator;

import dev.openmath.api.Labels;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Watches of child objects: never more than the objects that carry our labels. */
public final class Watches {
    private Watches() {}

    /** One watch for each kind, of objects whose label {@code ownerLabel} names their owner. */
    public static <P extends HasMetadata> List<EventSource<?, P>> ofChildren(
            EventSourceContext<P> context, String ownerLabel, List<Class<? extends HasMetadata>> kinds) {
        return kinds.stream().map(k -> ofChild(context, ownerLabel, k)).collect(Collectors.toList());
    }

    private static <P extends HasMetadata, R extends HasMetadata> EventSource<?, P> ofChild(
            EventSourceContext<P> context, String ownerLabel, Class<R> kind) {
        return new InformerEventSource<R, P>(
                InformerEventSourceConfiguration.from(kind, context.getPrimaryResourceClass())
                        .withLabelSelector(Labels.MANAGED_BY + "=" + Labels.OPERATOR + "," + ownerLabel)
                        .withSecondaryToPrimaryMapper(child -> owner(child, ownerLabel))
                        .withNamespacesInheritedFromController()
                        .build(),
                context);
    }

    private static Set<ResourceID> owner(HasMetadata child, String ownerLabel) {
        String name = child.getMetadata().getLabels() == null
                ? null
                : child.getMetadata().getLabels().get(ownerLabel);
        return name == null
                ? Set.of()
                : Set.of(new ResourceID(name, child.getMetadata().getNamespace()));
    }
}
