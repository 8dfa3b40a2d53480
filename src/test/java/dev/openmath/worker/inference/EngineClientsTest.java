package dev.openmath.worker.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.openmath.worker.inference.CompletionResult.Completion;
import dev.openmath.worker.inference.CompletionResult.ContextOverflow;
import dev.openmath.worker.inference.CompletionResult.Finish;
import dev.openmath.worker.support.StubServer;
import dev.openmath.worker.support.StubServer.Reply;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EngineClientsTest {
    private static final String DELIMITER = "\n\n\n\n\n\n";
    private static final String END = "</llm-code>";
    private static final JsonMapper JSON = new JsonMapper();

    private static CompletionRequest request(SamplingParameters sampling) {
        return new CompletionRequest("Question", 512, 7, List.of(DELIMITER, END), sampling);
    }

    private static final CompletionRequest REQUEST = request(new SamplingParameters(1, 0.95, 0));

    private static CompletionResult vllm(Reply reply) throws Exception {
        try (StubServer server = new StubServer(r -> reply);
                VllmClient client = new VllmClient(server.uri(), "model", null, Duration.ofSeconds(5))) {
            return client.complete(REQUEST);
        }
    }

    private static CompletionResult llama(String reply) throws Exception {
        try (StubServer server = new StubServer(r -> Reply.ok(reply));
                LlamaCppClient client = new LlamaCppClient(server.uri(), null, Duration.ofSeconds(5))) {
            return client.complete(REQUEST);
        }
    }

    private static String choice(String text, String finish, String stopReason, int tokens) throws Exception {
        var root = JSON.createObjectNode();
        var choice = root.putArray("choices").addObject();
        choice.put("text", text).put("finish_reason", finish).put("stop_reason", stopReason);
        root.putObject("usage").put("prompt_tokens", 11).put("completion_tokens", tokens);
        return JSON.writeValueAsString(root);
    }

    @Test
    void vllmIsSentEverySamplingField() throws Exception {
        try (StubServer server = new StubServer(r -> Reply.ok(choice("x", "stop", null, 1)));
                VllmClient client = new VllmClient(server.uri(), "org/model", "secret", Duration.ofSeconds(5))) {
            client.complete(REQUEST);
            StubServer.Request sent = server.requests().getFirst();
            assertThat(sent.path()).isEqualTo("/v1/completions");
            assertThat(sent.headers().get("Authorization")).containsExactly("Bearer secret");
            assertThat(sent.body()).isEqualTo(JSON.readTree("""
                            {"model": "org/model", "prompt": "Question", "max_tokens": 512, "temperature": 1.0,
                             "top_p": 0.95, "top_k": -1, "min_p": 0.0, "repetition_penalty": 1.0,
                             "presence_penalty": 0.0, "frequency_penalty": 0.0, "n": 1, "seed": 7,
                             "stop": ["\\n\\n\\n\\n\\n\\n", "</llm-code>"], "include_stop_str_in_output": true,
                             "skip_special_tokens": true, "stream": false}
                            """));
        }
    }

    @Test
    void llamaIsSentEverySamplingFieldAndTheOrderOfItsSamplers() throws Exception {
        try (StubServer server = new StubServer(r -> Reply.ok("{\"content\":\"x\"}"));
                LlamaCppClient client = new LlamaCppClient(server.uri(), null, Duration.ofSeconds(5))) {
            client.complete(request(new SamplingParameters(0.7, 0.9, 40)));
            StubServer.Request sent = server.requests().getFirst();
            assertThat(sent.path()).isEqualTo("/completion");
            JsonNode body = sent.body();
            for (String field : List.of(
                    "temperature",
                    "top_p",
                    "top_k",
                    "min_p",
                    "typical_p",
                    "repeat_penalty",
                    "repeat_last_n",
                    "presence_penalty",
                    "frequency_penalty",
                    "dry_multiplier",
                    "xtc_probability",
                    "dynatemp_range",
                    "mirostat",
                    "seed",
                    "n_predict",
                    "stop",
                    "samplers",
                    "cache_prompt")) {
                assertThat(body.has(field)).as(field).isTrue();
            }
            assertThat(body.path("samplers").toString()).isEqualTo("[\"temperature\",\"top_k\",\"top_p\"]");
            assertThat(body.path("n_predict").asInt()).isEqualTo(512);
            assertThat(body.path("top_k").asInt()).isEqualTo(40);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"code\n</llm-code>", "code\n</llm-code>\n", "code\n</llm-code", "done" + DELIMITER})
    void vllmsTextIsTakenToTheLetter(String text) throws Exception {
        assertThat(vllm(Reply.ok(choice(text, "stop", null, 5)))).isEqualTo(new Completion(text, Finish.STOP, 11, 5));
    }

    @Test
    void aServerThatLeavesTheStopStringOutStillSaysWhich() throws Exception {
        assertThat(((Completion) vllm(Reply.ok(choice("code\n", "stop", END, 5)))).text())
                .isEqualTo("code\n" + END);
        assertThat(((Completion) vllm(Reply.ok(choice("code\n" + END, "stop", END, 5)))).text())
                .isEqualTo("code\n" + END);
    }

    @ParameterizedTest
    @CsvSource({
        "code\\n, word, </llm-code>, code\\n</llm-code>",
        "all, eos, '', all",
        "code </llm-code, limit, '', code </llm-code",
        "code, word, '', code"
    })
    void llamasStopWordIsAddedExactlyWhenOneMatched(String content, String type, String word, String text)
            throws Exception {
        String reply = JSON.writeValueAsString(Map.of(
                "content",
                content,
                "stop_type",
                type,
                "stopping_word",
                word,
                "tokens_predicted",
                512,
                "tokens_evaluated",
                30));
        Completion completion = (Completion) llama(reply);
        assertThat(completion.text()).isEqualTo(text);
        assertThat(completion.finish()).isEqualTo(type.equals("limit") ? Finish.LENGTH : Finish.STOP);
        assertThat(completion.promptTokens()).isEqualTo(30);
    }

    @Test
    void theContextsEndIsNotTheRoundsEnd() throws Exception {
        assertThat(((Completion) vllm(Reply.ok(choice("x", "length", null, 100)))).finish())
                .isEqualTo(Finish.CONTEXT);
        assertThat(((Completion) vllm(Reply.ok(choice("x", "length", null, 512)))).finish())
                .isEqualTo(Finish.LENGTH);
        assertThat(((Completion) llama("{\"content\":\"x\",\"stop_type\":\"limit\",\"tokens_predicted\":100}"))
                        .finish())
                .isEqualTo(Finish.CONTEXT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"error\":{\"message\":\"This model's maximum context length is 4096 tokens. However, you requested"
                        + " 4300 tokens\",\"type\":\"BadRequestError\",\"code\":400}}",
                "{\"object\":\"error\",\"message\":\"This model's maximum context length is 2048 tokens.\"}",
                "{\"error\":{\"code\":400,\"message\":\"the request exceeds the available context size\","
                        + "\"type\":\"exceed_context_size_error\"}}"
            })
    void aPromptThatDoesNotFitIsAResult(String body) throws Exception {
        assertThat(vllm(Reply.of(400, body))).isEqualTo(new ContextOverflow());
    }

    @ParameterizedTest
    @CsvSource({
        "429, OVERLOADED",
        "503, OVERLOADED",
        "500, FAULTY",
        "502, FAULTY",
        "400, REJECTED",
        "401, MISCONFIGURED",
        "404, MISCONFIGURED"
    })
    void statusCodesMeanWhatToDo(int status, InferenceException.Kind kind) {
        assertThatThrownBy(() -> vllm(new Reply(status, "{}", Map.of("Retry-After", "3"))))
                .isInstanceOfSatisfying(InferenceException.class, e -> {
                    assertThat(e.kind()).isEqualTo(kind);
                    assertThat(e.retryAfter())
                            .isEqualTo(kind == InferenceException.Kind.OVERLOADED ? Duration.ofSeconds(3) : null);
                })
                .message()
                .doesNotContain("Question");
    }

    @Test
    void anEngineThatIsNotThereIsUnreachable() throws Exception {
        try (VllmClient client = new VllmClient(URI.create("http://127.0.0.1:1"), "m", null, Duration.ofSeconds(5))) {
            assertThatThrownBy(() -> client.complete(REQUEST))
                    .isInstanceOfSatisfying(
                            InferenceException.class,
                            e -> assertThat(e.kind()).isEqualTo(InferenceException.Kind.UNREACHABLE));
            assertThat(client.health().ready()).isFalse();
        }
    }

    @Test
    void enginesTellTheirLoad() throws Exception {
        String metrics = "# HELP vllm:num_requests_running x\nvllm:num_requests_running{model_name=\"m\"} 7.0\n"
                + "vllm:num_requests_waiting{model_name=\"m\"} 3.0\n";
        try (StubServer server = new StubServer(
                        r -> r.path().equals("/metrics") ? Reply.ok(metrics) : Reply.ok("{\"total_slots\":4}"));
                VllmClient vllm = new VllmClient(server.uri(), "m", null, Duration.ofSeconds(5));
                LlamaCppClient llama = new LlamaCppClient(server.uri(), null, Duration.ofSeconds(5))) {
            assertThat(vllm.load()).isEqualTo(Optional.of(new InferenceClient.EngineLoad(0, 7, 3)));
            assertThat(llama.load()).isEqualTo(Optional.of(new InferenceClient.EngineLoad(4, 0, 0)));
        }
    }
}
