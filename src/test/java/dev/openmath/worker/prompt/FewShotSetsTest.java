package dev.openmath.worker.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.openmath.worker.grading.AnswerExtraction;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every example must be what a careful model would write: code that gives the printed output, one box, no leftovers. */
class FewShotSetsTest {
    private static final Pattern BLOCK = Pattern.compile(
            "<llm-code>\\n(.*?)\\n</llm-code>\\n<llm-code-output>\\n(.*?)\\n</llm-code-output>", Pattern.DOTALL);

    private record Named(String name, String set, FewShotExample example) {}

    private static Stream<Named> examples() {
        return PromptLibrary.FEW_SHOT_SETS.stream().flatMap(set -> {
            List<FewShotExample> examples = PromptLibrary.builtInExamples(set).examples();
            return IntStream.range(0, examples.size())
                    .mapToObj(i -> new Named(set + "[" + i + "]", set, examples.get(i)));
        });
    }

    @TestFactory
    Stream<DynamicTest> codeBlocksGiveThePrintedOutput() {
        return examples()
                .filter(e -> e.example().solution().contains("<llm-code>"))
                .map(e -> DynamicTest.dynamicTest(e.name(), () -> {
                    List<String> code = new ArrayList<>();
                    List<String> printed = new ArrayList<>();
                    var blocks = BLOCK.matcher(e.example().solution());
                    while (blocks.find()) {
                        code.add(blocks.group(1));
                        printed.add(blocks.group(2));
                    }
                    assertThat(code).hasSize(count(e.example().solution(), "<llm-code>"));
                    List<String> outputs = PythonBlocks.run(code);
                    assumeTrue(outputs != null, "python3 of this machine lacks SymPy");
                    assertThat(outputs).isEqualTo(printed);
                }));
    }

    @TestFactory
    Stream<DynamicTest> setsHaveFiveExamplesOrMoreAndShowWhatTheirNameSays() {
        return PromptLibrary.FEW_SHOT_SETS.stream()
                .map(name -> DynamicTest.dynamicTest(name, () -> {
                    List<FewShotExample> examples =
                            PromptLibrary.builtInExamples(name).examples();
                    assertThat(examples).hasSizeGreaterThanOrEqualTo(5).doesNotHaveDuplicates();
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
    Stream<DynamicTest> solutionsEndWithTheirOneAnswer() {
        return examples()
                .filter(e -> !e.set().endsWith("masked"))
                .map(e -> DynamicTest.dynamicTest(e.name(), () -> {
                    String solution = e.example().solution();
                    assertThat(count(solution, "\\boxed{")).isEqualTo(1);
                    String answer = AnswerExtraction.STRICT.extract(solution);
                    assertThat(answer).isNotBlank();
                    assertThat(solution.substring(solution.lastIndexOf('\n') + 1))
                            .contains("\\boxed{" + answer + "}");
                    assertThat(solution).doesNotContain("\n\n\n\n\n\n");
                    assertThat(e.example().question()).doesNotContain("<llm-code", "\\boxed");
                }));
    }

    private static int count(String text, String part) {
        return text.split(Pattern.quote(part), -1).length - 1;
    }
}
