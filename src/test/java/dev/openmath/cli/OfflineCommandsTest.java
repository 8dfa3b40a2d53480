package dev.openmath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("standard input and output are replaced")
class OfflineCommandsTest {
    private record Outcome(int exitCode, List<String> out, String err) {}

    private static Outcome run(String input, String... args) {
        InputStream stdin = System.in;
        PrintStream stdout = System.out;
        var out = new ByteArrayOutputStream();
        var err = new StringWriter();
        try {
            System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
            System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
            int code = OfflineCommands.commandLine()
                    .setErr(new PrintWriter(err, true))
                    .setOut(new PrintWriter(System.out, true))
                    .execute(args);
            return new Outcome(
                    code, out.toString(StandardCharsets.UTF_8).lines().toList(), err.toString());
        } finally {
            System.setIn(stdin);
            System.setOut(stdout);
        }
    }

    @Test
    void gradeKeepsRowsAsTheyCameAndAddsVerdicts() {
        Outcome outcome = run("""
                {"id": 1.50, "predicted": "1/2", "expected": 0.50, "note": "ü \\u00fc"}
                {"predicted":null,"expected":"3"}
                {"predicted": "a", "expected": "a", "is_equal": "old"}
                """, "grade");
        assertThat(outcome.out())
                .containsExactly(
                        "{\"id\": 1.50, \"predicted\": \"1/2\", \"expected\": 0.50, \"note\": \"ü \\u00fc\","
                                + " \"is_equal\": true, \"method\": \"exact\", \"class\": \"ok\"}",
                        "{\"predicted\":null,\"expected\":\"3\", \"is_equal\": false, \"method\": \"no-answer\","
                                + " \"class\": \"ok\"}",
                        "{\"predicted\":\"a\",\"expected\":\"a\", \"is_equal\": true, \"method\": \"text\","
                                + " \"class\": \"ok\"}");
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        assertThat(outcome.err()).contains("graded 3 rows");
    }

    @Test
    void rowsThatNeedNoSandboxAreGradedWhereThereIsNone() {
        Outcome outcome = run("""
                {"predicted": "1/2", "expected": "0.5"}
                {"predicted": "\\\\sec^2 y", "expected": "\\\\tan^2 y+1"}
                {"predicted": "3", "expected": "4"}
                """, "grade", "--sandbox", "http://127.0.0.1:1");
        assertThat(outcome.out()).hasSize(3);
        assertThat(outcome.out().get(0)).contains("\"is_equal\": true");
        assertThat(outcome.out().get(1))
                .contains("\"is_equal\": null", "\"method\": \"no-sandbox\"", "\"class\": \"infra\"");
        assertThat(outcome.out().get(2)).contains("\"is_equal\": false");
        assertThat(outcome.err()).contains("needs a token: set OPENMATH_SANDBOX_TOKEN");
        assertThat(outcome.exitCode()).isEqualTo(2);
    }

    @Test
    void malformedLinesAreNamedAndSkipped() {
        Outcome outcome = run("""
                {"predicted": "1", "expected": "1"}
                {"predicted": "1", "expected":
                {"predicted": "1"}
                [1]
                {"predicted": {"a": 1}, "expected": "1"}

                {"predicted": "2", "expected": "2"} {}
                {"predicted": "3", "expected": "3"}
                """, "grade");
        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.out()).hasSize(2);
        assertThat(outcome.err())
                .contains("line 2: not valid JSON near column ")
                .contains("line 3: field \"expected\" is missing")
                .contains("line 4: not a JSON object")
                .contains("line 5: field \"predicted\" must be a string, a number or null, not an object")
                .contains("line 7: more than one JSON value on the line")
                .doesNotContain("line 6");
    }

    @Test
    void orderIsKeptOverManyBatches() {
        String input = IntStream.range(0, 5000)
                .mapToObj(i -> "{\"i\":" + i + ",\"predicted\":" + i + ",\"expected\":" + (i - i % 2) + "}\n")
                .reduce(new StringBuilder(), StringBuilder::append, StringBuilder::append)
                .toString();
        Outcome outcome = run(input, "grade", "--grader", "MathVerify");
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        assertThat(outcome.out()).hasSize(5000);
        for (int i = 0; i < 5000; i++) {
            assertThat(outcome.out().get(i)).startsWith("{\"i\":" + i + ",").contains("\"is_equal\": " + (i % 2 == 0));
        }
    }

    @Test
    void aSandboxWithoutTokenIsRefusedAndNothingIsCalledUnequal() {
        Outcome outcome = run(
                "{\"predicted\": \"x+1\", \"expected\": \"1+x\"}\n",
                "grade",
                "--grader",
                "OpenMath2024",
                "--sandbox",
                "http://127.0.0.1:1");
        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err()).contains("OPENMATH_SANDBOX_TOKEN");
        assertThat(outcome.out()).singleElement().asString().contains("\"is_equal\": null");
    }

    @Test
    void wrongOptionsNameTheOption() {
        Outcome grader = run("", "grade", "--grader", "Best");
        assertThat(grader.exitCode()).isEqualTo(2);
        assertThat(grader.err()).contains("--grader: grader \"Best\" is unknown; use OpenMath2024 or MathVerify");
        Outcome sandbox = run("", "grade", "--sandbox", "nowhere");
        assertThat(sandbox.exitCode()).isEqualTo(2);
        assertThat(sandbox.err()).contains("--sandbox: \"nowhere\" is neither local nor a URL");
        assertThat(run("", "grade", "no/such/file").exitCode()).isEqualTo(2);
        assertThat(run("", "unknown").exitCode()).isEqualTo(2);
    }

    @Test
    void extractAddsTheAnswer() {
        String input = """
                {"text": "So \\\\boxed{\\"5\\"}"}
                {"text": "none"}
                {"text": "\\\\boxed 5"}
                {}
                """;
        Outcome strict = run(input, "extract");
        assertThat(strict.out())
                .containsExactly(
                        "{\"text\": \"So \\\\boxed{\\\"5\\\"}\", \"predicted_answer\": \"\\\"5\\\"\"}",
                        "{\"text\": \"none\", \"predicted_answer\": null}",
                        "{\"text\": \"\\\\boxed 5\", \"predicted_answer\": null}");
        assertThat(strict.exitCode()).isEqualTo(2);
        assertThat(strict.err()).contains("line 4: field \"text\" is missing");
        assertThat(run(input, "extract", "--mode", "Lenient").out().get(2)).contains("\"predicted_answer\": \"5\"");
    }
}
