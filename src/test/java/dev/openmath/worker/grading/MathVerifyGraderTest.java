package dev.openmath.worker.grading;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.openmath.support.Conformance;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.ValueSource;

class MathVerifyGraderTest {
    private final Grader grader =
            Grader.of(GraderKind.MATH_VERIFY, SymbolicVerifier.unavailable(), Duration.ofSeconds(10));

    /**
     * Rows whose label is not followed: g0234 is g0231 the other way round, so equal by symmetry; g0308 says that
     * 1 + 1/e is 1 - 1/e; g0298 has the pair of g0297 under a setting that takes all symbols for the same.
     */
    private static final Set<String> AGAINST_LABEL = Set.of("g0234", "g0308", "g0298");

    @ParameterizedTest
    @ValueSource(strings = {"plain", "latex_env"})
    void whatIsDecidedHereIsDecidedRightly(String format) {
        SoftAssertions soft = new SoftAssertions();
        Map<String, Integer> methods = new TreeMap<>();
        int decided = 0;
        int rows = 0;
        for (JsonNode row : Conformance.rows("grader_cases.jsonl")) {
            // Rows with a precision are about a setting that this grader does not have: it compares exactly.
            if (!row.get("format").asText().equals(format)
                    || row.path("precision").asInt(6) < 5) {
                continue;
            }
            rows++;
            String predicted = Conformance.text(row, "predicted");
            String expected = Conformance.text(row, "expected");
            boolean equal = row.get("is_equal").asBoolean()
                    != (row.has("policy")
                            || AGAINST_LABEL.contains(row.get("id").asText()));
            decided += check(soft, row, predicted, expected, equal, methods);
            if (row.path("symmetric").asBoolean()) {
                check(soft, row, expected, predicted, equal, new TreeMap<>());
            }
        }
        System.out.println("MathVerify, " + format + ": decided " + decided + " of " + rows + " here, " + methods);
        soft.assertAll();
    }

    private int check(
            SoftAssertions soft,
            JsonNode row,
            String predicted,
            String expected,
            boolean equal,
            Map<String, Integer> methods) {
        Verdict verdict = grader.gradeLocally(predicted, expected);
        methods.merge(verdict == null ? "left to the verifier" : verdict.method(), 1, Integer::sum);
        if (verdict == null) {
            System.out.println("  open: " + row.get("id").asText() + " " + predicted + " | " + expected);
            return 0;
        }
        soft.assertThat(verdict.isEqual())
                .as("%s %s | %s by %s", row.get("id").asText(), predicted, expected, verdict.method())
                .isEqualTo(equal);
        return 1;
    }

    /** The rules of what counts as the same answer, one by one; {@code open} = left to the verifier. */
    @ParameterizedTest
    @CsvFileSource(
            resources = {"/grading/policy.csv", "/grading/pairs.csv"},
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = true,
            numLinesToSkip = 1,
            quoteCharacter = '"')
    void policy(String rule, String predicted, String expected, String verdict) {
        for (Verdict actual : List.of(verdictOf(predicted, expected), verdictOf(expected, predicted))) {
            String got = actual.isEqual() == null ? "open" : actual.isEqual() ? "equal" : "unequal";
            assertThat(got)
                    .as("%s: %s | %s by %s", rule, predicted, expected, actual.method())
                    .isEqualTo(verdict);
        }
    }

    @Test
    void whatIsDecidedHereOfHeldOutPairsFollowsThePolicy() {
        SoftAssertions soft = new SoftAssertions();
        int decided = 0;
        List<HeldOut> rows = HeldOut.all();
        for (HeldOut row : rows) {
            Verdict there = grader.gradeLocally(row.predicted(), row.expected());
            Verdict back = grader.gradeLocally(row.expected(), row.predicted());
            soft.assertThat(back == null).as("symmetric: %s", row).isEqualTo(there == null);
            if (there != null && back != null) {
                decided++;
                soft.assertThat(there.isEqual()).as("symmetric: %s", row).isEqualTo(back.isEqual());
                // A false negative here is counted with those of the verifier; a false positive never passes.
                soft.assertThat(Boolean.TRUE.equals(there.isEqual()) && !row.equal())
                        .as("false positive: %s by %s", row, there.method())
                        .isFalse();
            }
        }
        soft.assertThat(decided).as("decided without the verifier").isGreaterThan(rows.size() * 9 / 10);
        soft.assertAll();
    }

    private Verdict verdictOf(String predicted, String expected) {
        return grader.grade(predicted, expected);
    }

    @Test
    void verdictsAreSymmetricWhateverTheVerifierSaysEachWay() {
        SymbolicVerifier oneWay = (pairs, kind, timeout) -> pairs.stream()
                .map(pair -> Verdict.of("\\sec^2 y".equals(pair.predicted()), "scripted"))
                .toList();
        Grader symmetric = Grader.of(GraderKind.MATH_VERIFY, oneWay, Duration.ofSeconds(10));
        assertThat(symmetric.grade("\\sec^2 y", "\\tan^2 y+1").isEqual()).isTrue();
        assertThat(symmetric.grade("\\tan^2 y+1", "\\sec^2 y").isEqual()).isTrue();
        assertThat(symmetric.grade("\\tan^2 y+1", "\\sin^2 y").isEqual()).isFalse();
    }

    @Test
    void anUnequalPartDecidesWithoutTheVerifier() {
        assertThat(grader.grade("(\\sin x,2)", "(\\cos x,3)").isEqual()).isFalse();
        assertThat(grader.grade("(\\sin x,2)", "(\\cos x,2)").verdictClass()).isEqualTo(VerdictClass.INFRA);
    }

    @Test
    void hostileAnswersAreDecidedAtOnce() {
        for (String hostile : List.of(
                "9**9**9",
                "9^{9^{9^9}}",
                "10^{10^{10}}",
                "(10^{100000})!",
                "99999999!",
                "(".repeat(10_000),
                "\\frac{".repeat(3000) + "1",
                "{".repeat(1900) + "1" + "}".repeat(1900),
                "(x+1)^{99999}",
                "(a+b+c+d+f+g+h)^{300}",
                "1".repeat(100_000),
                "\\sqrt{" + "9".repeat(500) + "}",
                "1,".repeat(2000),
                "5" + "a".repeat(1900),
                "5" + " ".repeat(6000) + "!",
                "5" + "a ".repeat(1900) + "!",
                "5" + "1a".repeat(1900),
                "Abc is " + "is 1 ".repeat(1000),
                "x_{".repeat(500),
                "\\boxed{".repeat(2000),
                "\u0000\ud800")) {
            long start = System.nanoTime();
            Verdict verdict = grader.gradeLocally(hostile, "5");
            long milliseconds = (System.nanoTime() - start) / 1_000_000;
            assertThat(verdict == null || Boolean.FALSE.equals(verdict.isEqual()))
                    .as(hostile.substring(0, Math.min(40, hostile.length())))
                    .isTrue();
            assertThat(milliseconds)
                    .as(hostile.substring(0, Math.min(40, hostile.length())))
                    .isLessThan(1000);
            assertThat(grader.grade(hostile, hostile).isEqual()).isTrue();
        }
    }
}
