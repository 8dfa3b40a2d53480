package dev.openmath.cli;

import java.net.URI;

/** An executor on this machine, started for one command and stopped with it. */
public interface LocalSandbox extends AutoCloseable {
    URI url();

    String token();

    @Override
    void close();

    /**
     * Starts an executor and waits until it is ready.
     *
     * @param unsafe whether it may run without isolation from this user's files and network
     * @throws WrongInputException if that is not possible; says what to do instead
     */
    static LocalSandbox start(boolean unsafe) {
        return ExecutorProcess.start(unsafe);
    }
}
