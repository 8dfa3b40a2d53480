package dev.openmath.operator.generation;

import dev.openmath.api.ConditionTypes;
import dev.openmath.api.GenerationJob;
import dev.openmath.api.GenerationJobSpec;
import dev.openmath.api.GenerationJobStatus;
import dev.openmath.api.Labels;
import dev.openmath.operator.Conditions;
import dev.openmath.operator.PodStates;
import dev.openmath.operator.Trouble;
import dev.openmath.operator.generation.Decision.Why;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Decides the one next step of a job from its spec, its status and what is there. Pure. */
final class GenerationPlan {
    private final GenerationJob job;
    private final GenerationJobSpec spec;
    private final @Nullable GenerationJobStatus status;
    private final Observation seen;
    private final Figures figures;
    private final Instant now;

    private GenerationPlan(GenerationJob job, Observation seen, Figures figures, Instant now) {
        this.job = job;
        this.spec = job.getSpec();
        this.status = job.getStatus();
        this.seen = seen;
        this.figures = figures;
        this.now = now;
    }

    static Decision decide(GenerationJob job, Observation seen, Figures figures, Instant now) {
        return new GenerationPlan(job, seen, figures, now).decide();
    }

    private Decision decide() {
        Optional<Job> leaving =
                seen.generateJobs().stream().filter(JobStates::isLeaving).findFirst();
        Optional<Job> active = seen.newestGenerate().filter(j -> !JobStates.isLeaving(j) && !JobStates.isOver(j));
        if (isGivenUp(job)) {
            return active.<Decision>map(j -> new Decision.StopGenerate(j, Why.GIVEN_UP))
                    .orElseGet(Decision.GivenUp::new);
        }
        if (Boolean.TRUE.equals(spec.suspend())) {
            return active.<Decision>map(j -> new Decision.StopGenerate(j, Why.SUSPENDED))
                    .or(() -> leaving.map(_ -> new Decision.Stopping(Why.SUSPENDED)))
                    .orElseGet(Decision.Suspended::new);
        }
        if (!isPlanned()) {
            return planning();
        }
        if (leaving.isPresent()) {
            return new Decision.Stopping(wantedWorkers(job) == 0 ? Why.NO_WORKERS : Why.SPEC_CHANGED);
        }
        if (active.isPresent()) {
            return generating(active.get());
        }
        return allCommitted() ? finalizing() : nextAttempt();
    }

    /** A job that gave up stays so until its spec is mended or a retry is asked for. */
    static boolean isGivenUp(GenerationJob job) {
        GenerationJobStatus status = job.getStatus();
        return status != null
                && !retryRequested(job)
                && Conditions.find(status.conditions(), ConditionTypes.FAILED)
                        .filter(c -> "True".equals(c.getStatus()))
                        .filter(c -> Objects.equals(
                                c.getObservedGeneration(), job.getMetadata().getGeneration()))
                        .isPresent();
    }

    static boolean retryRequested(GenerationJob job) {
        String wanted = retryAnnotation(job);
        return wanted != null
                && !wanted.equals(
                        job.getStatus() == null ? null : job.getStatus().observedRetry());
    }

    static @Nullable String retryAnnotation(GenerationJob job) {
        return job.getMetadata().getAnnotations() == null
                ? null
                : job.getMetadata().getAnnotations().get(Labels.RETRY);
    }

    private boolean isPlanned() {
        return status != null
                && status.plan() != null
                && status.plan().sha256() != null
                && SpecHashes.plan(spec).equals(status.plan().inputHash());
    }

    private boolean allCommitted() {
        long shards = status == null || status.plan() == null || status.plan().shards() == null
                ? 0
                : status.plan().shards();
        return figures.shardsCommitted() >= shards;
    }

