package dev.openmath.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Observed state of a GenerationJob. Figures move at most every 10 s; a changed condition is written at once. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record GenerationJobStatus(
        @JsonPropertyDescription("Generation of the spec this status speaks of; -1 until first seen.") @Nullable
        Long observedGeneration,

        @Size(max = 63) @JsonPropertyDescription("Identity of the run: a hash of what the samples depend on.") @Nullable
        String runId,

        @JsonPropertyDescription("Number of the current generate Job.") @Nullable
        Integer attempt,

        @JsonPropertyDescription("When the job was first planned.") @Nullable
        String startTime,

        @JsonPropertyDescription("When the data set was complete.") @Nullable
        String completionTime,

        @Size(max = 32)
        @JsonPropertyDescription(
                "Ready, Reconciling, Stalled; Suspended, Complete, Failed; SandboxesReady, InferenceReady,"
                        + " StorageHealthy, CanaryPassed, ProgressFresh, Degraded.")
        @Nullable
        List<Condition> conditions,

        @JsonPropertyDescription("What is to be made.") @Nullable
        Plan plan,

        @JsonPropertyDescription("How far it is.") @Nullable Progress progress,

        @JsonPropertyDescription("What came out so far.") @Nullable
        Results results,

        @JsonPropertyDescription("How fast it goes.") @Nullable
        Throughput throughput,

        @JsonPropertyDescription("What it took: the sum over all commits.") @Nullable
        Usage usage,

        @JsonPropertyDescription("Worker pods.") @Nullable WorkersStatus workers,

        @Size(max = 10) @JsonPropertyDescription("Failures of pods by reason, newest kept.") @Nullable
        List<Failure> failures,

        @JsonPropertyDescription("The finished data set.") @Nullable
        OutputStatus output,

        @JsonPropertyDescription("Failures since something last went well, and when the next try is due.") @Nullable
        Backoff backoff,

        @Size(max = 253)
        @JsonPropertyDescription("Value of the annotation openmath.dev/retry that was acted on last.")
        @Nullable
        String observedRetry) {

    /** The plan. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Plan(
            @JsonPropertyDescription("Problems that passed the filter.") @Nullable
            Long problems,

            @JsonPropertyDescription("Samples to make.") @Nullable
            Long samples,

            @JsonPropertyDescription("Shards they are cut into.") @Nullable
            Long shards,

            @JsonPropertyDescription("SHA-256 of the plan as stored.") @Nullable
            String sha256,

            @JsonPropertyDescription("SHA-256 of the spec fields the plan was made from.") @Nullable
            String inputHash) {}

    /** How far the job is. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Progress(
            @JsonPropertyDescription("Samples.") @Nullable SampleCounts samples,
            @JsonPropertyDescription("Shards.") @Nullable ShardCounts shards,

            @JsonPropertyDescription("Finished samples of all planned, 0 to 100.") @Nullable
            Integer percent,

            @JsonPropertyDescription("Finished and planned samples, for people.") @Nullable
            String summary,

            @JsonPropertyDescription("When the last sample should be finished.") @Nullable
            String estimatedCompletionTime,

            @JsonPropertyDescription("Time left, for people.") @Nullable
            String remaining) {}

    /** Counts of samples. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record SampleCounts(
            @JsonPropertyDescription("Planned.") @Nullable Long total,

            @JsonPropertyDescription("In committed shards.") @Nullable
            Long committed,

            @JsonPropertyDescription("Finished: committed, or waiting for their shard to be.") @Nullable
            Long finished,

            @JsonPropertyDescription("Being made.") @Nullable
            Long inFlight,

            @JsonPropertyDescription("Given up after infrastructure failed too often.") @Nullable
            Long failed) {}

    /** Counts of shards. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record ShardCounts(
            @JsonPropertyDescription("Planned.") @Nullable Long total,
            @JsonPropertyDescription("Committed.") @Nullable Long committed,

            @JsonPropertyDescription("Leased by a worker.") @Nullable
            Long leased) {}

    /** What came out so far. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Results(
            @JsonPropertyDescription("Samples with the right answer.") @Nullable
            Long correct,

            @JsonPropertyDescription("Samples with a wrong answer.") @Nullable
            Long incorrect,

            @JsonPropertyDescription("Samples without an answer.") @Nullable
            Long noAnswer,

            @JsonPropertyDescription("Samples whose last block failed.") @Nullable
            Long codeErrors,

            @JsonPropertyDescription("Samples whose last block ran out of time.") @Nullable
            Long timeouts,

            @JsonPropertyDescription("Samples that executed no block.") @Nullable
            Long textOnly,

            @JsonPropertyDescription("Problems with at least one correct sample.") @Nullable
            Long problemsSolved,

            @JsonPropertyDescription("Solved problems of all, in thousandths.") @Nullable
            Integer coverageMilli,

            @JsonPropertyDescription("Solved problems of all, for people.") @Nullable
            String coverage) {}

    /** How fast the job goes. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Throughput(
            @JsonPropertyDescription("Finished samples per second over all workers, as a decimal string.") @Nullable
            String samplesPerSecond) {}

    /** What the job took: the sum over all commits, so it never falls. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Usage(
            @JsonPropertyDescription("Tokens of prompts.") @Nullable
            Long promptTokens,

            @JsonPropertyDescription("Tokens written by the model.") @Nullable
            Long outputTokens,

            @JsonPropertyDescription("Tokens of attempts that were thrown away.") @Nullable
            Long wastedTokens,

            @JsonPropertyDescription("Seconds that requests spent in the engine.") @Nullable
            Long engineSeconds,

            @JsonPropertyDescription("Executed code blocks.") @Nullable
            Long executions) {}

    /** Worker pods. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record WorkersStatus(
            @io.fabric8.kubernetes.model.annotation.StatusReplicas
            @JsonPropertyDescription("Worker pods that exist.")
            @Nullable
            Integer replicas,

            @JsonPropertyDescription("Worker pods whose engine and worker run.") @Nullable
            Integer ready,

            @JsonPropertyDescription("Worker pods wanted.") @Nullable
            Integer desired,

            @io.fabric8.kubernetes.model.annotation.LabelSelector
            @JsonPropertyDescription("Label selector of the worker pods, for /scale.")
            @Nullable
            String selector) {}

    /** Failures of pods with one reason. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Failure(
            @JsonPropertyDescription("Reason in CamelCase.") String reason,
            @JsonPropertyDescription("How often.") @Nullable Integer count,
            @JsonPropertyDescription("When last.") @Nullable String lastTime,

            @JsonPropertyDescription("Fixed sentence of the reason.") @Nullable
            String message) {}

    /** The finished data set. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record OutputStatus(
            @JsonPropertyDescription("Where it is: s3://bucket/prefix.") @Nullable
            String prefix,

            @JsonPropertyDescription("Number of the export.") @Nullable
            Integer revision,

            @JsonPropertyDescription("Exported rows.") @Nullable
            Long rows,

            @JsonPropertyDescription("Exported bytes.") @Nullable
            Long bytes,

            @JsonPropertyDescription("SHA-256 of the plan and the spec fields the export was made from.") @Nullable
            String inputHash) {}

    /** Failures in a row. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Backoff(
            @JsonPropertyDescription("Failed Jobs since something last went well.")
            Integer failures,

            @JsonPropertyDescription("UID of the Job that failed last, so that none counts twice.")
            String jobUid,

            @JsonPropertyDescription("When the next try is due.")
            String retryTime) {}
}
