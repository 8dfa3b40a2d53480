package dev.openmath.worker.store;

import org.jspecify.annotations.Nullable;

/** The store did not do what it was asked for. The message names the bucket or endpoint and what to do about it. */
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What kind of trouble. */
    public enum Reason {
        StorageUnreachable,
        BucketNotFound,
        StorageAccessDenied,
        ConditionalWritesUnsupported
    }

    private final Reason reason;

    public StoreException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
