package dev.openmath.operator.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import dev.openmath.api.Labels;
import dev.openmath.api.SandboxPool;
import dev.openmath.api.SandboxPoolStatus;
import dev.openmath.operator.ChildReconciler;
import dev.openmath.operator.Children;
import dev.openmath.operator.Events;
import dev.openmath.operator.NameConflictException;
import dev.openmath.operator.PodRequests;
import dev.openmath.operator.PodStates;
import dev.openmath.operator.Settings;
import dev.openmath.operator.StatusWrites;
import dev.openmath.operator.Throttle;
import dev.openmath.operator.Trouble;
import dev.openmath.operator.VolumeMessages;
import dev.openmath.operator.Watches;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** SandboxPool: apply the children, ask the pods, write the status if it says something new. */
@Singleton
@ControllerConfiguration(name = "sandboxpool", fieldManager = Labels.OPERATOR, generationAwareEventProcessing = false)
public class SandboxPoolReconciler implements Reconciler<SandboxPool> {
    /** How often the access Secret is made sure of while pods don't come up: it may have been deleted. */
    private static final Duration SECRET_INTERVAL = Duration.ofMinutes(1);

    private record Answers(
            Map<String, JsonNode> demand, Map<String, JsonNode> capabilities, Map<String, String> volumeMessages) {}

    private final Settings settings;
    private final PodRequests requests;
    private final ChildReconciler children;
    private final Events events;
    private final VolumeMessages volumeMessages;
    private final SandboxPoolStatusFactory statuses;
    private final Throttle<Answers> answers;
    private final StatusWrites<SandboxPoolStatus> writes;
    private final Throttle<Boolean> secretChecks;
    private final SecureRandom random = new SecureRandom();

    @Inject
    public SandboxPoolReconciler(KubernetesClient client, Settings settings, PodRequests requests, Clock clock) {
        this.settings = settings;
        this.requests = requests;
        this.children = new ChildReconciler(client);
        this.events = new Events(client, clock);
        this.volumeMessages = new VolumeMessages(client);
        this.statuses = new SandboxPoolStatusFactory(settings, clock);
        this.secretChecks = new Throttle<>(SECRET_INTERVAL, clock);
        this.answers = new Throttle<>(settings.figuresInterval(), clock);
        this.writes = new StatusWrites<>(SandboxPoolReconciler::withoutFigures, settings.figuresInterval(), clock);
    }

    @Override
    public List<EventSource<?, SandboxPool>> prepareEventSources(EventSourceContext<SandboxPool> context) {
        return Watches.ofChildren(
                context,
                Labels.SANDBOX_POOL,
                List.of(
                        Deployment.class,
                        Service.class,
                        NetworkPolicy.class,
                        PodDisruptionBudget.class,
                        ServiceAccount.class,
                        ConfigMap.class,
                        Pod.class));
    }

    @Override
    public UpdateControl<SandboxPool> reconcile(SandboxPool pool, Context<SandboxPool> context) {
        if (pool.isMarkedForDeletion()) {
            return UpdateControl.noUpdate();
        }
        pool.setStatus(
                writes.newest(pool.getMetadata().getUid(), pool.getMetadata().getResourceVersion(), pool.getStatus()));
        SandboxPoolStatus status;
        try {
            applyChildren(pool, context);
            status = statuses.of(pool, observe(pool, context));
        } catch (NameConflictException e) {
            status = statuses.stalled(pool, observe(pool, context), new Trouble("NameConflict", e.getMessage()));
        }
        return write(pool, status).rescheduleAfter(settings.figuresInterval());
    }

    private void applyChildren(SandboxPool pool, Context<SandboxPool> context) {
        ensureAccessSecret(pool);
        children.apply(PoolServiceAccount.desired(pool), ServiceAccount.class, pool, context);
        children.apply(ExecutorConfig.desired(pool), ConfigMap.class, pool, context);
        children.apply(PoolNetworkPolicy.desired(pool, settings), NetworkPolicy.class, pool, context);
        children.apply(PoolService.desired(pool), Service.class, pool, context);
        children.apply(PoolDisruptionBudget.desired(pool), PodDisruptionBudget.class, pool, context);
        children.apply(SandboxDeployment.desired(pool, settings), Deployment.class, pool, context);
    }

    private void ensureAccessSecret(SandboxPool pool) {
        SandboxPoolStatus status = pool.getStatus();
        boolean serves = status != null
                && status.tokenSecretName() != null
                && status.readyReplicas() != null
                && status.readyReplicas() > 0;
        if (!serves) {
            secretChecks.get(pool.getMetadata().getUid(), () -> {
                byte[] token = new byte[AccessSecret.TOKEN_BYTES];
                random.nextBytes(token);
                return children.createOnce(AccessSecret.desired(pool, token));
            });
        }
    }

    private PoolObservation observe(SandboxPool pool, Context<SandboxPool> context) {
        Deployment deployment = context.getSecondaryResources(Deployment.class).stream()
                .filter(d -> Children.isOwned(d, pool))
                .findFirst()
                .orElse(null);
        List<Pod> pods = context.getSecondaryResources(Pod.class).stream()
                .sorted(Comparator.comparing(p -> p.getMetadata().getName()))
                .toList();
        Map<String, String> ready = pods.stream()
                .filter(PodStates::isReady)
                .filter(p -> p.getStatus().getPodIP() != null)
                .collect(Collectors.toMap(
                        p -> p.getMetadata().getName(), p -> p.getStatus().getPodIP()));
        Answers known = answers.get(
                pool.getMetadata().getUid(),
                () -> new Answers(
                        requests.get(ready, PoolNames.MANAGEMENT_PORT, "/v1/demand"),
                        requests.get(ready, PoolNames.MANAGEMENT_PORT, "/v1/capabilities"),
                        volumeMessages.of(pods)));
        return new PoolObservation(
                deployment, pods, only(known.demand, ready), only(known.capabilities, ready), known.volumeMessages);
    }

    private static Map<String, JsonNode> only(Map<String, JsonNode> answers, Map<String, String> pods) {
        Map<String, JsonNode> kept = new TreeMap<>(answers);
        kept.keySet().retainAll(pods.keySet());
        return kept;
    }

    private UpdateControl<SandboxPool> write(SandboxPool pool, SandboxPoolStatus status) {
        SandboxPoolStatus before = pool.getStatus();
        if (!writes.due(pool.getMetadata().getUid(), pool.getMetadata().getResourceVersion(), before, status)) {
            return UpdateControl.noUpdate();
        }
        events.transition(pool, before == null ? null : before.conditions(), status.conditions());
        SandboxPool patch = new SandboxPool();
        patch.getMetadata().setName(pool.getMetadata().getName());
        patch.getMetadata().setNamespace(pool.getMetadata().getNamespace());
        patch.setStatus(status);
        return UpdateControl.patchStatus(patch);
    }

    private static SandboxPoolStatus withoutFigures(@Nullable SandboxPoolStatus s) {
        return new SandboxPoolStatus(
                s.observedGeneration(),
                s.replicas(),
                s.readyReplicas(),
                s.updatedReadyReplicas(),
                s.selector(),
                null,
                s.isolation(),
                s.tokenSecretName(),
                s.conditions());
    }
}
