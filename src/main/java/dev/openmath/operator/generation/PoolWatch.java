package dev.openmath.operator.generation;

import dev.openmath.api.GenerationJob;
import dev.openmath.api.SandboxPool;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Wakes the jobs that name a SandboxPool when it changes. */
final class PoolWatch {
    private static final String BY_POOL = "sandboxPoolRef";

    private PoolWatch() {}

    static EventSource<?, GenerationJob> of(EventSourceContext<GenerationJob> context) {
        context.getPrimaryCache()
                .addIndexers(Map.of(
                        BY_POOL,
                        job -> List.of(key(
                                job.getMetadata().getNamespace(),
                                job.getSpec().codeInterpreter().sandboxPoolRef().name()))));
        return new InformerEventSource<SandboxPool, GenerationJob>(
                InformerEventSourceConfiguration.from(SandboxPool.class, GenerationJob.class)
                        .withPrimaryToSecondaryMapper((GenerationJob job) -> Set.of(new ResourceID(
                                job.getSpec().codeInterpreter().sandboxPoolRef().name(),
                                job.getMetadata().getNamespace())))
                        .withSecondaryToPrimaryMapper(pool -> context
                                .getPrimaryCache()
                                .byIndex(
                                        BY_POOL,
                                        key(
                                                pool.getMetadata().getNamespace(),
                                                pool.getMetadata().getName()))
                                .stream()
                                .map(ResourceID::fromResource)
                                .collect(Collectors.toSet()))
                        .withNamespacesInheritedFromController()
                        .build(),
                context);
    }

    private static String key(String namespace, String name) {
        return namespace + "/" + name;
    }
}