    private Decision planning() {
        Optional<Job> existing = seen.job(JobNames.plan(job));
        if (existing.isEmpty()) {
            return new Decision.StartPlan();
        }
        Job plan = existing.get();
        if (JobStates.isLeaving(plan)) {
            return new Decision.AwaitPlan(Optional.empty());
        }
        if (JobStates.differs(plan, SpecHashes.planPod(spec))) {
            return new Decision.Replace(plan, true);
        }
        if (JobStates.isComplete(plan)) {
            // A plan is pure: where its answer is lost, it is asked for again.
            return result(plan)
                    .flatMap(PlanResult::of)
                    .<Decision>map(Decision.Planned::new)
                    .orElseGet(() -> JobStates.endedJustNow(plan, now)
                            ? new Decision.AwaitPlan(Optional.empty())
                            : new Decision.Replace(plan, false));
        }
        if (JobStates.isFailed(plan)) {
            if (saidNothingYet(plan)) {
                return new Decision.AwaitPlan(Optional.empty());
            }
            return retryInPlace(plan);
        }
        return new Decision.AwaitPlan(seen.podTrouble(plan, now));
    }

    private Decision generating(Job active) {
        Optional<Trouble> over = failedSamples().or(() -> Canary.verdict(job, figures));
        if (over.isPresent()) {
            return new Decision.GiveUp(over.get(), backoff());
        }
        int wanted = wantedWorkers(job);
        if (wanted == 0) {
            return new Decision.StopGenerate(active, Why.NO_WORKERS);
        }
        if (JobStates.differs(active, SpecHashes.generatePod(spec))) {
            return new Decision.StopGenerate(active, Why.SPEC_CHANGED);
        }
        if (!Objects.equals(active.getSpec().getParallelism(), wanted)) {
            return new Decision.Rescale(active, wanted);
        }
        return new Decision.Generate(active, workerTrouble(active));
    }

    /** Pods that can't start; else, while no worker is ready, what the last one died of. */
    private Optional<Trouble> workerTrouble(Job active) {
        List<Pod> pods = seen.podsOf(active);
        return seen.podTrouble(active, now)
                .map(EngineTrouble::explain)
                .or(() -> EngineTrouble.of(pods, now, spec))
                .or(() -> pods.stream().noneMatch(PodStates::isReady)
                                && pods.stream().anyMatch(GenerationPlan::failedByItself)
                        ? Optional.of(LastWords.ofFailed(
                                active,
                                pods.stream()
                                        .filter(GenerationPlan::failedByItself)
                                        .toList()))
                        : Optional.empty());
    }

    private static boolean failedByItself(Pod pod) {
        return "Failed".equals(pod.getStatus() == null ? null : pod.getStatus().getPhase())
                && LastWords.exitCode(pod)
                        .filter(c -> c == 1 || c == 2 || c == 137)
                        .isPresent();
    }

    private Decision nextAttempt() {
        // A Job older than the attempt that was begun last says nothing about that one.
        Optional<Job> last =
                seen.newestGenerate().filter(JobStates::isOver).filter(j -> GenerateJob.attempt(j) >= knownAttempt());
        Optional<Trouble> over = failedSamples().or(() -> Canary.verdict(job, figures));
        if (over.isPresent()) {
            return new Decision.GiveUp(over.get(), backoff());
        }
        int wanted = wantedWorkers(job);
        if (wanted == 0) {
            return new Decision.NoWorkers();
        }
        if (last.isPresent()) {
            Optional<Decision> wait = afterFailure(last.get());
            if (wait.isPresent()) {
                return wait.get();
            }
        }
        return PoolFit.missing(job, seen.pool())
                .<Decision>map(w -> w)
                .orElseGet(() -> new Decision.StartGenerate(nextNumber(), wanted));
    }

    /** What a generate Job that is over with open shards leads to; empty: try again now. */
    private Optional<Decision> afterFailure(Job last) {
        boolean mended = JobStates.differs(last, SpecHashes.generatePod(spec))
                || GenerateJob.isOfAnotherPlan(last, job)
                || retryRequested(job)
                || wasGivenUp();
        if (mended) {
            return Optional.empty();
        }
        if (saidNothingYet(last)) {
            return Optional.of(new Decision.Generate(last, Optional.empty()));
        }
        Trouble trouble = JobStates.isFailed(last)
                ? LastWords.ofFailed(last, seen.podsOf(last))
                : new Trouble(
                        "WorkersEndedEarly",
                        "All workers ended although shards are open; see: kubectl logs -n %s job/%s -c worker"
                                .formatted(
                                        job.getMetadata().getNamespace(),
                                        last.getMetadata().getName()));
        Backoffs next = Backoffs.after(last.getMetadata().getUid(), backoff(), trouble, Backoffs.GENERATE_CAP, now);
        if (Backoffs.isFinal(trouble)) {
            return Optional.of(new Decision.GiveUp(trouble, next.backoff()));
        }
        return next.isDue(now) ? Optional.empty() : Optional.of(new Decision.AwaitRetry(trouble, next.backoff()));
    }

