package dev.openmath.worker.inference;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the engines have in common: JSON over HTTP/1.1, a health check, the meaning of status codes. */
abstract class HttpEngine implements InferenceClient {
    static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http;
    private final URI base;
    private final @Nullable String apiKey;
    private final Duration requestTimeout;

    HttpEngine(URI base, @Nullable String apiKey, Duration requestTimeout) {
        this.base = base;
        this.apiKey = apiKey;
        this.requestTimeout = requestTimeout;
        this.http = HttpClient.newBuilder()
                // Engines speak HTTP/1.1; an attempted upgrade costs a round trip and confuses some.
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(10))
                .build();
    }

    /** Sends a request body and gives the answer of status 200; empty if the prompt does not fit the context. */
    final Optional<JsonNode> post(String path, JsonNode body) throws InferenceException, InterruptedException {
        try {
            HttpResponse<byte[]> answer = http.send(
                    request(path, requestTimeout)
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            if (answer.statusCode() == 200) {
                return Optional.of(JSON.readTree(answer.body()));
            }
            if ((answer.statusCode() == 400 || answer.statusCode() == 413)
                    && isContextOverflow(parsed(answer.body()))) {
                return Optional.empty();
            }
            throw refused(path, answer);
        } catch (HttpTimeoutException e) {
            throw new InferenceException(
                    InferenceException.Kind.OVERLOADED,
                    "engine " + base + " did not answer within " + requestTimeout.toSeconds() + " s",
                    null,
                    e);
        } catch (JsonProcessingException e) {
            throw new InferenceException(
                    InferenceException.Kind.FAULTY,
                    "engine " + base + path + " answered something not JSON",
                    null,
                    null);
        } catch (IOException e) {
            throw new InferenceException(
                    InferenceException.Kind.UNREACHABLE,
                    "engine " + base + " can't be reached (" + e.getClass().getSimpleName()
                            + "); the worker goes on when it answers",
                    null,
                    e);
        }
    }

    /** Gets a small document; empty whenever that fails. */
    final Optional<byte[]> get(String path) throws InterruptedException {
        try {
            HttpResponse<byte[]> answer = http.send(
                    request(path, Duration.ofSeconds(5)).GET().build(), HttpResponse.BodyHandlers.ofByteArray());
            return answer.statusCode() == 200 ? Optional.of(answer.body()) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    @Override
    public Health health() throws InterruptedException {
        try {
            HttpResponse<Void> answer = http.send(
                    request("/health", Duration.ofSeconds(5)).GET().build(), HttpResponse.BodyHandlers.discarding());
            return switch (answer.statusCode()) {
                case 200 -> new Health(true, "engine " + base + " answers");
                case 503 -> new Health(false, "engine " + base + " is loading the model");
                // An endpoint that is not the engine itself may have no health check of that name.
                case 404, 405 -> new Health(true, "engine " + base + " answers");
                case 401, 403 ->
                    new Health(
                            false,
                            "engine " + base + " refuses the API key (HTTP " + answer.statusCode()
                                    + "); check the Secret of inference.endpoint.apiKeySecretRef");
                default -> new Health(false, "engine " + base + " answers HTTP " + answer.statusCode());
            };
        } catch (IOException e) {
            return new Health(
                    false,
                    "engine " + base + " can't be reached (" + e.getClass().getSimpleName() + ")");
        }
    }

    @Override
    public void close() {
        http.close();
    }

    /** Whether a refusal (status 400) says that the prompt does not fit the context. */
    abstract boolean isContextOverflow(JsonNode error);

    private HttpRequest.Builder request(String path, Duration timeout) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(
                        URI.create(base.toString().replaceAll("/+$", "") + path))
                .timeout(timeout);
        if (apiKey != null) {
            builder.header("Authorization", "Bearer " + apiKey);
        }
        return builder;
    }

    private InferenceException refused(String path, HttpResponse<byte[]> answer) {
        int status = answer.statusCode();
        String at = "engine " + base + path;
        if (status == 429 || status == 503) {
            return new InferenceException(
                    InferenceException.Kind.OVERLOADED,
                    at + " answers HTTP " + status,
                    answer.headers()
                            .firstValue("Retry-After")
                            .flatMap(HttpEngine::seconds)
                            .orElse(null),
                    null);
        }
        if (status >= 500 || status == 408) {
            return new InferenceException(InferenceException.Kind.FAULTY, at + " answers HTTP " + status, null, null);
        }
        if (status == 401 || status == 403 || status == 404 || status == 405) {
            return new InferenceException(
                    InferenceException.Kind.MISCONFIGURED,
                    at + " answers HTTP " + status
                            + "; check inference.endpoint.url, its API key, and that the engine serves the model of"
                            + " model.name",
                    null,
                    null);
        }
        return new InferenceException(
                InferenceException.Kind.REJECTED, at + " refuses a request with HTTP " + status, null, null);
    }

    private static JsonNode parsed(byte[] body) {
        try {
            JsonNode node = JSON.readTree(body);
            return node == null ? JSON.nullNode() : node;
        } catch (IOException e) {
            return JSON.nullNode();
        }
    }

    private static Optional<Duration> seconds(String text) {
        try {
            return Optional.of(Duration.ofMillis((long) (Double.parseDouble(text.strip()) * 1000)));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    static boolean mentionsContext(JsonNode error) {
        String text = error.toString().toLowerCase(Locale.ROOT);
        return text.contains("context length")
                || text.contains("context size")
                || text.contains("context window")
                || text.contains("max_model_len")
                || text.contains("maximum model length")
                || text.contains("exceed_context_size");
    }
}
