package dev.openmath.worker.loop;

import dev.openmath.worker.plan.Problem;
import dev.openmath.worker.plan.SampleKey;
import dev.openmath.worker.prompt.PromptRenderer;

/**
 * One sample to make.
 *
 * @param sessionKey names its sandbox session: differs between jobs and between owners of the shard
 */
public record SampleTask(
        SampleKey key,
        Problem problem,
        PromptRenderer renderer,
        LoopRules rules,
        long seed,
        int shard,
        String sessionKey) {}
