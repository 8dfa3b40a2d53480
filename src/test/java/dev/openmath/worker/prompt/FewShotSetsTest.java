package dev.openmath.worker.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openmath.worker.grading.AnswerExtraction;
import dev.openmath.worker.grading.ExpectedAnswers;
import dev.openmath.worker.plan.Problem;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every example must be what a careful author would write: the answer of its reference solution in one box, masks that
 * hide it, no leftovers. That code prints what is shown is checked with the executor's libraries, by its tests.
 */
class FewShotSetsTest {
    /** Digits that mathematics itself needs, such as exponents in an identity. */
    private static final int MOST_DIGITS_IN_A_MASK = 8;

    /** Five examples must leave room for a question and a solution in 4,096 tokens, of about two characters at worst. */
    private static final int MOST_CHARACTERS_OF_EXAMPLES = 6_000;

    private record Named(String name, String set, FewShotExample example) {
        boolean masks() {
            return set.endsWith("-generate-masked");
        }

        /** The answer, taken from the reference solution as it is from a problem's. */
        String expectedAnswer() {
            String reference = example.referenceSolution();
            return set.startsWith("gsm8k-")
                    ? ExpectedAnswers.ofGsm8k(reference)
                    : ExpectedAnswers.ofMath(example.question(), reference);
        }

        String answerOf(String solution) {
            String boxed = AnswerExtraction.STRICT.extract(solution);
            assertThat(boxed).as("answer of %s", solution).isNotBlank();
            return set.startsWith("gsm8k-")
                    ? boxed
                    : ExpectedAnswers.normalizeMath(boxed, ExpectedAnswers.asksForEquation(example.question()));
        }

        String mask() {
            return masks() ? example.solution() : example.maskedReferenceSolution();
        }
    }

    private static Stream<Named> examples() {
        return PromptLibrary.FEW_SHOT_SETS.stream().flatMap(set -> {
            List<FewShotExample> examples = PromptLibrary.builtInExamples(set).examples();
            return IntStream.range(0, examples.size())
                    .mapToObj(i -> new Named(set + "[" + i + "]", set, examples.get(i)));
        });
    }

    @Test
    void everyFileIsOfferedByItsName() throws IOException, URISyntaxException {
        Path folder = Path.of(PromptLibrary.class
                .getResource("/dev/openmath/prompts/few-shot/gsm8k-only-text.yaml")
                .toURI());
        try (Stream<Path> files = Files.list(folder.getParent())) {
            assertThat(files.map(file -> file.getFileName().toString().replace(".yaml", "")))
                    .containsExactlyInAnyOrderElementsOf(PromptLibrary.FEW_SHOT_SETS);
        }
    }

    @Test
    void noProblemIsShownTwice() {
        assertThat(examples().map(e -> e.example().question())).doesNotHaveDuplicates();
    }

    @TestFactory
    Stream<DynamicTest> setsHaveFiveExamplesOrMoreAndShowWhatTheirNameSays() {
        return PromptLibrary.FEW_SHOT_SETS.stream()
                .map(name -> DynamicTest.dynamicTest(name, () -> {
                    List<FewShotExample> examples =
                            PromptLibrary.builtInExamples(name).examples();
                    assertThat(examples).hasSizeGreaterThanOrEqualTo(5);
                    boolean code = examples.stream().allMatch(e -> e.solution().contains("<llm-code>"));
                    boolean text = examples.stream().noneMatch(e -> e.solution().contains("<llm-code"));
                    boolean startsWithCode =
                            examples.stream().allMatch(e -> e.solution().startsWith("<llm-code>"));
                    assertThat(name.endsWith("only-text") || name.endsWith("masked") ? text : code)
                            .isTrue();
                    assertThat(startsWithCode).isEqualTo(name.endsWith("only-code"));
                }));
    }

    @TestFactory
    Stream<DynamicTest> everySetServesEveryContextAndLeavesRoom() {
        return PromptLibrary.FEW_SHOT_SETS.stream()
                .flatMap(name -> Stream.of(PromptContext.values())
                        // What makes masks has none to show.
                        .filter(context -> context != PromptContext.MASKED_SOLUTION || !name.endsWith("masked"))
                        .map(context -> DynamicTest.dynamicTest(name + " " + context, () -> {
                            List<FewShotExample> five =
                                    PromptLibrary.builtInExamples(name).first(5);
                            PromptRenderer renderer = new PromptRenderer(
                                    PromptLibrary.builtInTemplate(PromptLibrary.DEFAULT_TEMPLATE),
                                    context,
                                    five,
                                    CodeMarkers.OPENMATH);
                            String prompt = renderer.render(new Problem("s", "p", "Q?", "1", "R.", null, null), "M.");
                            assertThat(prompt).hasSizeLessThan(MOST_CHARACTERS_OF_EXAMPLES);
                            assertThat(prompt.split(Pattern.quote(renderer.delimiter()), -1))
                                    .hasSize(6);
                        })));
    }

    @TestFactory
    Stream<DynamicTest> solutionsEndWithTheirOneAnswerWhichIsTheExpectedOne() {
        return examples()
                .filter(e -> !e.masks())
                .map(e -> DynamicTest.dynamicTest(e.name(), () -> {
                    String solution = e.example().solution();
                    assertThat(count(solution, "\\boxed{")).isEqualTo(1);
                    assertThat(e.answerOf(solution)).isEqualTo(e.expectedAnswer());
                    assertThat(solution.substring(solution.lastIndexOf('\n') + 1))
                            .contains("\\boxed{" + AnswerExtraction.STRICT.extract(solution) + "}");
                    assertThat(e.example().question()).doesNotContain("<llm-code", "\\boxed");
                    assertThat(e.example().referenceSolution()).doesNotContain("<llm-code");
                }));
    }

    @TestFactory
    Stream<DynamicTest> masksHideTheAnswerAndNearlyAllNumbers() {
        return examples()
                .map(e -> DynamicTest.dynamicTest(e.name(), () -> {
                    String mask = e.mask();
                    String expected = e.expectedAnswer();
                    assertThat(count(mask, "\\boxed{")).isEqualTo(1);
                    assertThat(e.answerOf(mask)).isNotEqualTo(expected);
                    assertThat(standsAlone(expected).matcher(mask).find())
                            .as("%s shows the answer %s", mask, expected)
                            .isFalse();
                    assertThat(mask.chars().filter(Character::isDigit).count())
                            .as("digits in %s", mask)
                            .isLessThanOrEqualTo(MOST_DIGITS_IN_A_MASK);
                    // Within half of the reference's length, as a mask must be to be selected.
                    int length = e.example().referenceSolution().length();
                    assertThat(mask.length()).isBetween((length + 1) / 2, length * 3 / 2);
                    assertThat(mask).doesNotContain("<llm-code", "####");
                }));
    }

    private static Pattern standsAlone(String answer) {
        return Pattern.compile("(?<![\\w.])" + Pattern.quote(answer) + "(?![\\w.])");
    }

    private static int count(String text, String part) {
        return text.split(Pattern.quote(part), -1).length - 1;
    }
}
