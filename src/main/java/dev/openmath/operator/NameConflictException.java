package dev.openmath.operator;

import io.fabric8.kubernetes.api.model.HasMetadata;

/** A child's name is taken by an object that is not ours; it is never adopted. */
public final class NameConflictException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public NameConflictException(HasMetadata child, HasMetadata owner) {
        super("%s %s exists and does not belong to this %s; delete it, or give the %s another name"
                .formatted(child.getKind(), child.getMetadata().getName(), owner.getKind(), owner.getKind()));
    }
}
