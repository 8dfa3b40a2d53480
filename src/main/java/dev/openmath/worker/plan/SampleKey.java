package dev.openmath.worker.plan;

/** Identity of a sample within a run. */
public record SampleKey(String dataset, String problemId, String variant, int sampleIndex) {
    /** For logs, sandbox sessions and messages. */
    @Override
    public String toString() {
        return dataset + "/" + problemId + "/" + variant + "/" + sampleIndex;
    }
}
