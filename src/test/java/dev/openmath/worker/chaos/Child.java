package dev.openmath.worker.chaos;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A process of the test's own that is killed and started again. */
final class Child {
    private final String name;
    private final Path log;
    private final Path folder;
    private final Supplier<Map<String, String>> environment;
    private final List<String> command;
    private Process process;
    private int kills;

    /** @param environment asked at each start */
    Child(String name, Path log, Path folder, Supplier<Map<String, String>> environment, List<String> command)
            throws IOException {
        this.name = name;
        this.log = log;
        this.folder = folder;
        this.environment = environment;
        this.command = command;
        this.process = start();
    }

    private Process start() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment.get());
        return builder.start();
    }

    String name() {
        return name;
    }

    int kills() {
        return kills;
    }

    boolean isRunning() {
        return process.isAlive();
    }

    int exitCode() {
        return process.exitValue();
    }

    void restart() throws IOException {
        process = start();
    }

    /** SIGKILL, and a new one. */
    void killAndRestart() throws IOException, InterruptedException {
        kills++;
        process.destroyForcibly();
        process.waitFor();
        restart();
    }

    void end() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(5, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            process.waitFor();
        }
    }
}
