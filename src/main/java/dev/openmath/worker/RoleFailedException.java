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

    public RoleFailedException(FailureReason reason, String message) {
        this(reason, message, null);
    }

    public RoleFailedException(FailureReason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
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
                        FailureReason.valueOf(store.reason().name()), String.valueOf(store.getMessage()), store);
            default ->
                new RoleFailedException(
                        FailureReason.InternalError,
                        "unexpected " + e.getClass().getName() + "; the log of the pod says where",
                        e);
        };
    }
}
