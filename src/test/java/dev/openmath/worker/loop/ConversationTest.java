package dev.openmath.worker.loop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.openmath.api.SandboxPoolSpec.Semantics;
import dev.openmath.worker.grading.AnswerExtraction;
import dev.openmath.worker.inference.CompletionResult;
import dev.openmath.worker.inference.CompletionResult.Completion;
import dev.openmath.worker.inference.CompletionResult.Finish;
import dev.openmath.worker.prompt.CodeMarkers;
import dev.openmath.worker.sandbox.BlockClass;
import dev.openmath.worker.sandbox.BlockResult;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConversationTest {
    private static final String DELIMITER = "\n\n\n\n\n\n";
    private static final LoopRules ORIGINAL = rules(3, true);
    private static final LoopRules MODERN =
            new LoopRules(CodeMarkers.OPENMATH, DELIMITER, 2, 100, true, true, false, true, Semantics.IPython, 10);

    private static LoopRules rules(int maxExecutions, boolean stopOnError) {
        return new LoopRules(
                CodeMarkers.OPENMATH,
                DELIMITER,
                maxExecutions,
                512,
                false,
                false,
                stopOnError,
                false,
                Semantics.OpenMath2024,
                10);
    }

    record Case(String id, JsonNode script) {
        @Override
        public String toString() {
            return id;
        }
    }

    static Stream<Case> originalCases() throws IOException {
        JsonMapper json = new JsonMapper();
        try (InputStream in = ConversationTest.class.getResourceAsStream("/conformance/generation_loop_cases.jsonl")) {
            List<Case> cases = new ArrayList<>();
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                JsonNode node = json.readTree(line);
                cases.add(new Case(node.path("id").asText(), node));
            }
            assertThat(cases).hasSize(8);
            return cases.stream();
        }
    }

    @ParameterizedTest
    @MethodSource("originalCases")
    void doesWhatTheOriginalDid(Case original) {
        JsonNode script = original.script();
        JsonNode options = script.path("options");
        Conversation conversation = Conversation.start(rules(
                options.path("max_code_executions").asInt(3),
                options.path("stop_on_code_error").asBoolean(true)));
        int llmCalls = 0;
        int sandboxCalls = 0;
        List<String> executed = new ArrayList<>();
        List<Integer> tokens = new ArrayList<>();
        String lastPromptSuffix = "";
        while (!(conversation.next() instanceof Step.Finished)) {
            switch (conversation.next()) {
                case Step.Complete step -> {
                    tokens.add(step.maxTokens());
                    lastPromptSuffix = conversation.text();
                    conversation = conversation.completed(
                            reply(script.path("llm_replies").path(llmCalls++).asText()));
                }
                case Step.Execute step -> {
                    executed.add(step.code());
                    conversation = conversation.executed(
                            block(script.path("sandbox_replies").path(sandboxCalls++)));
                }
                case Step.Finished finished -> throw new AssertionError();
            }
        }
        JsonNode expected = script.path("expected");
        assertThat(conversation.solution())
                .isEqualTo(expected.path("generated_solution").asText());
        assertThat(conversation.errorMessage())
                .isEqualTo(expected.path("error_message").asText());
        assertThat(AnswerExtraction.STRICT.extract(conversation.solution()))
                .isEqualTo(expected.path("predicted_answer").asText(null));
        assertThat(llmCalls).isEqualTo(script.path("llm_calls").asInt());
        assertThat(executed).isEqualTo(texts(script.path("executed_code")));
        assertThat(lastPromptSuffix).isEqualTo(script.path("last_prompt_suffix").asText());
        assertThat(tokens).isEqualTo(numbers(script.path("tokens_per_call")));
        assertThat(conversation.rules().stopStrings()).isEqualTo(texts(script.path("stop_phrases")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", " ", ".", "</llm-code", "\u00a0"})
    void oneCharacterAfterTheEndTagMeansFinished(String more) {
        Conversation after = Conversation.start(ORIGINAL).completed(reply("<llm-code>\n1\n</llm-code>" + more));
        assertThat(after.next()).isEqualTo(new Step.Finished(FinishReason.STOP));
        assertThat(after.errorMessage()).isEqualTo("<not_executed>");
    }

    @ParameterizedTest
    @ValueSource(strings = {"</llm-code", "<llm-code>", "</llm-code-output>", "/llm-code>"})
    void nothingButTheEndTagAsksForExecution(String end) {
        assertThat(Conversation.start(ORIGINAL)
                        .completed(reply("<llm-code>\n1\n" + end))
                        .next())
                .isEqualTo(new Step.Finished(FinishReason.STOP));
    }

    @Test
    void aReplyWithoutBeginTagExecutesAsAWhole() {
        assertThat(Conversation.start(ORIGINAL)
                        .completed(reply("1+1\n</llm-code>"))
                        .next())
                .isEqualTo(new Step.Execute("1+1\n"));
    }

    @Test
    void aFailedBlockEndsTheSampleWithoutAnOutputBlock() {
        Conversation after = Conversation.start(ORIGINAL)
                .completed(reply("\\boxed{1} <llm-code>\n1/0\n</llm-code>"))
                .executed(new BlockResult(BlockClass.ERROR, "Traceback", "Execution error: division by zero", 3));
        assertThat(after.next()).isEqualTo(new Step.Finished(FinishReason.CODE_ERROR));
        assertThat(after.solution()).isEqualTo("\\boxed{1} <llm-code>\n1/0\n</llm-code>");
        assertThat(after.errorMessage()).isEqualTo("Execution error: division by zero");
    }

    @Test
    void aFailureInTheLastAllowedBlockKeepsItsOwnMessage() {
        Conversation conversation = Conversation.start(rules(1, true))
                .completed(reply("<llm-code>\nx\n</llm-code>"))
                .executed(new BlockResult(BlockClass.TIMEOUT, "", "timeout", 10_000));
        assertThat(conversation.errorMessage()).isEqualTo("timeout");
    }

    @Test
    void theContextsEndKeepsTheTextSoFar() {
        Conversation after = Conversation.start(ORIGINAL)
                .completed(reply("A\n<llm-code>\n1\n</llm-code>"))
                .executed(new BlockResult(BlockClass.OK, "1", "", 1))
                .completed(new CompletionResult.ContextOverflow());
        assertThat(after.next()).isEqualTo(new Step.Finished(FinishReason.CONTEXT_OVERFLOW));
        assertThat(after.solution())
                .isEqualTo("A\n<llm-code>\n1\n</llm-code>\n<llm-code-output>\n1\n</llm-code-output>\n");
    }

    @Test
    void withoutAllowedExecutionsCodeIsText() {
        LoopRules none = rules(0, true);
        assertThat(none.stopStrings()).containsExactly(DELIMITER);
        assertThat(Conversation.start(none)
                        .completed(reply("<llm-code>\n1\n</llm-code>"))
                        .next())
                .isEqualTo(new Step.Finished(FinishReason.STOP));
    }

    @Test
    void modernShowsErrorsAndAsksOnceMoreAfterTheLastBlock() {
        Conversation conversation = Conversation.start(MODERN)
                .completed(new Completion("<llm-code>\n1/0\n</llm-code>", Finish.STOP, 5, 10))
                .executed(new BlockResult(
                        BlockClass.ERROR, "ZeroDivisionError", "Execution error: ZeroDivisionError", 1));
        assertThat(conversation.next()).isEqualTo(new Step.Complete(90));
        conversation = conversation
                .completed(new Completion("<llm-code>\nwhile True: pass\n</llm-code>", Finish.STOP, 5, 20))
                .executed(new BlockResult(BlockClass.TIMEOUT, "partial", "timeout", 10_000));
        assertThat(conversation.text())
                .contains("\n<llm-code-output>\nZeroDivisionError\n</llm-code-output>\n")
                .endsWith("\n<llm-code-output>\npartial\nExecution timed out after 10 seconds\n</llm-code-output>\n");
        assertThat(conversation.next()).isEqualTo(new Step.Complete(70));
        conversation = conversation.completed(new Completion("<llm-code>\n3\n</llm-code>", Finish.STOP, 5, 5));
        assertThat(conversation.next()).isEqualTo(new Step.Finished(FinishReason.MAX_EXECUTIONS));
        assertThat(conversation.errorMessage()).isEqualTo("timeout");
    }

    @Test
    void modernDoesNotExecuteWhenTheBudgetIsUsedUpOrNoBlockIsOpen() {
        assertThat(Conversation.start(MODERN)
                        .completed(new Completion("<llm-code>\n1\n</llm-code>", Finish.STOP, 5, 100))
                        .next())
                .isEqualTo(new Step.Finished(FinishReason.LENGTH));
        assertThat(Conversation.start(MODERN)
                        .completed(new Completion("1</llm-code>", Finish.STOP, 5, 3))
                        .next())
                .isEqualTo(new Step.Finished(FinishReason.STOP));
        assertThat(Conversation.start(MODERN)
                        .completed(new Completion("<llm-code>1</llm-code> 2 </llm-code>", Finish.STOP, 5, 3))
                        .next())
                .isEqualTo(new Step.Finished(FinishReason.STOP));
    }

    private static CompletionResult reply(String text) {
        return new Completion(text, Finish.STOP, 10, 10);
    }

    private static BlockResult block(JsonNode reply) {
        String error = reply.path("error_message").asText();
        BlockClass blockClass =
                error.isEmpty() ? BlockClass.OK : error.equals("timeout") ? BlockClass.TIMEOUT : BlockClass.ERROR;
        return new BlockResult(blockClass, reply.path("result").asText(""), error, 1);
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(node -> texts.add(node.asText()));
        return texts;
    }

    private static List<Integer> numbers(JsonNode array) {
        List<Integer> numbers = new ArrayList<>();
        array.forEach(node -> numbers.add(node.asInt()));
        return numbers;
    }
}
