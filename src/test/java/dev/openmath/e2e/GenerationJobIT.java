package dev.openmath.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.openmath.api.ConditionTypes;
import dev.openmath.api.GenerationJob;
import dev.openmath.cli.OfflineCommands;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The journey on a real cluster: a real engine, real problems, a real store, and what goes wrong on the way. */
@Tag("cluster")
class GenerationJobIT {
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final List<String> EIGHT_FIELDS = List.of(
            "question",
            "expected_answer",
            "predicted_answer",
            "error_message",
            "is_correct",
            "generation_type",
            "dataset",
            "generated_solution");

    private static Playground playground;

    @BeforeAll
    static void start() {
        playground = new Playground("openmath-e2e");
        playground.pool();
    }

    @AfterAll
    static void stop() {
        playground.close();
    }

    @Test
    void turnsProblemsIntoAGradedDataSet() throws IOException {
        playground.job(DemoJob.of("data-set", 4, 2));
        GenerationJob job = playground.awaitComplete("data-set");

        StoredRun run = new StoredRun(playground.download("data-set"));
        List<JsonNode> rows = run.rows();
        assertThat(rows).hasSize(8).allSatisfy(row -> {
            assertThat(row.fieldNames()).toIterable().containsExactlyElementsOf(EIGHT_FIELDS);
            assertThat(row.path("dataset").asText()).isEqualTo("gsm8k");
            assertThat(row.path("generation_type").asText()).isEqualTo("without_reference_solution");
            assertThat(row.path("expected_answer").isTextual()).isTrue();
        });
        JsonNode success = run.json("_SUCCESS.json");
        assertThat(success.at("/plan/samples").asInt()).isEqualTo(8);
        assertThat(success.at("/rows/total").asInt()
                        + success.at("/rows/failed").asInt())
                .isEqualTo(8);
        long correct =
                rows.stream().filter(r -> r.path("is_correct").asBoolean()).count();
        assertThat(job.getStatus().results().correct()).isEqualTo(correct);
        assertThat(job.getStatus().plan().samples()).isEqualTo(8);
        assertThat(job.getStatus().output().prefix()).isEqualTo("s3://datasets/data-set");
        assertThat(OfflineCommands.run("verify", run.folder().toString())).isZero();
        noTextInLogs("data-set", rows);
        assertThat(playground.kubectl.run("get", "gj", "data-set"))
                .contains("STATUS", "PROGRESS", "COVERAGE", "CORRECT", "Complete", "8/8");
    }

    @Test
    void killedWorkersLoseAndDoubleNothing() throws IOException {
        playground.job(DemoJob.of("killed", 8, 4));
        for (long atLeast : new long[] {3, 14}) {
            playground.awaitJob("killed", "at " + atLeast + " samples", SOON, j -> Playground.finished(j) >= atLeast);
            for (var pod : playground.pods("killed", "generate")) {
                playground.kubectl.run(
                        "delete",
                        "pod",
                        pod.getMetadata().getName(),
                        "--grace-period=0",
                        "--force",
                        "--ignore-not-found");
            }
        }
        playground.awaitComplete("killed");

        StoredRun run = new StoredRun(playground.download("killed"));
        List<String> keys = run.committedKeys();
        Set<String> planned = new HashSet<>(keys);
        assertThat(planned).as("distinct samples").hasSize(32);
        assertThat(run.rows()).as("published rows").hasSize(32);
        assertThat(run.json("_SUCCESS.json").at("/rows/failed").asInt()).isZero();
        assertThat(OfflineCommands.run("verify", run.folder().toString())).isZero();
    }

    @Test
    void suspendStopsWorkersAndResumeGoesOn() {
        playground.job(DemoJob.of("suspended", 4, 4));
        playground.awaitJob("suspended", "running", SOON, j -> Playground.finished(j) >= 1);
        playground.kubectl.run("patch", "gj", "suspended", "--type=merge", "-p", "{\"spec\":{\"suspend\":true}}");
        GenerationJob suspended = playground.awaitJob(
                "suspended",
                "suspended without pods",
                SOON,
                j -> Playground.isTrue(j, ConditionTypes.SUSPENDED)
                        && playground.pods("suspended", "generate").isEmpty());
        assertThat(Playground.finished(suspended)).as("figures stay").isPositive();
        playground.kubectl.run("patch", "gj", "suspended", "--type=merge", "-p", "{\"spec\":{\"suspend\":false}}");
        GenerationJob done = playground.awaitComplete("suspended");
        assertThat(done.getStatus().progress().samples().committed()).isEqualTo(16);
    }

