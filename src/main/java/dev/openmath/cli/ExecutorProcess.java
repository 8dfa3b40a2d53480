package dev.openmath.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
    private final Path config;
    private final Thread hook;
    private final URI url;
    private final String token;

    private ExecutorProcess(Process process, Path config, Thread hook, URI url, String token) {
        this.process = process;
        this.config = config;
        this.hook = hook;
        this.url = url;
        this.token = token;
    }

    /**
     * Starts the executor and waits until it is ready.
     *
     * @throws WrongInputException if that is not possible on this machine
     */
    static ExecutorProcess start(boolean unsafe) {
        Path config = defaultConfig(unsafe);
        Process process = null;
        try {
            process = builder(List.of("--listen", "127.0.0.1:0", "--config", config.toString()))
                    .start();
            Process started = process;
            Deque<String> complaints = complaints(started);
            Thread hook = Thread.ofPlatform().unstarted(started::destroy);
            Runtime.getRuntime().addShutdownHook(hook);
            // Not closed: what the executor says later must have somewhere to go.
            var output = new BufferedReader(new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8));
            String ready = output.readLine();
            if (ready == null) {
                started.waitFor();
                throw notStarted(complaints, unsafe);
            }
            JsonNode answer = JSON.readTree(ready);
            return new ExecutorProcess(
                    started,
                    config,
                    hook,
                    URI.create(answer.path("url").asText()),
                    answer.path("token").asText());
        } catch (IOException e) {
            if (process != null) {
                process.destroy();
            }
            throw new WrongInputException("the executor did not start: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new WrongInputException("interrupted while the executor was starting", e);
        }
    }

    private static WrongInputException notStarted(Deque<String> complaints, boolean unsafe) {
        String advice = unsafe
                ? ""
                : "\nRun where user namespaces are allowed, use --sandbox URL, or allow model-written code to run as"
                        + " you with --unsafe-local.";
        synchronized (complaints) {
            return new WrongInputException(
                    "the executor did not start here:\n" + String.join("\n", complaints) + advice);
        }
    }

    /**
     * Runs the executor in the foreground until it ends.
     *
     * @param config settings, or null for those of a local sandbox
     * @return its exit code
     */
    static int runInForeground(String listen, @Nullable Path config, boolean unsafe)
            throws IOException, InterruptedException {
        Path settings = config == null ? defaultConfig(unsafe) : config.toAbsolutePath();
        Process process = builder(List.of("--listen", listen, "--config", settings.toString()))
                .inheritIO()
                .start();
        Thread hook = Thread.ofPlatform().unstarted(() -> {
            process.destroy();
            try {
                process.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Runtime.getRuntime().addShutdownHook(hook);
        return process.waitFor();
    }

    private static ProcessBuilder builder(List<String> arguments) throws IOException, InterruptedException {
        Path sources = sources();
        List<String> command = new ArrayList<>(List.of(python(sources).toString(), "-m", "openmath_sandbox"));
        command.addAll(arguments);
        return new ProcessBuilder(command).directory(sources.toFile());
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
    private static Path python(Path sources) throws IOException, InterruptedException {
        Process venv = new ProcessBuilder(sources.resolve("venv").toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String printed = new String(venv.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (venv.waitFor() != 0) {
            throw new WrongInputException("the executor's Python environment could not be made; see above");
        }
        return Path.of(printed, "bin", "python");
    }

    private static Path defaultConfig(boolean unsafe) {
        int cores = Math.max(2, Runtime.getRuntime().availableProcessors());
        try {
            Path config = Files.createTempFile("openmath-sandbox", ".json");
            config.toFile().deleteOnExit();
            Files.writeString(
                    config,
                    "{\"runningPerPod\": %d, \"isolation\": {\"minimum\": \"%s\"}}"
                            .formatted(cores, unsafe ? "Process" : "UserNamespace"));
            return config;
        } catch (IOException e) {
            throw new WrongInputException("can't write a temporary file: " + e.getMessage(), e);
        }
    }

    /** Keeps the last lines of what a process logs, and the pipe from filling. */
    private static Deque<String> complaints(Process process) {
        Deque<String> lines = new ArrayDeque<>();
        var errors = new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
        Thread.ofVirtual().start(() -> {
            try (errors) {
                for (String line = errors.readLine(); line != null; line = errors.readLine()) {
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
        return url;
    }

    @Override
    public String token() {
        return token;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            Runtime.getRuntime().removeShutdownHook(hook);
            Files.deleteIfExists(config);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | IllegalStateException e) {
            // the temporary file goes at exit; a hook can't be removed while the machine is going down
        }
    }
}
