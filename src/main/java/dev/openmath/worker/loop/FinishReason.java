package dev.openmath.worker.loop;

import java.util.Locale;

/** Why a conversation ended. */
public enum FinishReason {
    /** The model had said all. */
    STOP,
    /** A round used up its tokens. */
    LENGTH,
    /** A block failed and the rules stop there. */
    CODE_ERROR,
    /** The allowed blocks are used up. */
    MAX_EXECUTIONS,
    /** The model's context is full. */
    CONTEXT_OVERFLOW;

    /** The word in rows. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
