package dev.openmath.worker;

import dev.openmath.worker.store.StoreException;
import org.jspecify.annotations.Nullable;

/**
 * A role can't go on. The message says what is wrong and what to do about it, and holds no text of a problem, a sample
 * or a credential.
 */
public final class RoleFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final FailureReason reason;
    private final boolean passing;

    public RoleFailedException(FailureReason reason, String message) {
        this(reason, message, null);
    }

    public RoleFailedException(FailureReason reason, String message, @Nullable Throwable cause) {
        this(reason, message, cause, false);
    }

    private RoleFailedException(FailureReason reason, String message, @Nullable Throwable cause, boolean passing) {
        super(message, cause);
        this.reason = reason;
        this.passing = passing;
    }

    /** Trouble that may be over by itself: something did not answer. */
    public static RoleFailedException passing(FailureReason reason, String message, @Nullable Throwable cause) {
        return new RoleFailedException(reason, message, cause, true);
    }

    /** Whether the same may go well a little later, without anybody's doing. */
    public boolean isPassing() {
        return passing;
    }

    public FailureReason reason() {
        return reason;
    }

    /** The same for any exception; unknown ones are InternalError, named by class only. */
    public static RoleFailedException of(Throwable e) {
        return switch (e) {
            case RoleFailedException known -> known;
            case StoreException store ->
                new RoleFailedException(
                        FailureReason.valueOf(store.reason().name()),
                        String.valueOf(store.getMessage()),
                        store,
                        store.reason() == StoreException.Reason.StorageUnreachable);
            default ->
                new RoleFailedException(
                        FailureReason.InternalError,
                        "unexpected " + e.getClass().getName() + "; the log of the pod says where",
                        e);
        };
    }
}
