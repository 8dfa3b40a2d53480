package dev.openmath.api;

/** Label, annotation and group names of this project. */
public final class Labels {
    public static final String GROUP = "openmath.dev";
    public static final String API_VERSION = GROUP + "/v1alpha1";

    public static final String NAME = "app.kubernetes.io/name";
    public static final String INSTANCE = "app.kubernetes.io/instance";
    public static final String COMPONENT = "app.kubernetes.io/component";
    public static final String PART_OF = "app.kubernetes.io/part-of";
    public static final String MANAGED_BY = "app.kubernetes.io/managed-by";

    /** Value of {@link #PART_OF}. */
    public static final String OPENMATH = "openmath";
    /** Value of {@link #MANAGED_BY}: the field manager of all child objects. */
    public static final String OPERATOR = "openmath-operator";

    /** Name of the GenerationJob a child belongs to. */
    public static final String GENERATION_JOB = GROUP + "/generation-job";
    /** Name of the SandboxPool a child belongs to. */
    public static final String SANDBOX_POOL = GROUP + "/sandbox-pool";
    /** {@code plan}, {@code generate} or {@code finalize} on the pods of a job. */
    public static final String ROLE = GROUP + "/role";

    /** Number of the attempt on a generate Job and its pods. */
    public static final String ATTEMPT = GROUP + "/attempt";

    /** Annotation: any new value makes a failed job try again. */
    public static final String RETRY = GROUP + "/retry";
    /** Annotation on a child: SHA-256 of the inputs it was made from. */
    public static final String INPUT_HASH = GROUP + "/input-hash";

    /** Annotation on a generate Job: SHA-256 of the plan it was started for. */
    public static final String PLAN_HASH = GROUP + "/plan-hash";

    private Labels() {}
}
