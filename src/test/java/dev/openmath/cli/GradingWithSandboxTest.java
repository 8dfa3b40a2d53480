package dev.openmath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.openmath.support.Conformance;
import dev.openmath.worker.grading.AnswerPair;
import dev.openmath.worker.grading.Grader;
import dev.openmath.worker.grading.GraderKind;
import dev.openmath.worker.grading.HeldOut;
import dev.openmath.worker.grading.Verdict;
import dev.openmath.worker.grading.VerdictClass;
import dev.openmath.worker.sandbox.ExecutorClient;
import dev.openmath.worker.sandbox.ExecutorVerifier;
import dev.openmath.worker.sandbox.SandboxSettings;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Whole verdicts: exact rules here and the libraries in an executor that runs on this machine. */
class GradingWithSandboxTest {
    private static final SandboxSettings SETTINGS =
            new SandboxSettings("IPython", Duration.ofSeconds(10), Duration.ofSeconds(60), 1000, 1, 1);

    private static LocalSandbox sandbox;
    private static ExecutorClient client;

    @BeforeAll
    static void start() {
        sandbox = LocalSandbox.start(LocalSandbox.Launch.quiet(false));
        client = ExecutorClient.at(sandbox.url(), sandbox.token(), SETTINGS, Clock.systemUTC());
    }

    @AfterAll
    static void stop() {
        client.close();
        sandbox.close();
    }

    private static Grader grader(GraderKind kind) {
        return Grader.of(kind, new ExecutorVerifier(client, Duration.ofSeconds(20)), Duration.ofSeconds(10));
    }

    @Test
    void theOriginalsVerdictsAreReproduced() {
        List<AnswerPair> pairs = new ArrayList<>();
        List<Boolean> oracle = new ArrayList<>();
        for (JsonNode row : Conformance.rows("grader_cases.jsonl")) {
            if (row.path("oracle").has("omi1")) {
                pairs.add(new AnswerPair(bare(row, "predicted"), bare(row, "expected")));
                oracle.add(row.get("oracle").get("omi1").asBoolean());
            }
        }
        List<Verdict> verdicts = grader(GraderKind.OPEN_MATH_2024).gradeAll(pairs);
        List<String> differing = new ArrayList<>();
        for (int i = 0; i < pairs.size(); i++) {
            if (!oracle.get(i).equals(verdicts.get(i).isEqual())) {
                differing.add(pairs.get(i) + " " + verdicts.get(i));
            }
        }
        assertThat(pairs).hasSizeGreaterThan(250);
        assertThat(differing).isEmpty();
    }

    private static String bare(JsonNode row, String field) {
        return Conformance.text(row, row.has(field + "_plain") ? field + "_plain" : field);
    }

    @Test
    void bareAndWrappedAnswersAreGradedByLabelOrPolicy() {
        // The other way round of an equal pair; 1 + 1/e is not 1 - 1/e; another row says of the same pair that it is
        // unequal.
        Set<String> againstLabel = Set.of("g0234", "g0308", "g0298");
        List<AnswerPair> pairs = new ArrayList<>();
        List<String> wanted = new ArrayList<>();
        for (JsonNode row : Conformance.rows("grader_cases.jsonl")) {
            if (row.get("format").asText().equals("text")
                    || row.path("precision").asInt(6) < 5) {
                continue;
            }
            boolean label = row.get("is_equal").asBoolean();
            boolean turned =
                    row.has("policy") || againstLabel.contains(row.get("id").asText());
            pairs.add(new AnswerPair(Conformance.text(row, "predicted"), Conformance.text(row, "expected")));
            wanted.add(row.get("id").asText() + " " + (label != turned));
        }
        List<Verdict> verdicts = grader(GraderKind.MATH_VERIFY).gradeAll(pairs);
        List<String> differing = new ArrayList<>();
        for (int i = 0; i < pairs.size(); i++) {
            if (!wanted.get(i).endsWith(" " + verdicts.get(i).isEqual())) {
                differing.add(wanted.get(i) + " " + pairs.get(i) + " " + verdicts.get(i));
            }
        }
        assertThat(differing).isEmpty();
    }

    @Test
    void heldOutPairsAreGradedByThePolicyInBothDirections() {
        List<HeldOut> rows = HeldOut.all();
        List<AnswerPair> pairs = new ArrayList<>();
        rows.forEach(row -> {
            pairs.add(new AnswerPair(row.predicted(), row.expected()));
            pairs.add(new AnswerPair(row.expected(), row.predicted()));
        });
        List<Verdict> verdicts = grader(GraderKind.MATH_VERIFY).gradeAll(pairs);
        List<String> falsePositives = new ArrayList<>();
        List<String> falseNegatives = new ArrayList<>();
        for (int i = 0; i < pairs.size(); i++) {
            boolean equal = rows.get(i / 2).equal();
            Verdict verdict = verdicts.get(i);
            assertThat(verdict.verdictClass()).as("%s", pairs.get(i)).isNotEqualTo(VerdictClass.INFRA);
            if (Boolean.TRUE.equals(verdict.isEqual()) != equal) {
                (equal ? falseNegatives : falsePositives).add(pairs.get(i) + " " + verdict);
            }
        }
        assertThat(falsePositives).as("false positives").isEmpty();
        assertThat(falseNegatives).as("false negatives").hasSizeLessThanOrEqualTo(pairs.size() / 100);
    }
}
