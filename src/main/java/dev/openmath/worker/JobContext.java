package dev.openmath.worker;

import dev.openmath.api.EffectiveSettings;
import dev.openmath.api.GenerationJobSpec;
import dev.openmath.api.Prompt;
import dev.openmath.worker.loop.LoopRules;
import dev.openmath.worker.plan.PlanEntry;
import dev.openmath.worker.plan.Planning.WantedVariant;
import dev.openmath.worker.plan.ProblemFiles;
import dev.openmath.worker.plan.ProblemSet;
import dev.openmath.worker.plan.SourceAccess;
import dev.openmath.worker.plan.VariantPrompts;
import dev.openmath.worker.prompt.PromptRenderer;
import dev.openmath.worker.store.RunLayout;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All that a job's spec and its inputs determine: problems with ids, prompts, rules, names of objects. */
public record JobContext(
        JobFile job, EffectiveSettings settings, RunLayout layout, ProblemSet problems, Map<String, Variant> variants) {

    /** A prompt variant, ready for use. */
    public record Variant(Prompt spec, PromptRenderer renderer, LoopRules rules) {}

    /**
     * Reads the inputs.
     *
     * @param promptMounts folder with one folder per variant that has a ConfigMap
     * @throws RoleFailedException InputUnreadable, SourceChanged or SpecInvalid
     */
    public static JobContext load(JobFile job, SourceAccess sources, Path promptMounts) {
        EffectiveSettings settings = job.settings();
        Map<String, Variant> variants = new LinkedHashMap<>();
        for (Prompt prompt : job.spec().prompts()) {
            try {
                PromptRenderer renderer = VariantPrompts.renderer(prompt, promptMounts);
                LoopRules rules = LoopRules.of(settings, renderer.markers(), renderer.delimiter());
                variants.put(prompt.name(), new Variant(prompt, renderer, rules));
            } catch (IllegalArgumentException e) {
                throw new RoleFailedException(FailureReason.InputUnreadable, String.valueOf(e.getMessage()), e);
            }
        }
        List<ProblemFiles.Content> contents = job.spec().problems().sources().stream()
                .map(source -> ProblemFiles.read(source, sources.open(source)))
                .toList();
        return new JobContext(
                job,
                settings,
                new RunLayout(job.runId()),
                ProblemSet.of(job.spec().problems(), contents),
                variants);
    }

    /** What the spec asks of each variant. */
    public List<WantedVariant> wanted() {
        return variants.values().stream()
                .map(v -> new WantedVariant(
                        v.spec().name(),
                        v.renderer().contentHash(),
                        v.spec().sources(),
                        v.spec().samplesPerProblem()))
                .toList();
    }

    public int samplesPerShard() {
        GenerationJobSpec.Sharding sharding = job.spec().sharding();
        return sharding == null || sharding.samplesPerShard() == null ? 2000 : sharding.samplesPerShard();
    }

    /** The problem a position of the plan means. */
    public dev.openmath.worker.plan.Problem problem(PlanEntry.Position position) {
        return problems.problems().get(position.problem());
    }
}
