package dev.openmath.worker.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.openmath.worker.plan.Problem;
import java.util.List;
import org.junit.jupiter.api.Test;

class PromptRendererTest {
    private static final PromptTemplate TEMPLATE = PromptLibrary.builtInTemplate(PromptLibrary.DEFAULT_TEMPLATE);
    private static final Problem PROBLEM =
            new Problem("gsm8k", "p1", "How many {context} is 1+1?", "2", "It is two.", null, null);
    private static final FewShotExample EXAMPLE = new FewShotExample(
            "What is 2*3?",
            "<llm-code>\n2*3\n</llm-code>\n<llm-code-output>\n6\n</llm-code-output>\n\\boxed{6}",
            "Six.",
            "It is p.");

    @Test
    void fewShotPromptHasTheFormOfTheOriginal() {
        assertThat(renderer(PromptContext.EMPTY).render(PROBLEM)).isEqualTo("""
                        Here are some examples of questions and solutions followed by a new question that you need to solve.
                        Make sure to put the answer (and only answer) inside \\boxed{}.

                        Question:
                        What is 2*3?

                        My solution:
                        <llm-code>
                        2*3
                        </llm-code>
                        <llm-code-output>
                        6
                        </llm-code-output>
                        \\boxed{6}





                        Question:
                        How many {context} is 1+1?

                        My solution:
                        """);
    }

    @Test
    void contextsShowReferenceSolutions() {
        assertThat(renderer(PromptContext.REFERENCE_SOLUTION).render(PROBLEM))
                .contains("What is 2*3?\n\nReference solution (do not copy it):\nSix.\n\nMy solution:\n<llm-code>")
                .endsWith("1+1?\n\nReference solution (do not copy it):\nIt is two.\n\nMy solution:\n");
        assertThat(renderer(PromptContext.MASKED_SOLUTION).render(PROBLEM, "It is x."))
                .contains("What is 2*3?\n\nReference solution:\nIt is p.\n\nMy solution:\n")
                .endsWith("1+1?\n\nReference solution:\nIt is x.\n\nMy solution:\n");
    }

    @Test
    void builtInSetsServeTheContextsTheyAreMadeFor() {
        for (String set : PromptLibrary.FEW_SHOT_SETS) {
            boolean masks = set.endsWith("generate-masked");
            PromptTemplate template = masks ? PromptLibrary.builtInTemplate(PromptLibrary.MASKING_TEMPLATE) : TEMPLATE;
            for (PromptContext context : PromptContext.values()) {
                if (!masks || context == PromptContext.REFERENCE_SOLUTION) {
                    String prompt = new PromptRenderer(
                                    template,
                                    context,
                                    PromptLibrary.builtInExamples(set).first(5),
                                    CodeMarkers.OPENMATH)
                            .render(PROBLEM, "It is x.");
                    assertThat(prompt)
                            .as(set)
                            .endsWith(masks ? "\nIt is two.\n\nMy masked solution:\n" : "My solution:\n");
                    assertThat(prompt.split("\n\n\n\n\n\n", -1)).as(set).hasSize(6);
                }
            }
        }
    }

    @Test
    void whatAContextShowsMustBeThere() {
        assertThatThrownBy(() -> renderer(PromptContext.MASKED_SOLUTION).render(PROBLEM))
                .hasMessage("problem p1 has no masked reference solution");
        assertThatThrownBy(() -> new PromptRenderer(
                        TEMPLATE,
                        PromptContext.REFERENCE_SOLUTION,
                        List.of(new FewShotExample("q", "s", null, null)),
                        CodeMarkers.OPENMATH))
                .hasMessage("few-shot example 1 has no reference solution");
    }

    @Test
    void otherMarkersReplaceThoseOfTheExamplesAndStopTheModel() {
        PromptRenderer renderer = new PromptRenderer(
                TEMPLATE,
                PromptContext.EMPTY,
                List.of(EXAMPLE),
                new CodeMarkers("```python", "```", "```output", "```."));
        assertThat(renderer.render(PROBLEM)).contains("```python\n2*3\n```\n```output\n6\n```.\n\\boxed{6}");
        assertThat(renderer.stopStrings()).containsExactly("\n\n\n\n\n\n", "```");
    }

    @Test
    void contentHashChangesWithEverythingThatPromptsShow() {
        String hash = renderer(PromptContext.EMPTY).contentHash();
        assertThat(hash).hasSize(64).isEqualTo(renderer(PromptContext.EMPTY).contentHash());
        assertThat(renderer(PromptContext.REFERENCE_SOLUTION).contentHash()).isNotEqualTo(hash);
        assertThat(new PromptRenderer(TEMPLATE, PromptContext.EMPTY, List.of(EXAMPLE, EXAMPLE), CodeMarkers.OPENMATH)
                        .contentHash())
                .isNotEqualTo(hash);
        assertThat(new PromptRenderer(
                                new PromptTemplate("t", "", TEMPLATE.item(), TEMPLATE.delimiter()),
                                PromptContext.EMPTY,
                                List.of(EXAMPLE),
                                CodeMarkers.OPENMATH)
                        .contentHash())
                .isNotEqualTo(hash);
    }

    @Test
    void usersFilesAreCheckedAndErrorsNameFileAndField() {
        assertThatThrownBy(() -> PromptLibrary.parseExamples("mine.yaml", "examples:\n- question: q\n"))
                .hasMessage("mine.yaml: examples[0].solution is missing or blank");
        assertThatThrownBy(() -> PromptLibrary.parseExamples("mine.yaml", "examples:\n- questoin: q\n"))
                .hasMessage("mine.yaml: field \"questoin\" is unknown; use maskedReferenceSolution, question,"
                        + " referenceSolution, solution");
        assertThatThrownBy(() -> PromptLibrary.parseExamples("mine.yaml", "examples: [\n- a: }\n"))
                .hasMessageStartingWith("mine.yaml, line 1: ");
        assertThatThrownBy(() -> PromptLibrary.parseTemplate("t.yaml", "item: '{solution}'\ndelimiter: x\n"))
                .hasMessageContaining("{question}");
        assertThatThrownBy(() -> PromptLibrary.builtInExamples("gsm8k")).hasMessageContaining("gsm8k-text-with-code");
        assertThatThrownBy(
                        () -> PromptLibrary.builtInExamples("gsm8k-only-text").first(99))
                .hasMessageContaining("use at most 5");
    }

    private static PromptRenderer renderer(PromptContext context) {
        return new PromptRenderer(TEMPLATE, context, List.of(EXAMPLE), CodeMarkers.OPENMATH);
    }
}
