package dev.openmath.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.IntOrString;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Desired state of a GenerationJob. Unset optional fields take the profile's value: {@link EffectiveSettings}. */
@ValidationRule(
        value =
                "self.prompts.all(p, !has(p.sources) || p.sources.all(n, self.problems.sources.exists(s, s.name == n)))",
        message = "prompts[].sources names a source that problems.sources does not have; write one of its names, or"
                + " leave prompts[].sources out to use all")
@ValidationRule(
        value = "self.inference.type != 'Colocated' || has(self.model.source)",
        message =
                "model.source is required when inference.type is Colocated: say where the engine loads the model from")
@ValidationRule(
        value = "!(self.inference.type == 'Colocated' && self.inference.colocated.engine == 'LlamaCpp'"
                + " && has(self.model.source)) || self.model.source.type in ['EngineImage', 'PersistentVolumeClaim']",
        message = "engine LlamaCpp loads a GGUF file: set model.source.type to EngineImage or PersistentVolumeClaim and"
                + " its path")
@ValidationRule(
        value =
                "!has(self.sampling) || !has(self.sampling.maxTokens) || self.sampling.maxTokens < self.model.maxModelLength",
        message = "sampling.maxTokens must be smaller than model.maxModelLength, which holds prompt and completion")
public record GenerationJobSpec(
        @Default("false")
        @JsonPropertyDescription("Stops all workers while true; finished samples stay, and setting it to false goes on"
                + " where the job stopped. May change at any time.")
        @Nullable
        Boolean suspend,

        @Default("{}") @JsonPropertyDescription("When the job gives up.") @Nullable
        FailurePolicy failurePolicy,

        @Required
        @JsonPropertyDescription("Set of defaults for sampling, code interpreter, grading and extraction:"
                + " openmathinstruct-1 reproduces the pipeline of 2024, modern is what one would do today. Explicit"
                + " fields override it. Frozen once planned.")
        Profile profile,

        @Required @JsonPropertyDescription("The problems to solve. Frozen once planned.")
        Problems problems,

        @Required
        @Size(min = 1, max = 16)
        @JsonPropertyDescription(
                "Prompt variants; each problem gets samplesPerProblem samples of each. Items may be added"
                        + " and samplesPerProblem may grow while the job runs; finished samples are kept.")
        List<Prompt> prompts,

        @JsonPropertyDescription("Sampling parameters sent to the engine. Frozen once planned.") @Nullable
        Sampling sampling,

        @Required @JsonPropertyDescription("How code blocks of a completion are executed.")
        CodeInterpreter codeInterpreter,

        @JsonPropertyDescription("How a predicted answer is compared to the expected one. Frozen once planned.")
        @Nullable
        Grading grading,

        @Required @JsonPropertyDescription("The model that writes the solutions. Frozen once planned.")
        Model model,

        @Required @JsonPropertyDescription("Where the model runs.")
        Inference inference,

        @Default("{}") @JsonPropertyDescription("Worker pods.") @Nullable
        Workers workers,

        @Default("{}") @JsonPropertyDescription("How the plan is cut and how often results are stored.") @Nullable
        Sharding sharding,

        @Default("{}")
        @JsonPropertyDescription("A check of the first samples before the accelerators burn. May change at any time.")
        @Nullable
        Canary canary,

        @Required @JsonPropertyDescription("Where the data set goes, and in what form.")
        Output output) {

    /** When the job gives up. */
    public record FailurePolicy(
            @Default("\"1%\"")
            @JsonPropertyDescription(
                    "Number or percentage of planned samples that infrastructure may defeat before the job"
                            + " fails. Default 1%.")
            @Nullable
            IntOrString maxFailedSamples,

            @Default("10")
            @io.fabric8.generator.annotation.Min(0)
            @io.fabric8.generator.annotation.Max(1000)
            @JsonPropertyDescription("Counted failures of one worker pod before its index is given up. Default 10.")
            @Nullable
            Integer backoffLimitPerWorker) {}

    /** How a predicted answer is compared to the expected one. */
    public record Grading(
            @JsonPropertyDescription(
                    "OpenMath2024 reproduces the verdicts of 2024; MathVerify compares mathematically. Default: the"
                            + " profile's.")
            @Nullable
            Grader grader,

            @io.fabric8.generator.annotation.Min(1)
            @io.fabric8.generator.annotation.Max(600)
            @JsonPropertyDescription("Seconds for one comparison. Default 10.")
            @Nullable
            Integer timeoutSeconds) {}

    /** Graders; the name is recorded with the data set. */
    public enum Grader {
        OpenMath2024,
        MathVerify
    }

    /** How the plan is cut into shards and how often results are stored. */
    public record Sharding(
            @Default("2000")
            @io.fabric8.generator.annotation.Min(1)
            @io.fabric8.generator.annotation.Max(100000)
            @JsonPropertyDescription(
                    "Samples per shard, the unit that one worker leases. Frozen once planned. Default 2000.")
            @Nullable
            Integer samplesPerShard,

            @Default("60")
            @io.fabric8.generator.annotation.Min(1)
            @io.fabric8.generator.annotation.Max(3600)
            @JsonPropertyDescription("Seconds between two writes of finished samples to storage. Default 60.")
            @Nullable
            Integer flushSeconds,

            @Default("60")
            @io.fabric8.generator.annotation.Min(10)
            @io.fabric8.generator.annotation.Max(3600)
            @JsonPropertyDescription(
                    "Seconds until another worker may take over the shard of a silent one. Default 60.")
            @Nullable
            Integer leaseSeconds) {}

    /** A check of the first samples. */
    public record Canary(
            @Default("64")
            @io.fabric8.generator.annotation.Min(0)
            @io.fabric8.generator.annotation.Max(100000)
            @JsonPropertyDescription("Finished samples after which the check is made; 0 switches it off. Default 64.")
            @Nullable
            Integer samples,

            @Default("1")
            @io.fabric8.generator.annotation.Min(0)
            @io.fabric8.generator.annotation.Max(100)
            @JsonPropertyDescription("Percentage of them that must be correct. Default 1.")
            @Nullable
            Integer minCorrectPercent,

            @Default("25")
            @io.fabric8.generator.annotation.Min(0)
            @io.fabric8.generator.annotation.Max(100)
            @JsonPropertyDescription("Percentage of them that must have executed a code block. Default 25.")
            @Nullable
            Integer minExecutedPercent) {}
}
