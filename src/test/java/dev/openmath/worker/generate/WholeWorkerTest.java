package dev.openmath.worker.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.openmath.worker.FinalizeRole;
import dev.openmath.worker.RoleFailedException;
import dev.openmath.worker.dataset.SuccessManifest;
import dev.openmath.worker.store.JsonDocuments;
import dev.openmath.worker.support.TestWorld;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeWorkerTest {
    @TempDir
    Path folder;

    @Test
    void fromProblemsToDataSet() throws Exception {
        TestWorld world = new TestWorld(folder, 5, 4, 6);
        var planned = world.plan();
        assertThat(planned.problems()).isEqualTo(5);
        assertThat(planned.samples()).isEqualTo(20);
        assertThat(planned.shards()).isEqualTo(4);
        assertThat(planned.alreadyComplete()).isFalse();

        GenerateWorker worker = world.worker();
        assertThat(worker.run()).isEqualTo(GenerateWorker.Ending.NOTHING_LEFT);

        var progress = worker.progress();
        assertThat(progress.committed().samples()).isEqualTo(20);
        assertThat(progress.committed().shards()).isEqualTo(4);
        assertThat(progress.committed().correct()).as("even seeds").isEqualTo(10);
        assertThat(progress.committed().noAnswer())
                .as("seed 1 has no box, seed 3 stops at its error")
                .isEqualTo(10);
        assertThat(progress.committed().codeErrors()).isEqualTo(5);
        assertThat(progress.committed().problemsSolved()).isEqualTo(5);
        assertThat(progress.uncommitted().samples()).isZero();
        assertThat(progress.conditions())
                .allMatch(condition -> condition.status().equals("True"));
        assertThat(world.sandbox.openSessions()).as("sessions left open").isEmpty();

        var summary = FinalizeRole.run(world.job(), world.store, folder.resolve("tmp"), null);
        assertThat(summary.rows()).isEqualTo(new SuccessManifest.RowFigures(20, 10, 0, 10, 0));
        String correct = text(world, "data/train-00000-of-00001.jsonl");
        assertThat(correct.lines()).hasSize(10);
        assertThat(correct.lines().findFirst().orElseThrow())
                .isEqualTo(
                        "{\"question\":\"What is problem 0?\",\"expected_answer\":\"42\",\"predicted_answer\":\"42\","
                                + "\"error_message\":\"\",\"is_correct\":true,"
                                + "\"generation_type\":\"without_reference_solution\",\"dataset\":\"gsm8k\","
                                + "\"generated_solution\":\"Let us compute.\\n<llm-code>\\nprint(0)\\n</llm-code>\\n"
                                + "<llm-code-output>\\n10\\n</llm-code-output>\\nSo \\\\boxed{42}.\"}");
        assertThat(text(world, "incorrect/train-00000-of-00001.jsonl").lines()).hasSize(10);
        assertThat(text(world, "README.md")).contains("| Correct | 10 (50.0 %) |");
        SuccessManifest manifest = JsonDocuments.read(
                world.store.get("_SUCCESS.json").orElseThrow().body(), SuccessManifest.class);
        assertThat(manifest.plan().sha256()).isEqualTo(planned.sha256());

        byte[] before = world.store.get("_SUCCESS.json").orElseThrow().body();
        assertThat(FinalizeRole.run(world.job(), world.store, folder.resolve("tmp"), null))
                .isEqualTo(summary);
        assertThat(world.store.get("_SUCCESS.json").orElseThrow().body()).isEqualTo(before);
        assertThat(world.plan().alreadyComplete()).isTrue();
    }

    @Test
    void aSecondWorkerThatFindsNothingEndsAtOnce() throws Exception {
        TestWorld world = new TestWorld(folder, 2, 2, 2);
        world.plan();
        world.worker().run();
        int before = world.engine.requests();
        assertThat(world.worker().run()).isEqualTo(GenerateWorker.Ending.NOTHING_LEFT);
        assertThat(world.engine.requests()).isEqualTo(before);
    }

    @Test
    void finalizeRefusesOpenShards() {
        TestWorld world = new TestWorld(folder, 2, 2, 2);
        world.plan();
        assertThatThrownBy(() -> FinalizeRole.run(world.job(), world.store, folder.resolve("tmp"), null))
                .isInstanceOf(RoleFailedException.class)
                .hasMessage("2 of 2 shards are not committed, the first is 0; let generate finish them");
        assertThat(world.store.get("_SUCCESS.json")).isEmpty();
    }

    @Test
    void growthKeepsEveryFinishedSample() throws Exception {
        TestWorld world = new TestWorld(folder, 3, 2, 4);
        world.plan();
        world.worker().run();
        Map<String, byte[]> commits = commits(world);
        int before = world.engine.requests();
        world.samplesPerProblem(3);
        world.addPrompt("zero-shot", 2);
        var grown = world.plan();
        assertThat(grown.samples()).isEqualTo(3 * 5);
        assertThat(grown.shards()).isEqualTo(2 + 3);
        world.worker().run();
        assertThat(world.engine.requests() - before)
                .as("two rounds for each of the 9 new samples")
                .isEqualTo(18);
        commits.forEach((key, body) ->
                assertThat(world.store.get(key).orElseThrow().body()).as(key).isEqualTo(body));
        assertThat(FinalizeRole.run(world.job(), world.store, folder.resolve("tmp"), null)
                        .rows()
                        .total())
                .isEqualTo(15);
    }

    private static Map<String, byte[]> commits(TestWorld world) {
        Map<String, byte[]> commits = new java.util.TreeMap<>();
        world.store.list("runs/").stream()
                .filter(head -> head.key().contains("/commits/"))
                .forEach(head -> commits.put(
                        head.key(), world.store.get(head.key()).orElseThrow().body()));
        return commits;
    }

    private static String text(TestWorld world, String key) {
        return new String(world.store.get(key).orElseThrow().body(), StandardCharsets.UTF_8);
    }
}
