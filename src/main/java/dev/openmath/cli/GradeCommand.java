package dev.openmath.cli;

import dev.openmath.worker.grading.AnswerPair;
import dev.openmath.worker.grading.Grader;
import dev.openmath.worker.grading.GraderKind;
import dev.openmath.worker.grading.Verdict;
import dev.openmath.worker.grading.VerdictClass;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** JSON Lines through: a verdict on each pair of answers. */
@Command(
        name = "grade",
        mixinStandardHelpOptions = true,
        description = "Adds is_equal, method and class to rows {\"predicted\": ..., \"expected\": ...}:"
                + " JSON Lines in, JSON Lines out.")
final class GradeCommand implements Callable<Integer> {
    private static final List<String> FIELDS = List.of("predicted", "expected");
    private static final List<String> ADDED = List.of("is_equal", "method", "class");

    @Option(names = "--grader", defaultValue = "MathVerify", description = "MathVerify (default) or OpenMath2024.")
    String graderName = "MathVerify";

    @Option(
            names = "--timeout-seconds",
            defaultValue = "10",
            description = "For each comparison in the sandbox; 10 by default.")
    int timeoutSeconds = 10;

    @Option(
            names = "--explain",
            arity = "2",
            paramLabel = "ANSWER",
            description = "Grade one pair, predicted and expected, given here instead of as JSON Lines.")
    String @Nullable [] explain;

    @Mixin
    SandboxOptions sandbox = new SandboxOptions();

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "Input; standard input without it.")
    @Nullable
    String file;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        GraderKind kind = Options.named(GraderKind::named, graderName, "--grader");
        if (timeoutSeconds < 1 || timeoutSeconds > 600) {
            throw new WrongInputException("--timeout-seconds: " + timeoutSeconds + " is not from 1 to 600");
        }
        try (SandboxOptions.LazyVerifier lazy = sandbox.open()) {
            Grader grader = Grader.of(kind, lazy.verifier(), Duration.ofSeconds(timeoutSeconds));
            String[] pair = explain;
            int code;
            if (pair != null) {
                code = explain(grader, pair[0], pair[1]);
            } else {
                try (InputStream input = Options.input(file)) {
                    code = gradeLines(grader, input, System.out);
                }
            }
            if (lazy.missing().isPresent()) {
                spec.commandLine().getErr().println(lazy.missing().get().getMessage());
                return ExitCodes.WRONG_INPUT;
            }
            return code;
        }
    }

    private int gradeLines(Grader grader, InputStream input, OutputStream output) throws Exception {
        boolean[] infra = {false};
        var pipe = new JsonLinesPipe("graded", spec.commandLine().getErr(), Clock.systemUTC());
        long malformed = pipe.run(input, output, FIELDS, ADDED, rows -> {
            List<Verdict> verdicts = grader.gradeAll(rows.stream()
                    .map(row -> new AnswerPair(row.text("predicted"), row.text("expected")))
                    .toList());
            List<String> lines = new ArrayList<>(rows.size());
            for (int i = 0; i < rows.size(); i++) {
                Verdict verdict = verdicts.get(i);
                infra[0] |= verdict.verdictClass() == VerdictClass.INFRA;
                Map<String, @Nullable Object> added = new LinkedHashMap<>();
                added.put("is_equal", verdict.isEqual());
                added.put("method", verdict.method());
                added.put("class", verdict.verdictClass().label());
                lines.add(rows.get(i).with(added));
            }
            return lines;
        });
        return malformed > 0 ? ExitCodes.WRONG_INPUT : infra[0] ? ExitCodes.FAILED : ExitCodes.DONE;
    }

    private int explain(Grader grader, String predicted, String expected) {
        Verdict local = grader.gradeLocally(predicted, expected);
        Verdict verdict = local == null ? grader.grade(predicted, expected) : local;
        var out = spec.commandLine().getOut();
        out.println("grader    " + grader.kind().label() + " version " + grader.version());
        out.println("verdict   " + (verdict.isEqual() == null ? "none" : verdict.isEqual() ? "equal" : "not equal"));
        out.println("method    " + verdict.method());
        out.println("decided   " + (local == null ? "by the sandbox" : "here, by exact rules"));
        out.println("class     " + verdict.verdictClass().label());
        return verdict.verdictClass() == VerdictClass.INFRA ? ExitCodes.FAILED : ExitCodes.DONE;
    }
}
