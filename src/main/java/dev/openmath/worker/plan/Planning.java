package dev.openmath.worker.plan;

import dev.openmath.worker.FailureReason;
import dev.openmath.worker.RoleFailedException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Decides what a plan has to gain. Pure: no I/O, no clock. */
public final class Planning {
    private Planning() {}

    /**
     * What the job asks of one variant.
     *
     * @param sources names of its sources; null for all
     */
    public record WantedVariant(
            String name, String promptSha256, @Nullable List<String> sources, int samplesPerProblem) {}

    /**
     * The entry that is missing so that the plan holds all that is wanted; empty if it does already.
     *
     * @param samplesPerShard used for new entries only
     * @throws RoleFailedException SourceChanged if a source or a prompt is no longer what was planned with; SpecInvalid
     *     if samples were taken back
     */
    public static Optional<PlanEntry> missing(
            Plan existing,
            String runId,
            int samplesPerShard,
            List<PlanEntry.SourceEntry> sources,
            List<WantedVariant> wanted) {
        checkSources(existing, sources);
        Map<String, Integer> planned = plannedSamples(existing);
        Map<String, PlanEntry.VariantEntry> first = firstEntries(existing);
        List<PlanEntry.VariantEntry> ranges = new ArrayList<>();
        for (WantedVariant variant : wanted) {
            int from = planned.getOrDefault(variant.name(), 0);
            checkPrompt(first.get(variant.name()), variant, from);
            if (variant.samplesPerProblem() > from) {
                ranges.add(new PlanEntry.VariantEntry(
                        variant.name(), variant.promptSha256(), variant.sources(), from, variant.samplesPerProblem()));
            }
        }
        if (ranges.isEmpty()) {
            return Optional.empty();
        }
        PlanEntry entry = new PlanEntry(
                dev.openmath.api.Labels.API_VERSION,
                runId,
                existing.entries().size(),
                existing.shards(),
                samplesPerShard,
                sources,
                ranges);
        if (entry.samples() == 0) {
            if (existing.entries().isEmpty()) {
                throw new RoleFailedException(
                        FailureReason.InputUnreadable,
                        "no problem is left to solve; check problems.filter and that the sources are not empty");
            }
            return Optional.empty();
        }
        return Optional.of(entry);
    }

    private static void checkSources(Plan existing, List<PlanEntry.SourceEntry> sources) {
        if (existing.entries().isEmpty()) {
            return;
        }
        List<PlanEntry.SourceEntry> planned = existing.entries().getFirst().sources();
        Map<String, PlanEntry.SourceEntry> byName = new HashMap<>();
        planned.forEach(source -> byName.put(source.name(), source));
        for (PlanEntry.SourceEntry source : sources) {
            PlanEntry.SourceEntry before = byName.get(source.name());
            if (before == null || !before.equals(source)) {
                throw new RoleFailedException(
                        FailureReason.SourceChanged,
                        "problem source \"" + source.name() + "\" is not what this run was planned with (SHA-256 "
                                + (before == null ? "none" : before.sha256()) + ", now " + source.sha256()
                                + "); restore its content, or start a new job with another output.s3.prefix");
            }
        }
    }

    private static void checkPrompt(PlanEntry.@Nullable VariantEntry before, WantedVariant now, int planned) {
        if (before == null) {
            return;
        }
        if (!before.promptSha256().equals(now.promptSha256())) {
            throw new RoleFailedException(
                    FailureReason.SourceChanged,
                    "template or examples of prompt \"" + now.name() + "\" are not what this run was planned with;"
                            + " restore them, or add a prompt of another name");
        }
        if (!java.util.Objects.equals(before.sources(), now.sources())) {
            throw new RoleFailedException(
                    FailureReason.SpecInvalid,
                    "prompts[" + now.name() + "].sources changed after planning; restore it, or add a prompt of another"
                            + " name");
        }
        if (now.samplesPerProblem() < planned) {
            throw new RoleFailedException(
                    FailureReason.SpecInvalid,
                    "prompts[" + now.name() + "].samplesPerProblem is " + now.samplesPerProblem() + ", but " + planned
                            + " are planned already; it may only grow");
        }
    }

    private static Map<String, Integer> plannedSamples(Plan existing) {
        Map<String, Integer> planned = new LinkedHashMap<>();
        for (PlanEntry entry : existing.entries()) {
            entry.variants().forEach(variant -> planned.merge(variant.name(), variant.to(), Math::max));
        }
        return planned;
    }

    private static Map<String, PlanEntry.VariantEntry> firstEntries(Plan existing) {
        Map<String, PlanEntry.VariantEntry> first = new HashMap<>();
        for (PlanEntry entry : existing.entries()) {
            entry.variants().forEach(variant -> first.putIfAbsent(variant.name(), variant));
        }
        return first;
    }
}
