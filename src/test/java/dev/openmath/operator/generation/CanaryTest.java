package dev.openmath.operator.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openmath.api.GenerationJob;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CanaryTest {
    /** Bounds are inclusive: exactly the wanted share passes. */
    @ParameterizedTest(name = "{0} finished, {1} correct, {2} without code: {3}")
    @CsvSource({
        "19, 0, 19, waits",
        "20, 2, 10, passes",
        "20, 1, 10, canary.minCorrectPercent",
        "20, 2, 11, canary.minExecutedPercent",
        "40, 4, 20, passes",
    })
    void judgesTheFirstSamples(long finished, long correct, long textOnly, String expected) {
        GenerationJob job = job(20, 1000);
        Figures figures = figures(finished, correct, textOnly);
        if (expected.equals("waits")) {
            assertThat(Canary.isDue(job, figures)).isFalse();
            return;
        }
        assertThat(Canary.isDue(job, figures)).isTrue();
        String message = Canary.verdict(job, figures).map(t -> t.message()).orElse("passes");
        assertThat(message).contains(expected);
    }

    @Test
    void aPlanSmallerThanTheCanaryIsJudgedWhole() {
        GenerationJob job = job(64, 8);
        assertThat(Canary.isDue(job, figures(7, 7, 0))).isFalse();
        assertThat(Canary.isDue(job, figures(8, 8, 0))).isTrue();
    }

    @Test
    void zeroSwitchesItOff() {
        assertThat(Canary.isPending(job(0, 1000))).isFalse();
        assertThat(Canary.verdict(job(0, 1000), figures(500, 0, 500))).isEmpty();
    }

    private static GenerationJob job(int canary, int planned) {
        return Serialization.unmarshal("""
                apiVersion: openmath.dev/v1alpha1
                kind: GenerationJob
                metadata: {name: job, namespace: data}
                spec:
                  canary: {samples: %d, minCorrectPercent: 10, minExecutedPercent: 50}
                status:
                  plan: {problems: 10, samples: %d, shards: 1, sha256: abc}
                """.formatted(canary, planned), GenerationJob.class);
    }

    private static Figures figures(long finished, long correct, long textOnly) {
        return new Figures(
                0, finished, 0, 0, 0, 1, correct, finished - correct, 0, 0, 0, textOnly, correct, 1, null, true);
    }
}
