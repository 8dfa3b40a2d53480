package dev.openmath.operator.generation;

import dev.openmath.api.GenerationJob;
import dev.openmath.api.GenerationJobSpec;
import dev.openmath.api.GenerationJobStatus;
import dev.openmath.api.RunIdentity;
import dev.openmath.operator.Hashes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which parts of a spec each step depends on. Hashes of the spec only, never of what the operator adds to it: an
 * upgrade of the operator starts nothing again.
 */
final class SpecHashes {
    private SpecHashes() {}

    /** What the plan's content depends on; it differs again when the plan may grow. */
    static String plan(GenerationJobSpec spec) {
        return of(
                RunIdentity.canonicalJson(spec),
                spec.problems(),
                spec.prompts(),
                spec.sharding() == null ? null : spec.sharding().samplesPerShard(),
                spec.output().s3().bucket(),
                spec.output().s3().prefix());
    }

    /** What a plan pod depends on: mending any of it starts planning again. */
    static String planPod(GenerationJobSpec spec) {
        return of(
                plan(spec),
                spec.output(),
                spec.workers() == null ? null : spec.workers().pod());
    }

    /** What a generate pod depends on: a change drains the workers and starts the next attempt. */
    static String generatePod(GenerationJobSpec spec) {
        return of(
                spec.inference(),
                spec.model(),
                spec.codeInterpreter().sandboxPoolRef(),
                spec.output().s3(),
                spec.prompts().stream()
                        .map(p -> p.fewShot() == null ? null : p.fewShot().configMap())
                        .toList(),
                spec.workers() == null ? null : spec.workers().pod(),
                spec.workers() == null ? null : spec.workers().resources());
    }

    /** What the exported data set depends on. */
    static String finalizing(GenerationJob job) {
        GenerationJobStatus.Plan plan = Objects.requireNonNull(job.getStatus().plan());
        return of(
                plan.sha256(),
                plan.samples(),
                job.getSpec().output().formats(),
                job.getSpec().output().rows());
    }

    /** What a finalize pod depends on: mending any of it starts the export again. */
    static String finalizePod(GenerationJob job) {
        return of(
                finalizing(job),
                job.getSpec().output(),
                job.getSpec().workers() == null ? null : job.getSpec().workers().pod());
    }

    private static String of(@Nullable Object... parts) {
        List<Object> values = new ArrayList<>();
        Arrays.stream(parts).forEach(p -> values.add(p == null ? "" : p));
        return Hashes.sha256(values);
    }
}
