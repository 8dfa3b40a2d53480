package dev.openmath.worker.grading;

/** The graders there are. */
public enum GraderKind {
    /** Reproduces the verdicts of the released OpenMathInstruct-1, wrong ones included. */
    OPEN_MATH_2024("OpenMath2024"),
    /** Mathematics first: an exact fast path, then Math-Verify. */
    MATH_VERIFY("MathVerify");

    private final String label;

    GraderKind(String label) {
        this.label = label;
    }

    /** The name used in specs, options, rows and on the wire. */
    public String label() {
        return label;
    }

    /**
     * The grader of a given name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static GraderKind named(String label) {
        for (GraderKind kind : values()) {
            if (kind.label.equals(label)) {
                return kind;
            }
        }
        throw new IllegalArgumentException("grader \"" + label + "\" is unknown; use OpenMath2024 or MathVerify");
    }
}
