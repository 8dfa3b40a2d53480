package dev.openmath.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The executor, here, in the foreground. */
@Command(
        name = "sandbox",
        mixinStandardHelpOptions = true,
        description =
                "Runs the executor in the foreground. Its first line is JSON: url, managementUrl, token, capabilities.")
final class SandboxCommand implements Callable<Integer> {
    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:0",
            description = "Where to listen; a free port of the loopback interface by default.")
    String listen = "127.0.0.1:0";

    @Option(names = "--config", paramLabel = "FILE", description = "Settings: the fields of a SandboxPool, as JSON.")
    @Nullable
    Path config;

    @Option(
            names = "--unsafe-local",
            description = "Run model-written code as this user even where it can't be isolated.")
    boolean unsafeLocal;

    @Override
    public Integer call() throws Exception {
        Path file = config;
        if (file != null && !Files.isReadable(file)) {
            throw new WrongInputException("--config: can't read " + file);
        }
        try (LocalSandbox sandbox = LocalSandbox.start(new LocalSandbox.Launch(listen, file, unsafeLocal, true))) {
            System.out.println(sandbox.document());
            System.out.flush();
            return sandbox.waitFor();
        }
    }
}
