package dev.openmath.operator.generation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.openmath.api.GenerationJob;
import dev.openmath.api.GenerationJobStatus;
import dev.openmath.api.Labels;
import dev.openmath.api.SandboxPool;
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
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** GenerationJob: observe, decide, carry the decision out, write the status if it says something new. */
@Singleton
@ControllerConfiguration(name = "generationjob", fieldManager = Labels.OPERATOR, generationAwareEventProcessing = false)
public class GenerationJobReconciler implements Reconciler<GenerationJob> {
    private record Answers(Map<String, JsonNode> progress, Map<String, String> volumeMessages) {}

    private final Settings settings;
    private final Clock clock;
    private final PodRequests requests;
    private final ChildReconciler children;
    private final Events events;
    private final VolumeMessages volumeMessages;
    private final GenerationJobStatusFactory statuses;
    private final Throttle<Answers> answers;
    private final StatusWrites<GenerationJobStatus> writes;

    @Inject
    public GenerationJobReconciler(KubernetesClient client, Settings settings, PodRequests requests, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        this.requests = requests;
        this.children = new ChildReconciler(client);
        this.events = new Events(client, clock);
        this.volumeMessages = new VolumeMessages(client);
        this.statuses = new GenerationJobStatusFactory(clock);
        this.answers = new Throttle<>(settings.figuresInterval(), clock);
        this.writes = new StatusWrites<>(GenerationJobReconciler::withoutFigures, settings.figuresInterval(), clock);
    }

    @Override
    public List<EventSource<?, GenerationJob>> prepareEventSources(EventSourceContext<GenerationJob> context) {
        List<EventSource<?, GenerationJob>> sources = new ArrayList<>(Watches.ofChildren(
                context, Labels.GENERATION_JOB, List.of(Job.class, Pod.class, ConfigMap.class, NetworkPolicy.class)));
        sources.add(PoolWatch.of(context));
        return sources;
    }

    @Override
    public UpdateControl<GenerationJob> reconcile(GenerationJob job, Context<GenerationJob> context) {
        if (job.isMarkedForDeletion()) {
            return UpdateControl.noUpdate();
        }
        job.setStatus(
                writes.newest(job.getMetadata().getUid(), job.getMetadata().getResourceVersion(), job.getStatus()));
        Observation seen = observe(job, context);
        GenerationJobStatus status;
        try {
            children.apply(SpecConfigMap.desired(job), ConfigMap.class, job, context);
            children.apply(WorkerNetworkPolicy.desired(job, settings), NetworkPolicy.class, job, context);
            Figures figures = Figures.of(job, seen);
            Decision decision = GenerationPlan.decide(job, seen, figures, clock.instant());
            carryOut(decision, job, seen, context);
            status = statuses.of(job, seen, figures, decision);
        } catch (NameConflictException e) {
            status = statuses.stalled(job, seen, new Trouble("NameConflict", e.getMessage()));
        }
        return write(job, status).rescheduleAfter(settings.figuresInterval());
    }

    private void carryOut(Decision decision, GenerationJob job, Observation seen, Context<?> context) {
        switch (decision) {
            case Decision.StartPlan _ -> children.create(PlanJob.desired(job, settings), job, context);
            case Decision.Replace again -> children.delete(again.job());
            case Decision.StartGenerate(int attempt, int replicas) ->
                startGenerate(job, attempt, replicas, seen, context);
            case Decision.Rescale(Job generate, int replicas) -> children.scale(generate, replicas);
            case Decision.StopGenerate stop -> children.delete(stop.job());
            case Decision.StartFinalize(int revision) ->
                children.create(FinalizeJob.desired(job, revision, settings), job, context);
            case Decision.Suspended _,
                    Decision.NoWorkers _,
                    Decision.AwaitPlan _,
                    Decision.Planned _,
                    Decision.AwaitRetry _,
                    Decision.AwaitPool _,
                    Decision.Generate _,
                    Decision.Stopping _,
                    Decision.AwaitFinalize _,
                    Decision.Finalized _,
                    Decision.Finished _,
                    Decision.GiveUp _,
                    Decision.GivenUp _ -> {}
        }
    }

    /** Two generate Jobs at once would waste accelerators: the server is asked before one is made. */
    private void startGenerate(GenerationJob job, int attempt, int replicas, Observation seen, Context<?> context) {
        List<Job> live = children.liveJobs(job, Labels.GENERATION_JOB).stream()
                .filter(j ->
                        JobNames.GENERATE.equals(j.getMetadata().getLabels().get(Labels.ROLE)))
                .toList();
        if (live.stream().allMatch(JobStates::isOver)) {
            children.create(GenerateJob.desired(job, attempt, replicas, settings), job, context);
        }
        // The attempt before is kept for its logs; older ones go.
        seen.generateJobs().stream()
                .filter(j -> GenerateJob.attempt(j) < attempt - 1 && !JobStates.isLeaving(j))
                .forEach(children::delete);
    }

    private Observation observe(GenerationJob job, Context<GenerationJob> context) {
        List<Job> jobs = context.getSecondaryResources(Job.class).stream()
                .filter(j -> Children.isOwned(j, job))
                .sorted(Comparator.comparing(j -> j.getMetadata().getName()))
                .toList();
        List<Pod> pods = context.getSecondaryResources(Pod.class).stream()
                .sorted(Comparator.comparing(p -> p.getMetadata().getName()))
                .toList();
        Map<String, String> running = pods.stream()
                .filter(p ->
                        JobNames.GENERATE.equals(p.getMetadata().getLabels().get(Labels.ROLE)))
                .filter(p -> PodStates.runs(p, WorkerPod.CONTAINER))
                .filter(p -> p.getStatus().getPodIP() != null)
                .collect(Collectors.toMap(
                        p -> p.getMetadata().getName(), p -> p.getStatus().getPodIP()));
        Answers known = answers.get(
                job.getMetadata().getUid(),
                () -> new Answers(
                        requests.get(running, WorkerPod.MANAGEMENT_PORT, "/progress"), volumeMessages.of(pods)));
        Map<String, JsonNode> current = new java.util.TreeMap<>(known.progress);
        current.keySet().retainAll(running.keySet());
        return new Observation(
                context.getSecondaryResource(SandboxPool.class).orElse(null),
                jobs,
                pods,
                current,
                known.volumeMessages);
    }

    private UpdateControl<GenerationJob> write(GenerationJob job, GenerationJobStatus status) {
        GenerationJobStatus before = job.getStatus();
        if (!writes.due(job.getMetadata().getUid(), job.getMetadata().getResourceVersion(), before, status)) {
            return UpdateControl.noUpdate();
        }
        events.transition(job, before == null ? null : before.conditions(), status.conditions());
        GenerationJob patch = new GenerationJob();
        patch.getMetadata().setName(job.getMetadata().getName());
        patch.getMetadata().setNamespace(job.getMetadata().getNamespace());
        patch.setStatus(status);
        return UpdateControl.patchStatus(patch);
    }

    private static GenerationJobStatus withoutFigures(GenerationJobStatus s) {
        return new GenerationJobStatus(
                s.observedGeneration(),
                s.runId(),
                s.attempt(),
                s.startTime(),
                s.completionTime(),
                s.conditions(),
                s.plan(),
                null,
                null,
                null,
                null,
                s.workers(),
                s.failures(),
                s.output(),
                s.backoff(),
                s.observedRetry());
    }
}
