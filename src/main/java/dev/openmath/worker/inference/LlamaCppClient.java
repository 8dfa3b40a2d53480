package dev.openmath.worker.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.openmath.worker.inference.CompletionResult.Completion;
import dev.openmath.worker.inference.CompletionResult.ContextOverflow;
import dev.openmath.worker.inference.CompletionResult.Finish;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * llama.cpp's server by its native {@code /completion}: its OpenAI route does not tell which stop string matched, and a
 * reply that ends one character after {@code </llm-code>} means something else than one that ends with it.
 */
public final class LlamaCppClient extends HttpEngine {
    /** As a seed it means "draw one". */
    private static final long RANDOM_SEED = 0xFFFF_FFFFL;

    public LlamaCppClient(URI base, @Nullable String apiKey, Duration requestTimeout) {
        super(base, apiKey, requestTimeout);
    }

    @Override
    public CompletionResult complete(CompletionRequest request) throws InferenceException, InterruptedException {
        Optional<JsonNode> answer = post("/completion", body(request));
        if (answer.isEmpty()) {
            return new ContextOverflow();
        }
        JsonNode reply = answer.get();
        if (!reply.path("content").isTextual()) {
            throw new InferenceException(
                    InferenceException.Kind.FAULTY, "the engine's answer has no content", null, null);
        }
        String text = reply.path("content").asText();
        String stop = reply.path("stopping_word").asText("");
        if (!stop.isEmpty() && !text.endsWith(stop)) {
            text += stop;
        }
        int outputTokens = reply.path("tokens_predicted").asInt(0);
        return new Completion(text, finish(reply, request, outputTokens), promptTokens(reply), outputTokens);
    }

    private static ObjectNode body(CompletionRequest request) {
        ObjectNode body = JSON.createObjectNode();
        body.put("prompt", request.prompt());
        body.put("n_predict", request.maxTokens());
        body.put("temperature", request.sampling().temperature());
        body.put("top_p", request.sampling().topP());
        body.put("top_k", request.sampling().topK());
        body.put("min_p", 0.0);
        body.put("typical_p", 1.0);
        body.put("repeat_penalty", 1.0);
        body.put("repeat_last_n", 0);
        body.put("presence_penalty", 0.0);
        body.put("frequency_penalty", 0.0);
        body.put("dry_multiplier", 0.0);
        body.put("xtc_probability", 0.0);
        body.put("dynatemp_range", 0.0);
        body.put("mirostat", 0);
        // The order in which vLLM applies them.
        body.putArray("samplers").add("temperature").add("top_k").add("top_p");
        body.put(
                "seed", (request.seed() & RANDOM_SEED) == RANDOM_SEED ? RANDOM_SEED - 1 : request.seed() & RANDOM_SEED);
        request.stop().forEach(body.putArray("stop")::add);
        body.put("ignore_eos", false);
        body.put("cache_prompt", true);
        body.put("n_probs", 0);
        body.put("stream", false);
        return body;
    }

    private static Finish finish(JsonNode reply, CompletionRequest request, int outputTokens) {
        boolean limit = reply.path("stop_type").asText("").equals("limit")
                || reply.path("stopped_limit").asBoolean(false);
        if (!limit) {
            return Finish.STOP;
        }
        return outputTokens < request.maxTokens() || reply.path("truncated").asBoolean(false)
                ? Finish.CONTEXT
                : Finish.LENGTH;
    }

    private static int promptTokens(JsonNode reply) {
        return reply.path("tokens_evaluated").asInt(0);
    }

    @Override
    public Optional<EngineLoad> load() throws InterruptedException {
        return get("/props").flatMap(body -> {
            try {
                int slots = JSON.readTree(body).path("total_slots").asInt(0);
                return slots > 0 ? Optional.of(new EngineLoad(slots, 0, 0)) : Optional.empty();
            } catch (IOException e) {
                return Optional.empty();
            }
        });
    }

    @Override
    boolean isContextOverflow(JsonNode error) {
        return mentionsContext(error);
    }
}
