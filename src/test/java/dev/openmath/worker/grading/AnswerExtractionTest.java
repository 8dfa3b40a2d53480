package dev.openmath.worker.grading;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openmath.support.Conformance;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswerExtractionTest {
    @TestFactory
    Stream<DynamicTest> strictIsTheOriginalRule() {
        return Conformance.rows("extraction_cases.jsonl").stream()
                .map(row -> DynamicTest.dynamicTest(
                        row.get("id").asText(),
                        () -> assertThat(AnswerExtraction.STRICT.extract(
                                        row.get("text").asText()))
                                .as(row.get("text").asText())
                                .isEqualTo(Conformance.text(row, "expected_omi1"))));
    }

    /** The extractor that the lenient mode follows takes a whole text without a box for the answer; this one does not. */
    @TestFactory
    Stream<DynamicTest> lenientJoinsNeighbouringBoxes() {
        return Conformance.rows("extraction_cases.jsonl").stream()
                .filter(row -> row.has("latex2sympy_last")
                        && (row.get("text").asText().contains("\\boxed")
                                || row.get("text").asText().contains("\\fbox")))
                .map(row -> DynamicTest.dynamicTest(
                        row.get("id").asText(),
                        () -> assertThat(AnswerExtraction.LENIENT.extract(
                                        row.get("text").asText()))
                                .as(row.get("text").asText())
                                .isEqualTo(Conformance.text(row, "latex2sympy_last"))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "null",
            quoteCharacter = '"',
            value = {
                "So \\boxed 5 | 5",
                "\\fbox{5} | 5",
                "\\boxed {5} | 5",
                "\\boxed{x = \\boxed{5}} | 5",
                "\\boxed{1} is one candidate and after much more thought the other one is \\boxed{2} | 1,2",
                "\\boxed{1} is a candidate that fails a test we make below, hence \\boxed{1} | 1",
                "no box | null"
            })
    void lenientReadsBoxesInAllSpellings(String text, String answer) {
        assertThat(AnswerExtraction.LENIENT.extract(text)).isEqualTo(answer);
    }

    @Test
    void hostileTextIsReadInLinearTime() {
        String many = "\\boxed{".repeat(100_000);
        assertThat(AnswerExtraction.STRICT.extract(many)).isNull();
        assertThat(AnswerExtraction.LENIENT.extract("\\boxed{1}".repeat(20_000)))
                .isEqualTo("1");
    }
}
