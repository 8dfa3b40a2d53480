package dev.openmath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openmath.worker.store.JsonDocuments;
import dev.openmath.worker.support.StubServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RunCommandTest {
    private static final String MANIFEST = """
            apiVersion: openmath.dev/v1alpha1
            kind: GenerationJob
            metadata: {name: tried}
            spec:
              profile: openmathinstruct-1
              problems:
                sources: [{name: gsm8k, dataset: gsm8k, format: GSM8K, type: ConfigMap, configMap: {name: p}}]
              prompts:
                - name: default
                  type: WithoutReference
                  samplesPerProblem: 3
                  fewShot: {type: BuiltIn, builtIn: {set: gsm8k-text-with-code, count: 2}}
              codeInterpreter: {sandboxPoolRef: {name: default}}
              model: {name: tiny, maxModelLength: 4096}
              inference: {type: Endpoint, endpoint: {url: "http://127.0.0.1:1"}}
            """;

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void files() throws Exception {
        Files.writeString(folder.resolve("job.yaml"), MANIFEST);
        Files.writeString(folder.resolve("token"), "secret");
        Files.writeString(
                folder.resolve("problems.jsonl"),
                "{\"question\":\"What?\",\"answer\":\"#### 42\"}\n{\"question\":\"Why?\",\"answer\":\"#### 7\"}\n");
    }

    private int run(String... more) {
        List<String> args =
                new ArrayList<>(List.of("run", "-f", folder.resolve("job.yaml").toString()));
        args.addAll(List.of(more));
        return OfflineCommands.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args.toArray(String[]::new));
    }

    @Test
    void fromAManifestToADataSet() throws Exception {
        try (StubServer engine = new StubServer(request -> StubServer.Reply.ok("""
                        {"choices": [{"index": 0, "text": "So \\\\boxed{42}.\\n\\n\\n\\n\\n\\n", "finish_reason": "stop"}],
                         "usage": {"prompt_tokens": 9, "completion_tokens": 5}}"""));
                StubServer sandbox = new StubServer(request -> StubServer.Reply.of(410, "{}"))) {
            String[] options = {
                "--problems", folder.resolve("problems.jsonl").toString(),
                "--engine", engine.uri().toString(),
                "--sandbox", sandbox.uri().toString(),
                "--sandbox-token-file", folder.resolve("token").toString(),
                "--output", folder.resolve("out").toString()
            };
            assertThat(run(options)).as(err.toString()).isZero();
            var rows = JsonDocuments.mapper().readTree(out.toString()).path("rows");
            assertThat(rows.path("total").asInt()).isEqualTo(6);
            assertThat(rows.path("correct").asInt()).isEqualTo(3);
            assertThat(folder.resolve("out/data/train-00000-of-00001.jsonl")).exists();
            assertThat(err.toString()).contains("6 samples of 2 problems are planned");
            long asked = engine.requests().size();
            assertThat(run(options)).as("again").isZero();
            assertThat(engine.requests()).as("nothing is made again").hasSize((int) asked);
        }
    }

    @Test
    void whatIsMissingIsNamed() {
        assertThat(run("--output", folder.resolve("out").toString())).isEqualTo(ExitCodes.WRONG_INPUT);
        assertThat(err.toString()).contains("source gsm8k is a ConfigMap").contains("--problems gsm8k=FILE");
        assertThat(run("--problems", folder.resolve("nothing").toString())).isEqualTo(ExitCodes.WRONG_INPUT);
        assertThat(err.toString()).contains("--problems: can't read");
    }
}
