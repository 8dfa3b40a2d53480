package dev.openmath.worker.loop;

/** What a conversation needs next. */
public sealed interface Step {
    /** The model's next words. */
    record Complete(int maxTokens) implements Step {}

    /** The outcome of a block. */
    record Execute(String code) implements Step {}

    /** Nothing. */
    record Finished(FinishReason reason) implements Step {}
}
