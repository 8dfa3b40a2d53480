package dev.openmath.worker.inference;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The engine gave no completion. The message names the engine and the remedy, never a prompt. */
public final class InferenceException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What kind of trouble, and so what to do about it. */
    public enum Kind {
        /** 429 or 503: slower, then again. */
        OVERLOADED,
        /** No connection: wait until it is back. */
        UNREACHABLE,
        /** Wrong address, key or model: wait until somebody mends it. */
        MISCONFIGURED,
        /** 5xx or a broken answer: again, but not for ever. */
        FAULTY,
        /** 400: this request will never be answered. */
        REJECTED
    }

    private final Kind kind;
    private final transient @Nullable Duration retryAfter;

    public InferenceException(Kind kind, String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.retryAfter = retryAfter;
    }

    public Kind kind() {
        return kind;
    }

    /** What the engine asks for; null if nothing. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }
}
