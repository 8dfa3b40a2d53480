package dev.openmath.worker.grading;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.openmath.support.Conformance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenMath2024GraderTest {
    private final Grader grader =
            Grader.of(GraderKind.OPEN_MATH_2024, SymbolicVerifier.unavailable(), Duration.ofSeconds(10));

    @Test
    void verdictsOfTheOriginalAreReproducedOrLeftToTheVerifier() {
        SoftAssertions soft = new SoftAssertions();
        Map<String, Integer> methods = new TreeMap<>();
        for (JsonNode row : Conformance.rows("grader_cases.jsonl")) {
            if (!row.path("oracle").has("omi1")) {
                continue;
            }
            // The oracle was given bare answers, as an extraction leaves them.
            Verdict verdict = grader.gradeLocally(bare(row, "predicted"), bare(row, "expected"));
            methods.merge(verdict == null ? "left to the verifier" : verdict.method(), 1, Integer::sum);
            if (verdict != null) {
                soft.assertThat(verdict.isEqual())
                        .as(
                                "%s %s | %s by %s",
                                row.get("id"), row.get("predicted"), row.get("expected"), verdict.method())
                        .isEqualTo(row.get("oracle").get("omi1").asBoolean());
            }
        }
        System.out.println("OpenMath2024 on the oracle's rows: " + methods);
        soft.assertAll();
    }

    private static String bare(JsonNode row, String field) {
        return Conformance.text(row, row.has(field + "_plain") ? field + "_plain" : field);
    }

    /** Known wrong verdicts of the original among them. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            nullValues = "null",
            value = {
                "900|90000|true",
                "1|0,1|true",
                "12|1,2|true",
                "2,3|23|true",
                "0.72|72|true",
                "{1,2}|(1,2)|true",
                "$5|5|true",
                "5%|5|true",
                "1e3|1000|true",
                "inf|Infinity|true",
                "nan|nan|true",
                "1_000|1000|true",
                "10.0005|10|true",
                "10.01|10|false",
                "null|5|false",
                "''|5|false",
                "0|0.0|true",
                "0.0000001|0|false",
                "YES|yes|true",
                "1,000|1{,}000|true",
                "Interval.Ropen(1, 2)|[1, 2)|true",
                "\"Matrix([[1, 2], [3, 4]])\"|\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}|true"
            })
    void decidesWithoutSymbolicStep(String predicted, String expected, boolean equal) {
        Verdict verdict = grader.gradeLocally("''".equals(predicted) ? "" : predicted, expected);
        assertThat(verdict).isNotNull();
        assertThat(verdict.isEqual()).isEqualTo(equal);
    }

    @Test
    void longPredictionsAreCutAndReferencesAreNot() {
        String head = "x".repeat(1000);
        assertThat(grader.grade(head + "y", head).isEqual()).isTrue();
        assertThat(grader.gradeLocally(head, head + "y")).isNull();
    }

    @Test
    void partsThatNeedSymbolsAreAskedForTogetherAndCombined() {
        List<AnswerPair> asked = new ArrayList<>();
        Map<AnswerPair, Boolean> answers = new LinkedHashMap<>();
        answers.put(new AnswerPair("x+x", "2*x"), true);
        answers.put(new AnswerPair("1", "x"), false);
        SymbolicVerifier scripted = (pairs, kind, timeout) -> {
            asked.addAll(pairs);
            return pairs.stream()
                    .map(pair -> Verdict.of(answers.getOrDefault(pair, false), "sympy"))
                    .toList();
        };
        Grader symbolic = Grader.of(GraderKind.OPEN_MATH_2024, scripted, Duration.ofSeconds(10));
        assertThat(symbolic.grade("(x+x,1)", "(2*x,1)").isEqual()).isTrue();
        assertThat(asked).containsExactly(new AnswerPair("x+x", "2*x"));
        assertThat(symbolic.grade("(x+x,1)", "(2*x,x)").isEqual()).isFalse();
    }

    @Test
    void infrastructureTroubleIsNoVerdict() {
        Verdict verdict = grader.grade("x+1", "1+x");
        assertThat(verdict.verdictClass()).isEqualTo(VerdictClass.INFRA);
        assertThat(verdict.isEqual()).isNull();
        assertThat(grader.grade("x+1,2", "1+x,3").isEqual())
                .as("one unequal part decides, whatever becomes of the others")
                .isFalse();
    }

    @Test
    void hostileAnswersAreNeverEvaluatedHere() {
        for (String hostile :
                List.of("9**9**9**9", "(".repeat(100_000), "__import__('os').system('true')", "{".repeat(500))) {
            assertThat(grader.grade(hostile, "5").verdictClass()).isIn(VerdictClass.INFRA, VerdictClass.OK);
        }
    }
}
