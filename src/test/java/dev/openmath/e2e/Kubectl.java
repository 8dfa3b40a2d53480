package dev.openmath.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The command a user has, in one namespace of the test cluster; an empty one leaves it to the manifests. */
record Kubectl(String namespace) {
    private static final Duration LIMIT = Duration.ofMinutes(4);

    /** Runs the command; a failure names it and shows what it printed. */
    String run(String... arguments) {
        return execute("", arguments);
    }

    /** Applies YAML the way `kubectl apply -f -` does. */
    String apply(String yaml) {
        return execute(yaml, "apply", "-f", "-");
    }

    private String execute(String input, String... arguments) {
        List<String> command = new ArrayList<>(List.of("kubectl", "--context", "kind-openmath"));
        if (!namespace.isEmpty()) {
            command.addAll(List.of("--namespace", namespace));
        }
        command.addAll(List.of(arguments));
        try {
            Path in = Files.createTempFile("kubectl", ".in");
            Path out = Files.createTempFile("kubectl", ".out");
            Files.writeString(in, input);
            Process process = new ProcessBuilder(command)
                    .redirectInput(in.toFile())
                    .redirectOutput(out.toFile())
                    .redirectErrorStream(true)
                    .start();
            boolean ended = process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS);
            if (!ended) {
                process.destroyForcibly();
            }
            String printed = Files.readString(out, StandardCharsets.UTF_8);
            Files.delete(in);
            Files.delete(out);
            if (!ended || process.exitValue() != 0) {
                throw new AssertionError(String.join(" ", command)
                        + (ended ? " exited " + process.exitValue() : " hung") + ":\n" + printed);
            }
            return printed;
        } catch (IOException e) {
            throw new AssertionError("kubectl is not on the PATH: eval \"$(kind/cluster.sh env)\"", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
