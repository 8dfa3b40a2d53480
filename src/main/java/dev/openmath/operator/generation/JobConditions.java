package dev.openmath.operator.generation;

import static dev.openmath.api.ConditionTypes.CANARY_PASSED;
import static dev.openmath.api.ConditionTypes.COMPLETE;
import static dev.openmath.api.ConditionTypes.DEGRADED;
import static dev.openmath.api.ConditionTypes.FAILED;
import static dev.openmath.api.ConditionTypes.PROGRESS_FRESH;
import static dev.openmath.api.ConditionTypes.READY;
import static dev.openmath.api.ConditionTypes.RECONCILING;
import static dev.openmath.api.ConditionTypes.STALLED;
import static dev.openmath.api.ConditionTypes.SUSPENDED;

import dev.openmath.api.GenerationJob;
import dev.openmath.api.GenerationJobStatus;
import dev.openmath.operator.Conditions;
import dev.openmath.operator.PodStates;
import dev.openmath.operator.Trouble;
import dev.openmath.operator.generation.Decision.Why;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The conditions of a job after a decision. Ready is true whenever nobody has to do anything: also while suspended.
 * Reconciling and Stalled are absent unless true, and never both there. Pure but for the clock it is given.
 */
final class JobConditions {
    private final GenerationJob job;
    private final @Nullable List<Condition> previous;
    private final Observation seen;
    private final Figures figures;
    private final Conditions conditions;

    private JobConditions(GenerationJob job, Observation seen, Figures figures, Clock clock) {
        this.job = job;
        this.previous = job.getStatus() == null ? null : job.getStatus().conditions();
        this.seen = seen;
        this.figures = figures;
        this.conditions = new Conditions(previous, job.getMetadata().getGeneration(), clock);
    }

    static List<Condition> of(GenerationJob job, Observation seen, Figures figures, Decision decision, Clock clock) {
        return new JobConditions(job, seen, figures, clock).of(decision);
    }

    /** Conditions of a job that can't have its children. */
    static List<Condition> stalled(GenerationJob job, Observation seen, Trouble trouble, Clock clock) {
        var it = new JobConditions(job, seen, Figures.of(job, seen), clock);
        it.stalled(trouble);
        it.conditions.keep(COMPLETE).keep(CANARY_PASSED);
        return it.conditions.build();
    }

    private List<Condition> of(Decision decision) {
        switch (decision) {
            case Decision.Suspended _ -> suspended();
            case Decision.NoWorkers _ ->
                conditions.set(READY, true, "NoWorkers", "workers.replicas is 0; raise it to go on");
            case Decision.StartPlan _ -> bringingUp("Planning", "The plan is being made");
            case Decision.AwaitPlan(Optional<Trouble> trouble) ->
                awaiting(trouble, "Planning", "The plan is being made");
            case Decision.Planned _ -> reconciling("Planned", "The plan is stored; workers are started next");
            case Decision.Replace again -> {
                if (again.mended()) {
                    reconciling("Planning", "The spec changed; the work on it begins again");
                } else {
                    keepOr("Planning", "The work is tried again");
                }
            }
            case Decision.AwaitRetry wait -> stalled(wait.trouble());
            case Decision.AwaitPool(Trouble trouble, boolean starting) -> {
                if (starting) {
                    reconciling(trouble.reason(), trouble.message());
                    HealthConditions.of(trouble, conditions);
                } else {
                    stalled(trouble);
                }
            }
            case Decision.StartGenerate _ -> bringingUp("Starting", "Workers are starting");
            case Decision.Rescale change -> generating(Optional.empty(), works(change.job()));
            case Decision.Generate it -> generating(it.trouble(), works(it.job()));
            case Decision.StopGenerate stop -> stopping(stop.why());
            case Decision.Stopping(Why why) -> stopping(why);
            case Decision.StartFinalize _ -> finalizing(Optional.empty());
            case Decision.AwaitFinalize(Optional<Trouble> trouble) -> finalizing(trouble);
            case Decision.Finalized _ -> complete();
            case Decision.Finished _ -> complete();
            case Decision.GiveUp end -> failed(end.trouble());
            case Decision.GivenUp _ -> keepFailed();
        }
        completeBefore(decision);
        canary(decision);
        return conditions.build();
    }

    private void suspended() {
        conditions.set(READY, true, "Suspended", "Suspended by spec.suspend; finished samples stay");
        conditions.set(SUSPENDED, true, "User", "spec.suspend is true; set it to false to go on");
    }

    private void stopping(Why why) {
        switch (why) {
            case SUSPENDED -> suspended();
            case NO_WORKERS -> conditions.set(READY, true, "NoWorkers", "workers.replicas is 0; raise it to go on");
            case SPEC_CHANGED -> reconciling("Restarting", "Workers stop, and start again with what the spec says now");
            case GIVEN_UP -> keepFailed();
        }
    }

