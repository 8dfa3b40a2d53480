package dev.openmath.api;

/** Types of conditions; kstatus reads Ready, Reconciling and Stalled. */
public final class ConditionTypes {
    public static final String READY = "Ready";
    public static final String RECONCILING = "Reconciling";
    public static final String STALLED = "Stalled";
    public static final String SUSPENDED = "Suspended";
    public static final String COMPLETE = "Complete";
    public static final String FAILED = "Failed";
    public static final String SANDBOXES_READY = "SandboxesReady";
    public static final String INFERENCE_READY = "InferenceReady";
    public static final String STORAGE_HEALTHY = "StorageHealthy";
    public static final String CANARY_PASSED = "CanaryPassed";
    public static final String PROGRESS_FRESH = "ProgressFresh";
    public static final String DEGRADED = "Degraded";
    public static final String ISOLATION_PROVEN = "IsolationProven";

    private ConditionTypes() {}
}
