package dev.openmath.worker.loop;

/** Turns at the engine: how many ask at once, and who goes first. */
public interface EngineTurns {
    /** Waits for a turn of a sample that has begun already. */
    void acquire() throws InterruptedException;

    /** Gives a turn back. */
    void release();

    /** The engine answered. */
    void succeeded();

    /** The engine has too much to do. */
    void overloaded();
}
