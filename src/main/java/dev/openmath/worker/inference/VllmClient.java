package dev.openmath.worker.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.openmath.worker.inference.CompletionResult.Completion;
import dev.openmath.worker.inference.CompletionResult.ContextOverflow;
import dev.openmath.worker.inference.CompletionResult.Finish;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** vLLM, and servers that speak its dialect of {@code /v1/completions}. */
public final class VllmClient extends HttpEngine {
    private final String model;

    /**
     * @param base address before {@code /v1/completions}
     * @param model name the engine serves the model under
     */
    public VllmClient(URI base, String model, @Nullable String apiKey, Duration requestTimeout) {
        super(base, apiKey, requestTimeout);
        this.model = model;
    }

    @Override
    public CompletionResult complete(CompletionRequest request) throws InferenceException, InterruptedException {
        Optional<JsonNode> answer = post("/v1/completions", body(request));
        if (answer.isEmpty()) {
            return new ContextOverflow();
        }
        JsonNode choice = answer.get().path("choices").path(0);
        if (!choice.path("text").isTextual()) {
            throw new InferenceException(
                    InferenceException.Kind.FAULTY, "the engine's answer has no choices[0].text", null, null);
        }
        JsonNode usage = answer.get().path("usage");
        int outputTokens = usage.path("completion_tokens").asInt(0);
        return new Completion(
                withStopString(choice, request),
                finish(choice, request, outputTokens),
                usage.path("prompt_tokens").asInt(0),
                outputTokens);
    }

    private ObjectNode body(CompletionRequest request) {
        ObjectNode body = JSON.createObjectNode();
        body.put("model", model);
        body.put("prompt", request.prompt());
        body.put("max_tokens", request.maxTokens());
        // Under top_k 1 it draws one of the tokens that tie, as bfloat16 logits do; temperature 0 is greedy for all
        // seeds.
        body.put(
                "temperature",
                request.sampling().topK() == 1 ? 0.0 : request.sampling().temperature());
        body.put("top_p", request.sampling().topP());
        body.put(
                "top_k",
                request.sampling().topK() == 0 ? -1 : request.sampling().topK());
        body.put("min_p", 0.0);
        body.put("repetition_penalty", 1.0);
        body.put("presence_penalty", 0.0);
        body.put("frequency_penalty", 0.0);
        body.put("n", 1);
        body.put("seed", request.seed());
        request.stop().forEach(body.putArray("stop")::add);
        body.put("include_stop_str_in_output", true);
        body.put("skip_special_tokens", true);
        body.put("stream", false);
        return body;
    }

    /** A server that ignores {@code include_stop_str_in_output} still says which string matched. */
    private static String withStopString(JsonNode choice, CompletionRequest request) {
        String text = choice.path("text").asText();
        JsonNode reason = choice.path("stop_reason");
        boolean matched = "stop".equals(choice.path("finish_reason").asText())
                && reason.isTextual()
                && request.stop().contains(reason.asText());
        return matched && !text.endsWith(reason.asText()) ? text + reason.asText() : text;
    }

    private static Finish finish(JsonNode choice, CompletionRequest request, int outputTokens) {
        if (!"length".equals(choice.path("finish_reason").asText())) {
            return Finish.STOP;
        }
        return outputTokens > 0 && outputTokens < request.maxTokens() ? Finish.CONTEXT : Finish.LENGTH;
    }

    @Override
    public Optional<EngineLoad> load() throws InterruptedException {
        return get("/metrics").map(body -> {
            String text = new String(body, StandardCharsets.UTF_8);
            return new EngineLoad(0, sum(text, "vllm:num_requests_running"), sum(text, "vllm:num_requests_waiting"));
        });
    }

    private static int sum(String metrics, String name) {
        double sum = 0;
        for (String line : metrics.split("\n")) {
            if (line.startsWith(name + "{") || line.startsWith(name + " ")) {
                try {
                    sum += Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
                } catch (NumberFormatException e) {
                    continue;
                }
            }
        }
        return (int) sum;
    }

    /**
     * A prompt of exactly the context is refused in other words than a longer one: what it leaves for {@code max_tokens}
     * is 0, and 0 is below the least. No request of ours asks for 0.
     */
    @Override
    boolean isContextOverflow(JsonNode error) {
        return mentionsContext(error) || error.toString().contains("max_tokens must be at least 1, got 0");
    }
}
