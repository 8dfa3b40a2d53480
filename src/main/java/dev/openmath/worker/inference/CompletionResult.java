package dev.openmath.worker.inference;

/** What an engine answered. */
public sealed interface CompletionResult {
    /**
     * A completion.
     *
     * @param text with the stop string that ended it, if one did
     * @param promptTokens tokens of the prompt, cached ones included
     */
    record Completion(String text, Finish finish, int promptTokens, int outputTokens) implements CompletionResult {}

    /** The prompt leaves no room in the model's context. */
    record ContextOverflow() implements CompletionResult {}

    /** Why a completion ended. */
    enum Finish {
        /** A stop string or the end of the text. */
        STOP,
        /** The round's tokens are used up. */
        LENGTH,
        /** The context is full. */
        CONTEXT
    }
}
