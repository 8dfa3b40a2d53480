package dev.openmath.operator;

import dev.openmath.api.GenerationJobSpec;
import dev.openmath.api.Workers;

/** Specs with one thing changed. */
final class Specs {
    private Specs() {}

    static GenerationJobSpec suspended(GenerationJobSpec s, boolean suspend) {
        return new GenerationJobSpec(
                suspend,
                s.failurePolicy(),
                s.profile(),
                s.problems(),
                s.prompts(),
                s.sampling(),
                s.codeInterpreter(),
                s.grading(),
                s.model(),
                s.inference(),
                s.workers(),
                s.sharding(),
                s.canary(),
                s.output());
    }

    static GenerationJobSpec replicas(GenerationJobSpec s, int replicas) {
        Workers w = s.workers();
        return new GenerationJobSpec(
                s.suspend(),
                s.failurePolicy(),
                s.profile(),
                s.problems(),
                s.prompts(),
                s.sampling(),
                s.codeInterpreter(),
                s.grading(),
                s.model(),
                s.inference(),
                new Workers(
                        replicas,
                        w == null ? null : w.concurrency(),
                        w == null ? null : w.resources(),
                        w == null ? null : w.pod()),
                s.sharding(),
                s.canary(),
                s.output());
    }
}
