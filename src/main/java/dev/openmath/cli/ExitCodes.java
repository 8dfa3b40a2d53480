package dev.openmath.cli;

/** Exit codes of the offline commands. */
public final class ExitCodes {
    public static final int DONE = 0;
    /** The work failed. */
    public static final int FAILED = 1;
    /** The input was wrong. */
    public static final int WRONG_INPUT = 2;

    private ExitCodes() {}
}
