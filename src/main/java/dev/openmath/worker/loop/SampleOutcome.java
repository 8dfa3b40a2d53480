package dev.openmath.worker.loop;

import dev.openmath.worker.dataset.Usage;

/** What became of a sample. */
public sealed interface SampleOutcome {
    /** Done, whatever its answer. */
    record Finished(Transcript transcript) implements SampleOutcome {}

    /** Infrastructure defeated it beyond its budget. */
    record Failed(String reason, int attempts, Usage usage) implements SampleOutcome {}
}
