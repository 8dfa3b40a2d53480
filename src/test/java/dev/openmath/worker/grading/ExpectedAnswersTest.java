package dev.openmath.worker.grading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.openmath.support.Conformance;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpectedAnswersTest {
    @Test
    void mathAnswersGetTheNormalFormOfTheOriginal() {
        SoftAssertions soft = new SoftAssertions();
        var rows = Conformance.rows("normalization_cases.jsonl");
        for (var row : rows) {
            soft.assertThat(ExpectedAnswers.normalizeMath(
                            row.get("raw").asText(),
                            row.get("question_asks_for_equation").asBoolean()))
                    .as("%s %s", row.get("id").asText(), row.get("raw").asText())
                    .isEqualTo(row.get("normalized").asText());
        }
        soft.assertThat(rows).hasSize(1534);
        soft.assertAll();
    }

    @TestFactory
    Stream<DynamicTest> unitsAreStripped() {
        return Conformance.rows("units_cases.jsonl").stream()
                .map(row -> DynamicTest.dynamicTest(
                        row.get("raw").asText(),
                        () -> assertThat(Units.stripTrailing(row.get("raw").asText()))
                                .isEqualTo(row.get("normalized").asText())));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"She has 3+4=<<3+4=7>>7.\\n#### 7|7", "#### 1,234|1234", "#### -2.50|-2.5", "####5.0|5", "#### 0|0"
            })
    void gsm8kAnswersAreNumbers(String solution, String expected) {
        assertThat(ExpectedAnswers.ofGsm8k(solution.replace("\\n", "\n"))).isEqualTo(expected);
    }

    @Test
    void gsm8kAnswersWithoutNumberAreRefused() {
        assertThatThrownBy(() -> ExpectedAnswers.ofGsm8k("seven")).hasMessageContaining("####");
        assertThatThrownBy(() -> ExpectedAnswers.ofGsm8k("#### seven")).hasMessageContaining("number");
    }

    @Test
    void calculatorNotesAreNoPartOfTheReferenceSolution() {
        assertThat(ExpectedAnswers.gsm8kReferenceSolution("3+4=<<3+4=7>>7 and <<1=1>>1"))
                .isEqualTo("3+4=7 and 1");
    }

    @Test
    void mathAnswersComeFromTheLastBoxAndKeepEquationsOnlyWhereAskedFor() {
        assertThat(ExpectedAnswers.ofMath("Solve.", "\\boxed{3} so \\boxed{x = 5}"))
                .isEqualTo("5");
        assertThat(ExpectedAnswers.ofMath("Find the equation of the line.", "\\boxed{y = 2x}"))
                .isEqualTo("y=2x");
        assertThat(ExpectedAnswers.ofMath("Solve.", "five")).isNull();
    }
}
