package dev.openmath.cli;

import dev.openmath.worker.grading.SymbolicVerifier;
import dev.openmath.worker.sandbox.ExecutorClient;
import dev.openmath.worker.sandbox.ExecutorVerifier;
import dev.openmath.worker.sandbox.SandboxSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a command finds its sandbox. */
final class SandboxOptions {
    static final String TOKEN_VARIABLE = "OPENMATH_SANDBOX_TOKEN";

    /** How long an executor may be away before rows go without a verdict. */
    private static final Duration PATIENCE = Duration.ofSeconds(8);
    /** Of sessions; comparisons need none. */
    private static final SandboxSettings SETTINGS =
            new SandboxSettings("IPython", Duration.ofSeconds(10), Duration.ofSeconds(60), 1000, 1, 1);

    @Option(
            names = "--sandbox",
            paramLabel = "URL|local",
            defaultValue = "local",
            description = "The executor: its URL, with the token in " + TOKEN_VARIABLE
                    + ", or local (default): one is started here when the first answer needs it.")
    String sandbox = "local";

    @Option(
            names = "--sandbox-token-file",
            paramLabel = "FILE",
            description = "Where the token of --sandbox URL is, instead of in " + TOKEN_VARIABLE + ".")
    @Nullable
    Path tokenFile;

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

    /**
     * The executor, reached or started now.
     *
     * @throws WrongInputException if it can't be started here, or its token is missing
     */
    Executor executor() {
        if (sandbox.equals("local")) {
            LocalSandbox started = LocalSandbox.start(LocalSandbox.Launch.quiet(unsafeLocal));
            return new Executor(started.url(), started.token(), started);
        }
        return new Executor(checkedUrl(), token(), null);
    }

    /** An executor to talk to; closing it stops it if it was started for this. */
    record Executor(URI url, String token, @Nullable LocalSandbox local) implements AutoCloseable {
        @Override
        public void close() {
            if (local != null) {
                local.close();
            }
        }
    }

    private String token() {
        String token;
        try {
            token = tokenFile != null ? Files.readString(tokenFile) : System.getenv(TOKEN_VARIABLE);
        } catch (IOException e) {
            throw new WrongInputException("--sandbox-token-file: can't read " + tokenFile, e);
        }
        if (token == null || token.isBlank()) {
            throw new WrongInputException("--sandbox " + sandbox + " needs a token: set " + TOKEN_VARIABLE
                    + ", or give --sandbox-token-file FILE");
        }
        return token.strip();
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
        private @Nullable Executor executor;
        private @Nullable ExecutorClient client;
        private @Nullable SymbolicVerifier verifier;
        private @Nullable WrongInputException missing;

        /** Where no sandbox can be had, what needs one gets no verdict; see {@link #missing}. */
        SymbolicVerifier verifier() {
            return (pairs, grader, timeout) -> connected().verify(pairs, grader, timeout);
        }

        /** Why no sandbox could be had when one was needed. */
        synchronized Optional<WrongInputException> missing() {
            return Optional.ofNullable(missing);
        }

        private synchronized SymbolicVerifier connected() {
            SymbolicVerifier known = verifier;
            if (known == null) {
                try {
                    known = new ExecutorVerifier(connect(), PATIENCE);
                } catch (WrongInputException e) {
                    missing = e;
                    known = SymbolicVerifier.unavailable();
                }
                verifier = known;
            }
            return known;
        }

        private ExecutorClient connect() {
            Executor reached = executor();
            executor = reached;
            ExecutorClient opened = ExecutorClient.at(reached.url(), reached.token(), SETTINGS, Clock.systemUTC());
            client = opened;
            try {
                if (opened.refusesToken()) {
                    throw new WrongInputException("the sandbox refused the token: mend " + TOKEN_VARIABLE
                            + ", or what --sandbox-token-file names");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return opened;
        }

        @Override
        public synchronized void close() {
            if (client != null) {
                client.close();
                client = null;
            }
            if (executor != null) {
                executor.close();
                executor = null;
            }
        }
    }
}
