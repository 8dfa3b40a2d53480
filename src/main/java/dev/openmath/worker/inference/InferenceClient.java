package dev.openmath.worker.inference;

import java.util.Optional;

/** An engine that completes text. Calls block; they are made from virtual threads. */
public interface InferenceClient extends AutoCloseable {
    /**
     * Completes a prompt.
     *
     * @throws InferenceException if there is no completion
     */
    CompletionResult complete(CompletionRequest request) throws InferenceException, InterruptedException;

    /** Whether the engine answers its health check; the message says why not. */
    Health health() throws InterruptedException;

    /** What the engine says of its own load; empty if it says nothing. */
    Optional<EngineLoad> load() throws InterruptedException;

    /** Outcome of a health check. */
    record Health(boolean ready, String message) {}

    /**
     * Load of an engine.
     *
     * @param slots sequences it can decode at once; 0 if unknown
     * @param running sequences being decoded
     * @param waiting requests in its queue
     */
    record EngineLoad(int slots, int running, int waiting) {}

    @Override
    default void close() {}
}