    /** Whether a worker serves, or found nothing left to do: then its Job is about to end, not to start. */
    private boolean works(Job generate) {
        return seen.podsOf(generate).stream()
                .anyMatch(p -> PodStates.isReady(p)
                        || LastWords.exitCode(p).filter(c -> c == 0).isPresent());
    }

    private void generating(Optional<Trouble> trouble, boolean ready) {
        List<WorkerReport> reports = seen.reports(job);
        if (reports.isEmpty()) {
            HealthConditions.keep(job, conditions);
        } else {
            HealthConditions.ofReports(reports, conditions);
        }
        Optional<Trouble> stopping = HealthConditions.stopping(reports);
        if (stopping.isPresent()) {
            stalled(stopping.get());
        } else if (ready) {
            conditions.set(READY, true, "Running", "Workers make samples");
            trouble.or(() -> HealthConditions.slowing(reports))
                    .or(() -> PoolFit.limits(job, seen.pool()))
                    .ifPresent(t -> conditions.set(DEGRADED, true, t.reason(), t.message()));
            fresh();
        } else {
            awaiting(trouble, "Starting", "Workers are starting");
        }
    }

    private void fresh() {
        if (seen.reports(job).isEmpty() && seen.workerPods().stream().noneMatch(PodStates::isReady)) {
            conditions.keep(PROGRESS_FRESH);
        } else if (figures.live()) {
            conditions.set(PROGRESS_FRESH, true, "WorkersAnswer", "Figures are those of running workers");
        } else {
            conditions.set(
                    PROGRESS_FRESH,
                    false,
                    "NoAnswer",
                    "No worker answers on port 8082; if this stays, a network policy may keep the operator out");
        }
    }

    private void finalizing(Optional<Trouble> trouble) {
        if (trouble.isPresent()) {
            stalled(trouble.get());
        } else if (failingBefore()) {
            keepFailing();
        } else {
            conditions.set(READY, true, "Finalizing", "All shards are committed; the data set is being exported");
        }
    }

    private void complete() {
        conditions.set(READY, true, "Complete", "The data set is complete");
        conditions.set(COMPLETE, true, "Exported", "All samples are verified and the data set is exported");
    }

    private void completeBefore(Decision decision) {
        boolean completing = decision instanceof Decision.Finalized || decision instanceof Decision.Finished;
        Optional<Condition> before = Conditions.find(previous, COMPLETE);
        if (completing || before.isEmpty()) {
            return;
        }
        boolean exporting = decision instanceof Decision.StartFinalize || decision instanceof Decision.AwaitFinalize;
        if (exporting || decision instanceof Decision.Suspended) {
            conditions.keep(COMPLETE);
        } else {
            conditions.set(
                    COMPLETE, false, "Extended", "The plan grew, or output changed; the data set is being completed");
        }
    }

    private void canary(Decision decision) {
        if (Canary.hasPassed(job)) {
            conditions.keep(CANARY_PASSED);
        } else if (decision instanceof Decision.GiveUp end
                && "CanaryFailed".equals(end.trouble().reason())) {
            conditions.set(
                    CANARY_PASSED, false, end.trouble().reason(), end.trouble().message());
        } else if (decision instanceof Decision.Generate && Canary.isDue(job, figures)) {
            conditions.set(CANARY_PASSED, true, "FirstSamplesGood", "The first samples met the limits of canary");
        } else if (decision instanceof Decision.GivenUp) {
            conditions.keep(CANARY_PASSED);
        }
    }

    private void awaiting(Optional<Trouble> trouble, String reason, String message) {
        if (trouble.isPresent()) {
            stalled(trouble.get());
        } else {
            bringingUp(reason, message);
        }
    }

    /** A job that failed before is not well again just because it is tried again. */
    private void bringingUp(String reason, String message) {
        keepOr(reason, message);
    }

    private void keepOr(String reason, String message) {
        if (failingBefore()) {
            keepFailing();
        } else {
            reconciling(reason, message);
        }
    }

    private boolean failingBefore() {
        GenerationJobStatus status = job.getStatus();
        return status != null
                && status.backoff() != null
                && Conditions.isTrue(previous, STALLED)
                && !Conditions.isTrue(previous, FAILED)
                && !GenerationPlan.retryRequested(job);
    }

    private void keepFailing() {
        Condition stalled = Conditions.find(previous, STALLED).orElseThrow();
        stalled(new Trouble(stalled.getReason(), stalled.getMessage()));
    }

    private void failed(Trouble trouble) {
        stalled(trouble);
        conditions.set(FAILED, true, trouble.reason(), trouble.message());
    }

    private void keepFailed() {
        Condition failed = Conditions.find(previous, FAILED).orElseThrow();
        failed(new Trouble(failed.getReason(), failed.getMessage()));
    }

    private void reconciling(String reason, String message) {
        conditions.set(READY, false, reason, message);
        conditions.set(RECONCILING, true, reason, message);
    }

    private void stalled(Trouble trouble) {
        conditions.set(READY, false, trouble.reason(), trouble.message());
        conditions.set(STALLED, true, trouble.reason(), trouble.message());
        HealthConditions.of(trouble, conditions);
    }
}