    @Test
    void waitsForAMissingPoolAndGoesOnByItself() {
        playground.job(DemoJob.of("no-pool", 1, 1)
                .with(spec -> spec.withObject("/codeInterpreter/sandboxPoolRef").put("name", "later")));
        GenerationJob waiting = playground.awaitJob(
                "no-pool",
                "waiting for its pool",
                SOON,
                j -> Playground.message(j, ConditionTypes.SANDBOXES_READY).contains("later"));
        assertThat(Playground.message(waiting, ConditionTypes.READY)).contains("later");
        playground.kubectl.apply(playground.example("20-sandbox-pool.yaml").replace("name: default", "name: later"));
        playground.awaitComplete("no-pool");
        playground.kubectl.run("delete", "sbp", "later");
    }

    @Test
    void waitsForAMissingBucketAndGoesOnByItself() {
        playground.job(DemoJob.of("no-bucket", 1, 1)
                .with(spec -> spec.withObject("/output/s3").put("bucket", "another")));
        GenerationJob waiting = playground.awaitJob(
                "no-bucket",
                "saying that the bucket is missing",
                SOON,
                j -> Playground.message(j, ConditionTypes.READY).contains("another"));
        assertThat(Playground.isTrue(waiting, ConditionTypes.COMPLETE)).isFalse();
        playground.kubectl.run("exec", "deploy/s3", "--", "mkdir", "/data/another");
        playground.awaitComplete("no-bucket");
    }

    @Test
    void namesSourceAndLineOfAnUnreadableProblem() {
        playground.kubectl.apply("""
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: broken-problems}
                data:
                  problems.jsonl: |
                    {"question": "What is 1 + 1?", "answer": "1 + 1 = 2\\n#### 2"}
                    {"question": "What is 2 + 2?", "answer":
                """);
        playground.job(DemoJob.of("broken", 2, 1)
                .with(spec -> ((ObjectNode) spec.at("/problems/sources/0/configMap")).put("name", "broken-problems")));
        GenerationJob stalled =
                playground.awaitJob("broken", "stalled", SOON, j -> Playground.isTrue(j, ConditionTypes.STALLED));
        assertThat(Playground.message(stalled, ConditionTypes.STALLED))
                .contains("gsm8k")
                .contains("line 2")
                .doesNotContain("2 + 2");
    }

    @Test
    void saysWhichSecretIsMissingAndGoesOnByItself() {
        playground.job(DemoJob.of("no-secret", 1, 1)
                .with(spec -> spec.withObject("/output/s3/credentialsSecretRef").put("name", "s3-later")));
        playground.awaitJob(
                "no-secret",
                "saying that the Secret is missing",
                SOON,
                j -> Playground.message(j, ConditionTypes.READY).contains("s3-later"));
        playground.kubectl.run(
                "create",
                "secret",
                "generic",
                "s3-later",
                "--from-literal=AWS_ACCESS_KEY_ID=openmath-demo",
                "--from-literal=AWS_SECRET_ACCESS_KEY=openmath-demo-secret");
        playground.awaitComplete("no-secret");
    }

    @Test
    void saysThatCredentialsAreRefusedAndGoesOnByItself() {
        String key = "AWS_ACCESS_KEY_ID=openmath-demo";
        String secret = "AWS_SECRET_ACCESS_KEY=openmath-demo-secret";
        playground.kubectl.run(
                "create", "secret", "generic", "s3-wrong", "--from-literal=" + key + "x", "--from-literal=" + secret);
        playground.job(DemoJob.of("refused", 1, 1)
                .with(spec -> spec.withObject("/output/s3/credentialsSecretRef").put("name", "s3-wrong")));
        playground.awaitJob(
                "refused",
                "saying that the credentials are refused",
                SOON,
                j -> Playground.message(j, ConditionTypes.READY).contains("refuses the credentials"));
        playground.kubectl.run("delete", "secret", "s3-wrong");
        playground.kubectl.run(
                "create", "secret", "generic", "s3-wrong", "--from-literal=" + key, "--from-literal=" + secret);
        playground.awaitComplete("refused");
    }

    /** A word of a question that no log has a reason to contain. */
    private static void noTextInLogs(String job, List<JsonNode> rows) {
        String logs = new Kubectl("openmath-system").run("logs", "deploy/openmath-operator", "--tail=-1");
        for (String role : List.of("plan", "generate", "finalize")) {
            logs += playground.kubectl.run(
                    "logs",
                    "-l",
                    "openmath.dev/generation-job=" + job + ",openmath.dev/role=" + role,
                    "-c",
                    "worker",
                    "--tail=-1");
        }
        for (JsonNode row : rows) {
            String question = row.path("question").asText();
            assertThat(logs).doesNotContain(question.substring(0, Math.min(40, question.length())));
        }
        assertThat(logs).contains(job);
    }
}
