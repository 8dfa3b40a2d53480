package dev.openmath.worker.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.openmath.worker.inference.CompletionResult.Completion;
import dev.openmath.worker.inference.CompletionResult.ContextOverflow;
import dev.openmath.worker.inference.CompletionResult.Finish;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The adapters over what real engines answered ({@code src/test/resources/engines}). */
class RecordedAnswersTest {
    /** Fields that the recordings have to make a model of noise write a stop string; the worker sends none of them. */
    private static final Set<String> FORCING = Set.of("structured_outputs", "grammar");

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "vllm/stop-code,               \"print(2 + 2)|</llm-code>\", STOP,    17,   23",
                "vllm/stop-code-excluded,      \"print(2 + 2)|</llm-code>\", STOP,    17,   23",
                "vllm/stop-delimiter,          \"It is 4.||||||\",           STOP,    17,   10",
                "vllm/stop-delimiter-excluded, \"It is 4.||||||\",           STOP,    17,   10",
                "vllm/end-of-text,             \"It is 4.\",                 STOP,    17,   5",
                "vllm/length,                  ,                             LENGTH,  17,   5",
                "vllm/context-full,            ,                             CONTEXT, 2028, 20",
                "llamacpp/stop-code,           \"print(2 + 2)|</llm-code>\", STOP,    15,   15",
                "llamacpp/stop-delimiter,      \"It is 4.||||||\",           STOP,    15,   11",
                "llamacpp/end-of-text,         \"It is 4.\",                 STOP,    15,   6",
                "llamacpp/half-stop,           \"print(2)</llm-coda\",       STOP,    15,   12",
                "llamacpp/length,              ,                             LENGTH,  15,   5",
                "llamacpp/context-full,        ,                             CONTEXT, 1014, 10",
                "llamacpp/prompt-leaves-one,   ,                             CONTEXT, 1023, 1",
            })
    void readsCompletions(String name, String text, Finish finish, int promptTokens, int outputTokens)
            throws Exception {
        try (var engine = new RecordedEngine(name);
                var client = client(name, engine)) {
            CompletionResult result = client.complete(request(engine.recordedRequest()));

            assertThat(result).isInstanceOf(Completion.class);
            Completion completion = (Completion) result;
            if (text != null) {
                assertThat(completion.text()).isEqualTo(text.replace('|', '\n'));
            }
            assertThat(completion.finish()).isEqualTo(finish);
            assertThat(completion.promptTokens()).as("prompt tokens").isEqualTo(promptTokens);
            assertThat(completion.outputTokens()).as("output tokens").isEqualTo(outputTokens);
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "vllm/prompt-too-long",
                "vllm/prompt-fills-context",
                "llamacpp/prompt-too-long",
                "llamacpp/prompt-fills-context"
            })
    void recognisesPromptsThatDoNotFit(String name) throws Exception {
        try (var engine = new RecordedEngine(name);
                var client = client(name, engine)) {
            assertThat(client.complete(request(engine.recordedRequest()))).isEqualTo(new ContextOverflow());
        }
    }

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "vllm/unknown-model,           MISCONFIGURED",
        "vllm/wrong-type,              REJECTED",
        "vllm/empty-prompt,            REJECTED",
        "vllm/five-stops,              REJECTED",
        "vllm/empty-stop,              REJECTED",
        "vllm/negative-temperature,    REJECTED",
        "vllm/seed-too-large,          REJECTED",
        "llamacpp/wrong-type,          REJECTED",
        "llamacpp/completion-loading,  OVERLOADED",
    })
    void tellsRefusalsApart(String name, InferenceException.Kind kind) throws Exception {
        try (var engine = new RecordedEngine(name);
                var client = client(name, engine)) {
            var refusal = catchThrowableOfType(
                    InferenceException.class,
                    () -> client.complete(new CompletionRequest(
                            "a secret prompt", 16, 7, List.of("</llm-code>"), new SamplingParameters(0.7, 0.95, 0))));

            assertThat(refusal).isNotNull();
            assertThat(refusal.kind()).isEqualTo(kind);
            assertThat(refusal.getMessage()).contains(engine.url().toString()).doesNotContain("secret");
        }
    }

    /** What was recorded is worth something only if the worker asks the same. */
    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"vllm/stop-code", "vllm/length", "llamacpp/stop-code", "llamacpp/length"})
    void asksWhatWasRecorded(String name) throws Exception {
        try (var engine = new RecordedEngine(name);
                var client = client(name, engine)) {
            JsonNode recorded = engine.recordedRequest();
            client.complete(request(recorded));

            recorded.properties().forEach(field -> {
                if (!FORCING.contains(field.getKey())) {
                    assertThat(engine.askedRequest().path(field.getKey()))
                            .as(field.getKey())
                            .isEqualTo(field.getValue());
                }
            });
        }
    }

    /** With top_k 1 vLLM draws one of the tokens that tie; only temperature 0 is the same for all seeds. */
    @Test
    void greedyIsTemperatureZeroForVllm() throws Exception {
        String name = "vllm/greedy";
        try (var engine = new RecordedEngine(name);
                var client = client(name, engine)) {
            client.complete(new CompletionRequest("a", 12, 7, List.of(), new SamplingParameters(1, 1, 1)));

            assertThat(engine.askedRequest().path("temperature").asDouble(-1)).isZero();
            assertThat(engine.recordedRequest().path("temperature").asDouble(-1))
                    .isZero();
        }
    }

    @ParameterizedTest(name = "{0}: ready {1}")
    @CsvSource({"vllm/health, true", "llamacpp/health, true", "llamacpp/health-loading, false"})
    void readsHealth(String name, boolean ready) throws Exception {
        try (var engine = new RecordedEngine(name);
                var client = client(name, engine)) {
            InferenceClient.Health health = client.health();
            assertThat(health.ready()).as(health.message()).isEqualTo(ready);
        }
    }

    private static InferenceClient client(String name, RecordedEngine engine) {
        Duration timeout = Duration.ofSeconds(20);
        return name.startsWith("vllm/")
                ? new VllmClient(engine.url(), "tiny", null, timeout)
                : new LlamaCppClient(engine.url(), null, timeout);
    }

    private static CompletionRequest request(JsonNode recorded) {
        List<String> stop = new ArrayList<>();
        recorded.path("stop").forEach(text -> stop.add(text.asText()));
        return new CompletionRequest(
                recorded.path("prompt").asText(),
                recorded.has("max_tokens")
                        ? recorded.path("max_tokens").asInt()
                        : recorded.path("n_predict").asInt(),
                recorded.path("seed").asLong(),
                stop,
                new SamplingParameters(
                        recorded.path("temperature").asDouble(),
                        recorded.path("top_p").asDouble(),
                        Math.max(0, recorded.path("top_k").asInt())));
    }
}
