package dev.openmath.operator.generation;

import dev.openmath.api.ConditionTypes;
import dev.openmath.api.GenerationJob;
import dev.openmath.api.GenerationJobSpec;
import dev.openmath.operator.Conditions;
import dev.openmath.operator.Trouble;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The check of the first samples, before more workers start. Pure. */
final class Canary {
    private Canary() {}

    /** Whether the check is wanted and not passed yet. */
    static boolean isPending(GenerationJob job) {
        return samples(job) > 0 && !hasPassed(job);
    }

    static boolean hasPassed(GenerationJob job) {
        return job.getStatus() != null && Conditions.isTrue(job.getStatus().conditions(), ConditionTypes.CANARY_PASSED);
    }

    /** Whether enough samples are finished to judge. */
    static boolean isDue(GenerationJob job, Figures figures) {
        return isPending(job) && figures.finished() >= Math.min(samples(job), planned(job));
    }

    /** Why the first samples are too bad to go on, if they are. */
    static Optional<Trouble> verdict(GenerationJob job, Figures figures) {
        if (!isDue(job, figures) || figures.finished() == 0) {
            return Optional.empty();
        }
        GenerationJobSpec.Canary canary = job.getSpec().canary();
        int minCorrect = or(canary == null ? null : canary.minCorrectPercent(), 1);
        int minExecuted = or(canary == null ? null : canary.minExecutedPercent(), 25);
        if (figures.correct() * 100 < (long) minCorrect * figures.finished()) {
            return Optional.of(new Trouble(
                    "CanaryFailed",
                    "Of the first %d samples %d are correct, fewer than canary.minCorrectPercent %d; check model, prompt and problems, or lower it"
                            .formatted(figures.finished(), figures.correct(), minCorrect)));
        }
        long executed = figures.finished() - figures.textOnly();
        if (executed * 100 < (long) minExecuted * figures.finished()) {
            return Optional.of(new Trouble(
                    "CanaryFailed",
                    "Of the first %d samples %d executed code, fewer than canary.minExecutedPercent %d; check model and prompt, or lower it"
                            .formatted(figures.finished(), executed, minExecuted)));
        }
        return Optional.empty();
    }

    private static long planned(GenerationJob job) {
        return job.getStatus() == null
                        || job.getStatus().plan() == null
                        || job.getStatus().plan().samples() == null
                ? Long.MAX_VALUE
                : job.getStatus().plan().samples();
    }

    private static int samples(GenerationJob job) {
        GenerationJobSpec.Canary canary = job.getSpec().canary();
        return or(canary == null ? null : canary.samples(), 64);
    }

    private static int or(@Nullable Integer value, int fallback) {
        return value == null ? fallback : value;
    }
}