    /** Whether the Job ended just now and the end of none of its pods is known yet. */
    private boolean saidNothingYet(Job ended) {
        return JobStates.endedJustNow(ended, now) && seen.podsOf(ended).stream().noneMatch(PodStates::isOver);
    }

    private boolean wasGivenUp() {
        return status != null && Conditions.isTrue(status.conditions(), ConditionTypes.FAILED);
    }

    private int nextNumber() {
        return Math.max(
                        knownAttempt(),
                        seen.newestGenerate().map(GenerateJob::attempt).orElse(0))
                + 1;
    }

    private int knownAttempt() {
        return status == null || status.attempt() == null ? 0 : status.attempt();
    }

    private Decision finalizing() {
        GenerationJobStatus current = Objects.requireNonNull(status);
        GenerationJobStatus.OutputStatus output = current.output();
        if (output != null && SpecHashes.finalizing(job).equals(output.inputHash())) {
            return new Decision.Finished();
        }
        int revision = output == null || output.revision() == null ? 1 : output.revision() + 1;
        Optional<Job> existing = seen.job(JobNames.finalizing(job, revision));
        if (existing.isEmpty()) {
            return new Decision.StartFinalize(revision);
        }
        Job finalize = existing.get();
        if (JobStates.isLeaving(finalize)) {
            return new Decision.AwaitFinalize(Optional.empty());
        }
        if (JobStates.differs(finalize, SpecHashes.finalizePod(job))) {
            return new Decision.Replace(finalize, true);
        }
        if (JobStates.isComplete(finalize)) {
            return result(finalize)
                    .flatMap(FinalizeResult::of)
                    .<Decision>map(Decision.Finalized::new)
                    .orElseGet(() -> JobStates.endedJustNow(finalize, now)
                            ? new Decision.AwaitFinalize(Optional.empty())
                            : new Decision.Replace(finalize, false));
        }
        if (JobStates.isFailed(finalize)) {
            if (saidNothingYet(finalize)) {
                return new Decision.AwaitFinalize(Optional.empty());
            }
            return retryInPlace(finalize);
        }
        return new Decision.AwaitFinalize(seen.podTrouble(finalize, now));
    }

    /** Plan and finalize are pure and cheap: they are tried again, later each time, until what they need is there. */
    private Decision retryInPlace(Job failed) {
        Trouble trouble = LastWords.ofFailed(failed, seen.podsOf(failed));
        Backoffs next = Backoffs.after(failed.getMetadata().getUid(), backoff(), trouble, Backoffs.CAP, now);
        return retryRequested(job) || next.isDue(now)
                ? new Decision.Replace(failed, false)
                : new Decision.AwaitRetry(trouble, next.backoff());
    }

    private Optional<com.fasterxml.jackson.databind.JsonNode> result(Job complete) {
        return seen.podsOf(complete).stream()
                .filter(p -> "Succeeded"
                        .equals(p.getStatus() == null ? null : p.getStatus().getPhase()))
                .flatMap(p -> LastWords.of(p).stream())
                .findFirst();
    }

    private Optional<Trouble> failedSamples() {
        long planned =
                Objects.requireNonNull(Objects.requireNonNull(status).plan()).samples();
        long allowed = FailedSamples.allowed(spec.failurePolicy(), planned);
        return figures.failed() <= allowed
                ? Optional.empty()
                : Optional.of(new Trouble(
                        "TooManyFailedSamples",
                        "Infrastructure defeated more samples than failurePolicy.maxFailedSamples allows (%d of %d); mend the cause and raise it"
                                .formatted(allowed, planned)));
    }

    /** Worker slots wanted now: one until the canary has passed. */
    static int wantedWorkers(GenerationJob job) {
        Integer replicas =
                job.getSpec().workers() == null ? null : job.getSpec().workers().replicas();
        int wanted = replicas == null ? 1 : replicas;
        return Canary.isPending(job) ? Math.min(1, wanted) : wanted;
    }

    private GenerationJobStatus.@Nullable Backoff backoff() {
        return status == null ? null : status.backoff();
    }
}
