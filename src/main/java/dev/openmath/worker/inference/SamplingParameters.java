package dev.openmath.worker.inference;

import dev.openmath.api.EffectiveSettings;
import java.math.BigDecimal;

/**
 * How tokens are drawn; all of it is sent with every request, because the defaults of servers differ.
 *
 * @param topK 0 is off
 */
public record SamplingParameters(double temperature, double topP, int topK) {
    /** Those of a job. Temperature 0 is greedy: temperature 1 over the single likeliest token. */
    public static SamplingParameters of(EffectiveSettings settings) {
        return settings.temperature().compareTo(BigDecimal.ZERO) == 0
                ? new SamplingParameters(1, 1, 1)
                : new SamplingParameters(
                        settings.temperature().doubleValue(), settings.topP().doubleValue(), settings.topK());
    }
}
