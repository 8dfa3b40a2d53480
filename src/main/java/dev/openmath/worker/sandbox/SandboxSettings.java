package dev.openmath.worker.sandbox;

import dev.openmath.api.EffectiveSettings;
import java.time.Duration;

/**
 * What a job asks of sandboxes.
 *
 * @param semantics name as in the executor's protocol
 * @param blockTimeout of one block, queueing not included
 * @param queueTimeout how long the executor may let a block wait
 * @param maxLosses of one session, before it is held to be the cause
 */
public record SandboxSettings(
        String semantics,
        Duration blockTimeout,
        Duration queueTimeout,
        int maxOutputCharacters,
        int maxExecutions,
        int maxLosses) {
    public static SandboxSettings of(EffectiveSettings settings) {
        return new SandboxSettings(
                settings.semantics().name(),
                Duration.ofSeconds(settings.timeoutSeconds()),
                Duration.ofSeconds(60),
                settings.maxOutputCharacters(),
                Math.max(1, settings.maxExecutions()),
                5);
    }

    /** A client that waited this long hears nothing any more. */
    Duration requestTimeout() {
        return queueTimeout.plus(blockTimeout).plusSeconds(5);
    }
}
