package dev.openmath.operator.generation;

import dev.openmath.api.GenerationJob;
import dev.openmath.api.GenerationJobStatus;
import dev.openmath.api.GenerationJobStatus.Backoff;
import dev.openmath.api.GenerationJobStatus.Failure;
import dev.openmath.operator.Conditions;
import dev.openmath.operator.PodStates;
import dev.openmath.operator.Trouble;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes whole statuses of a GenerationJob out of a decision and what is there. Pure but for the clock it is given. */
public final class GenerationJobStatusFactory {
    private static final int MAX_FAILURES = 10;
    private static final GenerationJobStatus EMPTY = new GenerationJobStatus(
            null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);

    private final Clock clock;

    public GenerationJobStatusFactory(Clock clock) {
        this.clock = clock;
    }

    /** Status after a decision was carried out. */
    GenerationJobStatus of(GenerationJob job, Observation seen, Figures figures, Decision decision) {
        return status(
                job,
                seen,
                FigureFields.of(job, figures, decision, clock),
                decision,
                JobConditions.of(job, seen, figures, decision, clock));
    }

    /** Status of a job that can't have its children. */
    GenerationJobStatus stalled(GenerationJob job, Observation seen, Trouble trouble) {
        Figures figures = Figures.of(job, seen);
        Decision none = new Decision.GivenUp();
        return status(
                job,
                seen,
                FigureFields.of(job, figures, none, clock),
                none,
                JobConditions.stalled(job, seen, trouble, clock));
    }

    private GenerationJobStatus status(
            GenerationJob job, Observation seen, FigureFields figures, Decision decision, List<Condition> conditions) {
        GenerationJobStatus before = job.getStatus() == null ? EMPTY : job.getStatus();
        return new GenerationJobStatus(
                job.getMetadata().getGeneration(),
                decision instanceof Decision.Planned(PlanResult p) ? p.runId() : before.runId(),
                decision instanceof Decision.StartGenerate start ? Integer.valueOf(start.attempt()) : before.attempt(),
                before.startTime() != null || !(decision instanceof Decision.StartPlan) ? before.startTime() : now(),
                completionTime(before, decision),
                conditions,
                plan(job, before, decision),
                figures.progress(),
                figures.results(),
                figures.throughput(),
                figures.usage(),
                workers(job, seen, decision),
                failures(before, decision),
                output(job, before, decision),
                backoff(before, figures, decision),
                GenerationPlan.retryAnnotation(job));
    }

    private @Nullable String completionTime(GenerationJobStatus before, Decision decision) {
        return switch (decision) {
            case Decision.Finalized _ -> now();
            case Decision.StartGenerate _ -> null;
            default -> before.completionTime();
        };
    }

    private static GenerationJobStatus.@Nullable Plan plan(
            GenerationJob job, GenerationJobStatus before, Decision decision) {
        return decision instanceof Decision.Planned(PlanResult p)
                ? new GenerationJobStatus.Plan(
                        p.problems(), p.samples(), p.shards(), p.sha256(), SpecHashes.plan(job.getSpec()))
                : before.plan();
    }

    private static GenerationJobStatus.WorkersStatus workers(GenerationJob job, Observation seen, Decision decision) {
        List<Pod> pods =
                seen.workerPods().stream().filter(p -> !PodStates.isOver(p)).toList();
        boolean running = decision instanceof Decision.Generate
                || decision instanceof Decision.StartGenerate
                || decision instanceof Decision.Rescale;
        return new GenerationJobStatus.WorkersStatus(
                pods.size(),
                (int) pods.stream().filter(PodStates::isReady).count(),
                running ? GenerationPlan.wantedWorkers(job) : 0,
                JobNames.workerSelectorText(job));
    }

    private static GenerationJobStatus.@Nullable OutputStatus output(
            GenerationJob job, GenerationJobStatus before, Decision decision) {
        if (!(decision instanceof Decision.Finalized(FinalizeResult r))) {
            return before.output();
        }
        int revision = before.output() == null || before.output().revision() == null
                ? 1
                : before.output().revision() + 1;
        var s3 = job.getSpec().output().s3();
        return new GenerationJobStatus.OutputStatus(
                "s3://%s/%s".formatted(s3.bucket(), s3.prefix()),
                revision,
                r.total(),
                r.bytes(),
                SpecHashes.finalizing(job));
    }

    private static @Nullable Backoff backoff(GenerationJobStatus before, FigureFields figures, Decision decision) {
        return switch (decision) {
            case Decision.AwaitRetry wait -> wait.backoff();
            case Decision.GiveUp end -> end.backoff();
            case Decision.Replace again -> again.mended() ? null : before.backoff();
            case Decision.Planned _, Decision.Finalized _, Decision.Finished _ -> null;
            case Decision.Generate _ -> figures.advancedSince(before) ? null : before.backoff();
            default -> before.backoff();
        };
    }

    /** One entry for each reason; a failure counts when its Job is counted. */
    private @Nullable List<Failure> failures(GenerationJobStatus before, Decision decision) {
        Trouble trouble = null;
        Backoff backoff = null;
        if (decision instanceof Decision.AwaitRetry(Trouble t, Backoff b)) {
            trouble = t;
            backoff = b;
        } else if (decision instanceof Decision.GiveUp(Trouble t, Backoff b)) {
            trouble = t;
            backoff = b;
        }
        List<Failure> known = before.failures();
        if (trouble == null || (backoff != null && backoff.equals(before.backoff()))) {
            return known;
        }
        List<Failure> failures = new ArrayList<>(known == null ? List.of() : known);
        String reason = trouble.reason();
        int count = failures.stream()
                .filter(f -> f.reason().equals(reason))
                .map(Failure::count)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(0);
        failures.removeIf(f -> f.reason().equals(reason));
        failures.add(new Failure(reason, count + 1, now(), trouble.message()));
        while (failures.size() > MAX_FAILURES) {
            failures.removeFirst();
        }
        return failures;
    }

    private String now() {
        return Conditions.timestamp(clock.instant());
    }
}
