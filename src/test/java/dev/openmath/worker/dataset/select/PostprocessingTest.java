package dev.openmath.worker.dataset.select;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.openmath.support.Conformance;
import dev.openmath.worker.prompt.CodeMarkers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class PostprocessingTest {
    @TestFactory
    Stream<DynamicTest> isThatOfTheOriginal() {
        List<JsonNode> rows = Conformance.rows("postprocess_cases.jsonl");
        assertThat(rows).hasSize(39);
        return rows.stream()
                .map(row -> DynamicTest.dynamicTest(row.get("id").asText(), () -> {
                    switch (row.get("id").asText().split("-")[0]) {
                        case "filter" -> filter(row);
                        case "errmsg" -> errorMessage(row);
                        case "select" -> select(row);
                        case "fair" -> fair(row);
                        case "mask" -> mask(row);
                        default -> throw new AssertionError("no check for " + row);
                    }
                }));
    }

    private static void filter(JsonNode row) {
        String solution = row.get("solution").asText();
        assertThat(SolutionFilter.MULTI_BOXED.drops(solution))
                .as("multi_boxed")
                .isEqualTo(row.get("multi_boxed_removed").asBoolean());
        assertThat(SolutionFilter.BROKEN_CODE.drops(solution))
                .as("broken_code")
                .isEqualTo(row.get("broken_code_removed").asBoolean());
        assertThat(SolutionFilter.USELESS_CODE.drops(solution))
                .as("useless_code")
                .isEqualTo(row.get("useless_code_removed").asBoolean());
        assertThat(SolutionTrim.ORIGINAL.trim(solution))
                .as("trimmed")
                .isEqualTo(row.get("trimmed").asText());
        assertThat(CodeMarkers.OPENMATH.codeIn(solution))
                .as("code")
                .isEqualTo(row.get("code_to_execute").asText());
        errorMessage(row);
    }

    private static void errorMessage(JsonNode row) {
        assertThat(CodeMarkers.OPENMATH.errorShownIn(row.get("solution").asText()))
                .isEqualTo(row.get("error_message_from_last_output").asText());
    }

    private static void select(JsonNode row) {
        CodePreference preference = switch (row.get("text_filter_type").asText()) {
            case "all" -> CodePreference.ONLY_CODE;
            case "any_code" -> CodePreference.ANY_CODE;
            case "majority_code" -> CodePreference.MAJORITY_CODE;
            case "majority_text" -> CodePreference.MAJORITY_TEXT;
            default -> CodePreference.ANY;
        };
        List<String> solutions = new ArrayList<>();
        IntStream.range(0, row.get("text_solutions").asInt()).forEach(i -> solutions.add("text " + i));
        IntStream.range(0, row.get("code_solutions").asInt()).forEach(i -> solutions.add("<llm-code> " + i));
        List<String> kept = preference.select(solutions, solutions.size(), solution -> solution);
        assertThat(kept)
                .filteredOn(CodePreference::usesCode)
                .hasSize(row.get("kept_code").asInt());
        assertThat(kept)
                .filteredOn(solution -> !CodePreference.usesCode(solution))
                .hasSize(row.get("kept_text").asInt());
    }

    private static void fair(JsonNode row) {
        List<List<String>> byQuestion = new ArrayList<>();
        for (JsonNode question : row.get("solutions_per_question")) {
            byQuestion.add(IntStream.range(0, question.get(1).asInt())
                    .mapToObj(i -> question.get(0).asText() + i)
                    .toList());
        }
        List<String> expected = new ArrayList<>();
        row.get("kept").forEach(kept -> expected.add(kept.asText()));
        Downsampling strategy = row.get("method").asText().equals("fair") ? Downsampling.FAIR : Downsampling.RANDOM;
        assertThat(strategy.take(byQuestion, row.get("num_samples").asInt())).isEqualTo(expected);
    }

    private static void mask(JsonNode row) {
        List<String> candidates = new ArrayList<>();
        row.get("candidates_answer_hidden").forEach(candidate -> candidates.add(candidate.asText()));
        String chosen = Conformance.text(row, "chosen_with_length_margin_0_5");
        MaskedSolution masked = MaskedSolution.choose(row.get("reference").asText(), candidates, List.of());
        if (chosen == null) {
            assertThat(masked.quality()).isEqualTo(MaskedSolution.Quality.REFERENCE);
        } else {
            assertThat(masked).isEqualTo(new MaskedSolution(chosen, MaskedSolution.Quality.MASKED));
        }
        assertThat(MaskedSolution.fewestDigits(candidates))
                .isEqualTo(Optional.ofNullable(Conformance.text(row, "chosen_without_length_margin")));
    }

    @Test
    void aLeakingCandidateIsBetterThanTheReferenceAndWorseThanAHidingOne() {
        assertThat(MaskedSolution.choose("It is 7.", List.of("x"), List.of("", "a 7", "b 77")))
                .isEqualTo(new MaskedSolution("a 7", MaskedSolution.Quality.ANSWER_NOT_MASKED));
        assertThat(MaskedSolution.choose("It is 7.", List.of("It is x."), List.of("a")))
                .isEqualTo(new MaskedSolution("It is x.", MaskedSolution.Quality.MASKED));
    }

    @Test
    void trimmingAfterTheAnswerMendsTheFlawsOfTheOriginal() {
        String brokenOverLines = "So\n\\boxed{\n5\n}.\nIndeed.";
        assertThat(SolutionTrim.AFTER_ANSWER.trim(brokenOverLines)).isEqualTo("So\n\\boxed{\n5\n}.");
        assertThat(SolutionTrim.AFTER_ANSWER.trim("one\ntwo")).isEqualTo("one\ntwo");
        assertThat(SolutionTrim.AFTER_ANSWER.trim("$$\n\\boxed{5}\n$$\ntail")).isEqualTo("$$\n\\boxed{5}\n$$");
        assertThat(SolutionTrim.NONE.trim("\\boxed{5}\ntail")).isEqualTo("\\boxed{5}\ntail");
    }

    @Test
    void shufflingIsReproducible() {
        List<Integer> numbers = IntStream.range(0, 10).boxed().toList();
        assertThat(Downsampling.shuffled(numbers, 42)).containsExactly(4, 6, 2, 1, 7, 9, 8, 5, 3, 0);
        assertThat(Downsampling.shuffled(numbers, 43)).isNotEqualTo(Downsampling.shuffled(numbers, 42));
    }
}
