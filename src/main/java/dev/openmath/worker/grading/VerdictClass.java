package dev.openmath.worker.grading;

/** How a verdict came about. */
public enum VerdictClass {
    OK("ok"),
    TIMEOUT("timeout"),
    INFRA("infra");

    private final String label;

    VerdictClass(String label) {
        this.label = label;
    }

    /** The word used in rows and on the wire. */
    public String label() {
        return label;
    }

    /**
     * The class of a given word.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static VerdictClass named(String label) {
        for (VerdictClass value : values()) {
            if (value.label.equals(label)) {
                return value;
            }
        }
        throw new IllegalArgumentException("verdict class \"" + label + "\" is unknown");
    }
}
