package dev.openmath.worker.sandbox;

import org.jspecify.annotations.Nullable;

/** No sandbox ran the block. The message says what to do, and holds no code. */
public final class SandboxException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Whose trouble it is. */
    public enum Kind {
        /** No sandbox answers: wait. */
        UNAVAILABLE,
        /** All sandboxes are busy: wait. */
        FULL,
        /** Sandboxes answer, but are lost again and again with this very session. */
        POISONED,
        /** The sandbox refuses the request as such. */
        REJECTED
    }

    private final Kind kind;

    public SandboxException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
