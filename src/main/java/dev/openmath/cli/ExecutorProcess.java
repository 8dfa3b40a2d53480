package dev.openmath.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The executor as a process of its own on this machine, from the project's sources and an environment with exactly the
 * locked packages. It refuses to start where it can't keep blocks in namespaces, unless that is allowed.
 */
final class ExecutorProcess implements LocalSandbox {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** The folder of the project, set by the launcher. */
    private static final String HOME_VARIABLE = "OPENMATH_HOME";

    private static final int KEPT_LINES = 5;
    private static final int STOP_SECONDS = 10;

    private final Process process;
    private final Thread hook;
    private final Runnable afterwards;
    private final ObjectNode ready;

    private ExecutorProcess(Process process, Thread hook, Runnable afterwards, ObjectNode ready) {
        this.process = process;
        this.hook = hook;
        this.afterwards = afterwards;
        this.ready = ready;
    }

    /**
     * Starts the executor from the project's sources and waits until it is ready.
     *
     * @param extra further arguments of the executor
     * @throws WrongInputException if that is not possible on this machine
     */
    static ExecutorProcess start(Launch launch, List<String> extra) {
        Path config = launch.config() == null ? defaultConfig(launch.unsafe() ? "Process" : "UserNamespace") : null;
        Path sources = sources();
        List<String> command = new ArrayList<>(List.of(
                python(sources).toString(),
                "-m",
                "openmath_sandbox",
                "--listen",
                launch.listen(),
                "--config",
                (config == null ? launch.config().toAbsolutePath() : config).toString()));
        command.addAll(extra);
        return run(
                new ProcessBuilder(command).directory(sources.toFile()),
                launch.echo(),
                ready -> {},
                () -> delete(config));
    }

    /** What is done with the executor's first line before anyone sees it. */
    interface Readiness {
        void accept(ObjectNode ready) throws IOException, InterruptedException;
    }

    /**
     * Runs a command that runs the executor, and waits for its first line.
     *
     * @param echo whether what it logs is passed on
     * @param afterwards once it has ended, or did not start
     * @throws WrongInputException if it ends before it is ready
     */
    static ExecutorProcess run(ProcessBuilder command, boolean echo, Readiness readiness, Runnable afterwards) {
        Process process = null;
        try {
            process = command.start();
            Process started = process;
            Deque<String> complaints = complaints(started, echo);
            // Not closed: what the executor says later must have somewhere to go.
            var output = new BufferedReader(new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8));
            String line = output.readLine();
            if (line == null) {
                started.waitFor();
                synchronized (complaints) {
                    throw new WrongInputException(String.join("\n", complaints));
                }
            }
            ObjectNode ready = (ObjectNode) JSON.readTree(line);
            readiness.accept(ready);
            Thread hook = Thread.ofPlatform().unstarted(() -> end(started, afterwards));
            Runtime.getRuntime().addShutdownHook(hook);
            return new ExecutorProcess(started, hook, afterwards, ready);
        } catch (IOException e) {
            end(process, afterwards);
            throw new WrongInputException(String.valueOf(e.getMessage()), e);
        } catch (InterruptedException e) {
            end(process, afterwards);
            Thread.currentThread().interrupt();
            throw new WrongInputException("interrupted while the executor was starting", e);
        } catch (WrongInputException e) {
            end(process, afterwards);
            throw e;
        }
    }

    private static void end(@Nullable Process process, Runnable afterwards) {
        if (process != null) {
            process.destroy();
            try {
                if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
        afterwards.run();
    }

    private static Path sources() {
        String home = System.getenv(HOME_VARIABLE);
        Path sources =
                Path.of(home == null ? "" : home, "src", "main", "python").toAbsolutePath();
        if (!Files.isExecutable(sources.resolve("venv"))) {
            throw new WrongInputException(
                    "the executor's sources are not at " + sources + "; start with bin/openmath, set " + HOME_VARIABLE
                            + " to the project's folder, or use --sandbox URL");
        }
        return sources;
    }

    /** The interpreter of the locked environment, made at first use. */
    private static Path python(Path sources) {
        try {
            Process venv = new ProcessBuilder(sources.resolve("venv").toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            String printed = new String(venv.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (venv.waitFor() == 0) {
                return Path.of(printed, "bin", "python");
            }
            throw new WrongInputException("the executor's Python environment could not be made; see above");
        } catch (IOException e) {
            throw new WrongInputException("the executor's Python environment could not be made: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WrongInputException("interrupted while the executor's Python environment was made", e);
        }
    }

    /** Settings of a local executor: as many blocks at once as there are processors. */
    static Path defaultConfig(String minimumTier) {
        int cores = Math.max(2, Runtime.getRuntime().availableProcessors());
        try {
            Path config = Files.createTempFile("openmath-sandbox", ".json");
            config.toFile().deleteOnExit();
            Files.writeString(
                    config,
                    "{\"runningPerPod\": %d, \"isolation\": {\"minimum\": \"%s\"}}".formatted(cores, minimumTier));
            // A container's user reads it too; it holds no secret.
            Files.setPosixFilePermissions(config, PosixFilePermissions.fromString("rw-r--r--"));
            return config;
        } catch (IOException e) {
            throw new WrongInputException("can't write a temporary file: " + e.getMessage(), e);
        }
    }

    static void delete(@Nullable Path file) {
        if (file != null) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                // goes at exit
            }
        }
    }

    /** Keeps the last lines of what a process logs, and the pipe from filling. */
    private static Deque<String> complaints(Process process, boolean echo) {
        Deque<String> lines = new ArrayDeque<>();
        var errors = new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
        Thread.ofVirtual().start(() -> {
            try (errors) {
                for (String line = errors.readLine(); line != null; line = errors.readLine()) {
                    if (echo) {
                        System.err.println(line);
                    }
                    synchronized (lines) {
                        lines.add(line);
                        if (lines.size() > KEPT_LINES) {
                            lines.remove();
                        }
                    }
                }
            } catch (IOException e) {
                // the process is gone
            }
        });
        return lines;
    }

    @Override
    public URI url() {
        return URI.create(ready.path("url").asText());
    }

    @Override
    public String token() {
        return ready.path("token").asText();
    }

    @Override
    public String document() {
        return ready.toString();
    }

    @Override
    public int waitFor() throws InterruptedException {
        return process.waitFor();
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return; // the machine is going down, and the hook does it
        }
        end(process, afterwards);
    }
}
