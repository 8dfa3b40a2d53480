package dev.openmath.cli;

import dev.openmath.worker.grading.AnswerExtraction;
import java.io.InputStream;
import java.time.Clock;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** JSON Lines through: the answer in each text. */
@Command(
        name = "extract",
        mixinStandardHelpOptions = true,
        description = "Adds predicted_answer to rows {\"text\": ...}: JSON Lines in, JSON Lines out.")
final class ExtractCommand implements Callable<Integer> {
    @Option(names = "--mode", defaultValue = "Strict", description = "Strict (default) or Lenient.")
    String mode = "Strict";

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "Input; standard input without it.")
    @Nullable
    String file;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        AnswerExtraction extraction = Options.named(AnswerExtraction::named, mode, "--mode");
        var pipe = new JsonLinesPipe("extracted", spec.commandLine().getErr(), Clock.systemUTC());
        try (InputStream input = Options.input(file)) {
            long malformed = pipe.run(
                    input,
                    System.out,
                    List.of("text"),
                    List.of("predicted_answer"),
                    rows -> rows.stream()
                            .map(row -> row.with(Collections.singletonMap("predicted_answer", answer(extraction, row))))
                            .toList());
            return malformed == 0 ? ExitCodes.DONE : ExitCodes.WRONG_INPUT;
        }
    }

    private static @Nullable String answer(AnswerExtraction extraction, JsonRow row) {
        String text = row.text("text");
        return text == null ? null : extraction.extract(text);
    }
}
