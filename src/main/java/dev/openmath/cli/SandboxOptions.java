package dev.openmath.cli;

import dev.openmath.worker.grading.SymbolicVerifier;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a command finds its sandbox. */
final class SandboxOptions {
    static final String TOKEN_VARIABLE = "OPENMATH_SANDBOX_TOKEN";

    @Option(
            names = "--sandbox",
            paramLabel = "URL|local",
            defaultValue = "local",
            description = "The executor: its URL, with the token in " + TOKEN_VARIABLE
                    + ", or local (default): one is started here when the first answer needs it.")
    String sandbox = "local";

    @Option(
            names = "--unsafe-local",
            description = "With --sandbox local: run model-written code as this user even where it can't be isolated.")
    boolean unsafeLocal;

    /** The executor, reached or started at first use. */
    LazyVerifier open() {
        if (!sandbox.equals("local")) {
            checkedUrl(); // a wrong option is reported before any row is read
        }
        return new LazyVerifier();
    }

    private URI checkedUrl() {
        try {
            URI url = URI.create(sandbox);
            if (url.getHost() != null && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
                return url;
            }
        } catch (IllegalArgumentException e) {
            // reported below
        }
        throw new WrongInputException(
                "--sandbox: \"" + sandbox + "\" is neither local nor a URL; write for example http://127.0.0.1:8080");
    }

    /** Starts nothing while nobody asks: most answers need no computer algebra. */
    final class LazyVerifier implements AutoCloseable {
        private @Nullable LocalSandbox local;
        private @Nullable SymbolicVerifier verifier;

        SymbolicVerifier verifier() {
            return (pairs, grader, timeout) -> connected().verify(pairs, grader, timeout);
        }

        private synchronized SymbolicVerifier connected() {
            SymbolicVerifier known = verifier;
            if (known != null) {
                return known;
            }
            if (sandbox.equals("local")) {
                LocalSandbox started = LocalSandbox.start(unsafeLocal);
                local = started;
                known = new HttpVerifier(started.url(), started.token());
            } else {
                String token = System.getenv(TOKEN_VARIABLE);
                if (token == null || token.isBlank()) {
                    throw new WrongInputException("--sandbox " + sandbox + " needs a token: set " + TOKEN_VARIABLE);
                }
                known = new HttpVerifier(checkedUrl(), token.strip());
            }
            verifier = known;
            return known;
        }

        @Override
        public synchronized void close() {
            if (local != null) {
                local.close();
                local = null;
            }
        }
    }
}
