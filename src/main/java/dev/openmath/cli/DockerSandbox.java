package dev.openmath.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * The executor in a container of the sandbox image. The container keeps code from this user's files; inside of it the
 * executor keeps sessions from each other and from the network.
 */
final class DockerSandbox {
    static final String IMAGE = "openmath-sandbox:0.1.0";

    private static final String CONFIG = "/etc/openmath-sandbox/config.json";
    private static final int SESSIONS_PORT = 8080;
    private static final int MANAGEMENT_PORT = 8081;

    private DockerSandbox() {}

    /**
     * Starts a container and waits until its executor is ready.
     *
     * @throws WrongInputException if there is no Docker, no image, or the executor does not start in it
     */
    static LocalSandbox start(LocalSandbox.Launch launch) {
        try {
            if (ask(List.of("docker", "image", "inspect", "--format", "ok", IMAGE))
                    .isEmpty()) {
                throw new WrongInputException("Docker has no image " + IMAGE + ", or does not answer");
            }
        } catch (IOException e) {
            throw new WrongInputException("there is no docker command", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WrongInputException("interrupted", e);
        }
        String name = "openmath-sandbox-" + UUID.randomUUID();
        Path temporary = launch.config() == null ? ExecutorProcess.defaultConfig("Process") : null;
        Path config = temporary == null ? launch.config().toAbsolutePath() : temporary;
        return ExecutorProcess.run(
                new ProcessBuilder(command(name, launch.listen(), config)),
                launch.echo(),
                ready -> publish(ready, name),
                () -> {
                    remove(name);
                    ExecutorProcess.delete(temporary);
                });
    }

    private static List<String> command(String name, String listen, Path config) {
        String host = listen.substring(0, listen.lastIndexOf(':'));
        List<String> command = new ArrayList<>(List.of("docker", "run", "--rm", "--name", name));
        command.addAll(List.of("--read-only", "--tmpfs", "/tmp:rw,exec,nosuid,nodev", "--pids-limit", "4096"));
        command.addAll(List.of("--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--pull", "never"));
        command.addAll(List.of("--publish", listen + ":" + SESSIONS_PORT));
        command.addAll(List.of("--publish", host + ":0:" + MANAGEMENT_PORT));
        command.addAll(List.of("--volume", config + ":" + CONFIG + ":ro", IMAGE));
        command.addAll(List.of("--listen", "0.0.0.0:" + SESSIONS_PORT, "--config", CONFIG));
        command.addAll(List.of("--management", "0.0.0.0:" + MANAGEMENT_PORT));
        return command;
    }

    /** Puts the ports of this machine in the place of the container's. */
    private static void publish(ObjectNode ready, String name) throws IOException, InterruptedException {
        if (!ready.path("capabilities").path("proven").asBoolean()) {
            throw new WrongInputException("the executor in the container did not pass its self-test: "
                    + ready.path("capabilities").path("reason").asText());
        }
        ready.put("url", "http://" + address(name, SESSIONS_PORT));
        ready.put("managementUrl", "http://" + address(name, MANAGEMENT_PORT));
    }

    private static String address(String name, int port) throws IOException, InterruptedException {
        String address = ask(List.of("docker", "port", name, port + "/tcp"));
        if (address.isEmpty()) {
            throw new IOException("Docker does not say where port " + port + " of the container is");
        }
        return address.lines().findFirst().orElseThrow();
    }

    private static void remove(String name) {
        try {
            ask(List.of("docker", "rm", "--force", name));
        } catch (IOException e) {
            // without a docker command there is no container
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What a command prints; nothing if it fails. */
    private static String ask(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        process.getOutputStream().close();
        String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            return "";
        }
        return process.exitValue() == 0 ? answer : "";
    }
}
