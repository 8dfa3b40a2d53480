package dev.openmath.cli;

import dev.openmath.worker.WorkerLogging;
import dev.openmath.worker.dataset.PrefixVerification;
import dev.openmath.worker.store.FileObjectStore;
import dev.openmath.worker.store.JsonDocuments;
import dev.openmath.worker.store.ObjectStore;
import dev.openmath.worker.store.S3Location;
import dev.openmath.worker.store.S3ObjectStore;
import dev.openmath.worker.store.StoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Proves that a finished prefix is complete and uncorrupted. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = "Checks each planned sample, part and file of a finished prefix, and prints one JSON object"
                + " {ok, rows, failed, problems}. Exit code 0: complete, 1: incomplete or corrupt, 2: not readable.")
final class VerifyCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DIR|s3://BUCKET/PREFIX", description = "The job's prefix: where _SUCCESS.json lies.")
    String prefix = "";

    @Option(
            names = "--endpoint",
            paramLabel = "URL",
            description = "Address of a store that is not AWS; by default AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL.")
    @Nullable
    String endpoint;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        WorkerLogging.start(Level.WARNING);
        try (ObjectStore store = open()) {
            PrefixVerification.Report report = PrefixVerification.verify(store);
            spec.commandLine().getOut().println(new String(JsonDocuments.write(report), StandardCharsets.UTF_8));
            return report.ok() ? ExitCodes.DONE : ExitCodes.FAILED;
        } catch (StoreException e) {
            throw new WrongInputException(String.valueOf(e.getMessage()));
        }
    }

    private ObjectStore open() {
        if (prefix.startsWith("s3://")) {
            try {
                return S3ObjectStore.at(S3Location.parse(prefix, endpoint, System.getenv()));
            } catch (IllegalArgumentException e) {
                throw new WrongInputException(String.valueOf(e.getMessage()));
            }
        }
        Path folder = Path.of(prefix);
        if (!Files.isDirectory(folder)) {
            throw new WrongInputException("\"" + prefix + "\" is not a folder; write a folder, or s3://bucket/prefix");
        }
        return new FileObjectStore(folder);
    }
}
