package dev.openmath.operator;

import dev.openmath.api.Labels;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.processing.dependent.kubernetes.SSABasedGenericKubernetesResourceMatcher;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.informer.ManagedInformerEventSource;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings one child object to its desired state; the only place, beside events, that writes to the API server. */
public final class ChildReconciler {
    private static final Logger LOG = LoggerFactory.getLogger(ChildReconciler.class);
    private final KubernetesClient client;

    public ChildReconciler(KubernetesClient client) {
        this.client = client;
    }

    /**
     * Applies {@code desired} on the server's side unless what the cache holds already has every field of it.
     *
     * @throws NameConflictException if the name belongs to an object of somebody else
     */
    public <T extends HasMetadata> void apply(T desired, Class<T> type, HasMetadata owner, Context<?> context) {
        T cached = cached(desired, type, context);
        if (cached != null) {
            requireOurs(cached, owner);
            if (SSABasedGenericKubernetesResourceMatcher.<T>getInstance().matches(cached, desired, context)) {
                return;
            }
        } else {
            // Informers see labelled objects only: before a name is taken, the server is asked who has it.
            T live = client.resource(desired).get();
            if (live != null) {
                requireOurs(live, owner);
            }
        }
        T applied = client.resource(desired)
                .patch(new PatchContext.Builder()
                        .withPatchType(PatchType.SERVER_SIDE_APPLY)
                        .withFieldManager(Labels.OPERATOR)
                        .withForce(true)
                        .build());
        remember(applied, cached, type, context);
        LOG.info("Applied {} {}", desired.getKind(), desired.getMetadata().getName());
    }

    /** Creates a Secret and never reads it: an existing one is taken as it is. Returns whether it was made now. */
    public boolean createOnce(Secret secret) {
        try {
            client.resource(secret).create();
            LOG.info("Created Secret {}", secret.getMetadata().getName());
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                return false;
            }
            throw e;
        }
    }

    /** Creates a Job; one of the same name that is ours counts as created, since a Job's template never changes. */
    public void create(Job job, HasMetadata owner, Context<?> context) {
        try {
            remember(client.resource(job).create(), null, Job.class, context);
            LOG.info("Created Job {}", job.getMetadata().getName());
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
            Job live = client.resource(job).get();
            if (live != null) {
                requireOurs(live, owner);
            }
        }
    }

    /** Jobs of the owner as the server has them now: a missing one is believed only after this. */
    public List<Job> liveJobs(HasMetadata owner, String label) {
        return client
                .batch()
                .v1()
                .jobs()
                .inNamespace(owner.getMetadata().getNamespace())
                .withLabel(label, owner.getMetadata().getName())
                .list()
                .getItems()
                .stream()
                .filter(j -> Children.isOwned(j, owner))
                .toList();
    }

    /** Sets the only mutable part of an Indexed Job: as many completions as pods at once. */
    public void scale(Job job, int replicas) {
        client.resource(job)
                .patch(
                        new PatchContext.Builder()
                                .withPatchType(PatchType.JSON_MERGE)
                                .withFieldManager(Labels.OPERATOR)
                                .build(),
                        "{\"spec\":{\"parallelism\":%d,\"completions\":%d}}".formatted(replicas, replicas));
        LOG.info("Scaled Job {} to {}", job.getMetadata().getName(), replicas);
    }

    /** Deletes a Job; it stays, marked, until the last of its pods has stopped. */
    public void delete(Job job) {
        client.resource(job)
                .withPropagationPolicy(DeletionPropagation.FOREGROUND)
                .delete();
        LOG.info("Deleted Job {}", job.getMetadata().getName());
    }

    private static <T extends HasMetadata> @Nullable T cached(T desired, Class<T> type, Context<?> context) {
        return context.getSecondaryResources(type).stream()
                .filter(r -> Objects.equals(
                        r.getMetadata().getName(), desired.getMetadata().getName()))
                .findFirst()
                .orElse(null);
    }

    /** Lets the next reconciliation see the write even if the watch is late. */
    @SuppressWarnings("unchecked")
    private static <T extends HasMetadata> void remember(
            T written, @Nullable T before, Class<T> type, Context<?> context) {
        context.eventSourceRetriever().getEventSourcesFor((Class<HasMetadata>) type).stream()
                .filter(ManagedInformerEventSource.class::isInstance)
                .map(s -> (ManagedInformerEventSource<T, ?, ?>) (Object) s)
                .findFirst()
                .ifPresent(s -> {
                    ResourceID id = ResourceID.fromResource(written);
                    if (before == null) {
                        s.handleRecentResourceCreate(id, written);
                    } else {
                        s.handleRecentResourceUpdate(id, written, before);
                    }
                });
    }

    private static void requireOurs(HasMetadata child, HasMetadata owner) {
        if (!Children.isOwned(child, owner)) {
            throw new NameConflictException(child, owner);
        }
    }
}
