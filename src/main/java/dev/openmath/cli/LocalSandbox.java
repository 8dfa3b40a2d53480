package dev.openmath.cli;

import java.net.URI;
import java.util.ServiceLoader;

/** An executor on this machine, started for one command and stopped with it. */
public interface LocalSandbox extends AutoCloseable {
    URI url();

    String token();

    @Override
    void close();

    /** Starts executors; found by {@link ServiceLoader}. */
    interface Starter {
        /**
         * Starts an executor and waits until it is ready.
         *
         * @param unsafe whether it may run without isolation from this user's files and network
         * @throws WrongInputException if this machine can't isolate it and that was not allowed; says what to do
         */
        LocalSandbox start(boolean unsafe);
    }

    /**
     * Starts an executor here.
     *
     * @throws WrongInputException if that is not possible; says what to do instead
     */
    static LocalSandbox start(boolean unsafe) {
        return ServiceLoader.load(Starter.class)
                .findFirst()
                .orElseThrow(() -> new WrongInputException("--sandbox local: this build has no executor to start here;"
                        + " use --sandbox URL with OPENMATH_SANDBOX_TOKEN set"))
                .start(unsafe);
    }
}
