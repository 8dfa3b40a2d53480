package dev.openmath.worker.sandbox;

import java.util.Locale;

/** How the execution of a block ended, as the sandbox tells. */
public enum BlockClass {
    OK,
    ERROR,
    SYNTAX_ERROR,
    NO_OUTPUT,
    TIMEOUT,
    CPU_EXHAUSTED,
    MEMORY_EXCEEDED,
    PIDS_EXCEEDED,
    DISK_EXCEEDED,
    EXITED,
    CRASHED,
    /** The sandbox's own fault: tried again, never a row. */
    INFRA;

    /** The word on the wire and in rows. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The class of a word.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static BlockClass named(String label) {
        return valueOf(label.toUpperCase(Locale.ROOT));
    }
}
