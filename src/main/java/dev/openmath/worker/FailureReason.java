package dev.openmath.worker;

/** Why a role gave up; the operator shows the name as a condition's reason. */
public enum FailureReason {
    InputUnreadable(2),
    SourceChanged(2),
    PrefixInUse(2),
    SpecInvalid(2),
    ConditionalWritesUnsupported(2),
    BucketNotFound(1),
    StorageUnreachable(1),
    StorageAccessDenied(1),
    EngineUnreachable(1),
    SandboxUnreachable(1),
    ShardsOpen(1),
    DataCorrupt(1),
    InternalError(1);

    private final int exitCode;

    FailureReason(int exitCode) {
        this.exitCode = exitCode;
    }

    /** 2: the input has to be mended first; 1: trying again may help. */
    public int exitCode() {
        return exitCode;
    }
}
