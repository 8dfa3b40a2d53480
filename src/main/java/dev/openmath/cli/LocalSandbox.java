package dev.openmath.cli;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An executor on this machine, started for one command and stopped with it. */
public interface LocalSandbox extends AutoCloseable {
    URI url();

    String token();

    /** What the executor says when it is ready, as one line of JSON: url, managementUrl, token, capabilities. */
    String document();

    /** Waits until the executor ends, and returns its exit code. */
    int waitFor() throws InterruptedException;

    @Override
    void close();

    /**
     * How to start it.
     *
     * @param listen host and port, port 0 for a free one
     * @param config the fields of a SandboxPool as JSON, or null for settings that fit this machine
     * @param unsafe whether it may run without isolation from this user's files and network
     * @param echo whether its log goes to standard error
     */
    record Launch(String listen, @Nullable Path config, boolean unsafe, boolean echo) {
        static Launch quiet(boolean unsafe) {
            return new Launch("127.0.0.1:0", null, unsafe, false);
        }
    }

    /**
     * Starts an executor and waits until it is ready: in namespaces of this user where they are allowed, else in a
     * container.
     *
     * @throws WrongInputException if neither is possible; says what to do instead
     */
    static LocalSandbox start(Launch launch) {
        return start(launch, List.of());
    }

    /** With further arguments of the executor where it runs as this user. */
    static LocalSandbox start(Launch launch, List<String> extra) {
        String here;
        try {
            return ExecutorProcess.start(launch, extra);
        } catch (WrongInputException e) {
            here = String.valueOf(e.getMessage());
            if (launch.unsafe()) {
                throw new WrongInputException("the executor did not start here:\n" + here, e);
            }
        }
        try {
            LocalSandbox sandbox = DockerSandbox.start(launch);
            System.err.println("openmath: no namespaces here; code runs in a container of " + DockerSandbox.IMAGE);
            return sandbox;
        } catch (WrongInputException e) {
            throw new WrongInputException(
                    "no sandbox can be started here.\nIn namespaces of this user: " + here + "\nIn a container: "
                            + e.getMessage()
                            + "\nRun where user namespaces are allowed, build the image with \"make images\", use"
                            + " --sandbox URL, or let model-written code run as you with --unsafe-local.",
                    e);
        }
    }
}
