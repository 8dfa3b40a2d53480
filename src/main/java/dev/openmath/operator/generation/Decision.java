package dev.openmath.operator.generation;

import dev.openmath.api.GenerationJobStatus.Backoff;
import dev.openmath.operator.Trouble;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The one next thing to do for a GenerationJob, or what it waits for. */
sealed interface Decision {
    /** Nothing to do any more: the spec was suspended before anything ran, or its workers are gone. */
    record Suspended() implements Decision {}

    /** {@code workers.replicas} is 0. */
    record NoWorkers() implements Decision {}

    /** Create the plan Job. */
    record StartPlan() implements Decision {}

    /** The plan Job runs, or can't. */
    record AwaitPlan(Optional<Trouble> trouble) implements Decision {}

    /** The plan is stored. */
    record Planned(PlanResult plan) implements Decision {}

    /** Delete a plan or finalize Job, so that it is made again. {@code mended}: because its inputs changed. */
    record Replace(Job job, boolean mended) implements Decision {}

    /** A Job failed; the next try is due later. */
    record AwaitRetry(Trouble trouble, Backoff backoff) implements Decision {}

    /** The pool is not there yet. {@code starting}: it comes up by itself. */
    record AwaitPool(Trouble trouble, boolean starting) implements Decision {}

    /** Create the generate Job of this attempt. */
    record StartGenerate(int attempt, int replicas) implements Decision {}

    /** The generate Job runs, or its pods can't. */
    record Generate(Job job, Optional<Trouble> trouble) implements Decision {}

    /** Change the number of worker slots. */
    record Rescale(Job job, int replicas) implements Decision {}

    /** Delete the generate Job; its workers flush and leave. */
    record StopGenerate(Job job, Why why) implements Decision {}

    /** A deleted generate Job's workers are leaving. */
    record Stopping(Why why) implements Decision {}

    /** Create the finalize Job of this revision. */
    record StartFinalize(int revision) implements Decision {}

    /** The finalize Job runs, or can't. */
    record AwaitFinalize(Optional<Trouble> trouble) implements Decision {}

    /** The data set is exported. */
    record Finalized(FinalizeResult result) implements Decision {}

    /** The data set is complete and current. */
    record Finished() implements Decision {}

    /** The job gives up until its spec is mended or a retry is asked for. */
    record GiveUp(Trouble trouble, @Nullable Backoff backoff) implements Decision {}

    /** The job gave up before. */
    record GivenUp() implements Decision {}

    /** Why workers stop. */
    enum Why {
        SUSPENDED,
        NO_WORKERS,
        SPEC_CHANGED,
        GIVEN_UP
    }
}
