package dev.openmath.worker.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The wire of the executor: JSON over HTTP/1.1 with the pool's token. */
final class HttpSandbox implements AutoCloseable {
    static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http;
    private final Set<CompletableFuture<?>> underWay = ConcurrentHashMap.newKeySet();
    private final Supplier<String> token;

    HttpSandbox(Supplier<String> token) {
        this.token = token;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(5))
                .build();
    }

    /** Status and body of an answer. */
    record Answer(int status, JsonNode body, Optional<Duration> retryAfter) {
        String errorCode() {
            return body.path("error").path("code").asText("");
        }

        String errorField() {
            return body.path("error").path("field").asText("");
        }
    }

    Answer post(URI base, String path, JsonNode body, Duration timeout) throws IOException, InterruptedException {
        HttpResponse<byte[]> answer = http.send(
                request(base, path, timeout)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
        return new Answer(
                answer.statusCode(),
                parsed(answer.body()),
                answer.headers().firstValue("Retry-After").flatMap(HttpSandbox::seconds));
    }

    /** Sends a DELETE and does not wait for the answer: a lost one only leaves a session to its idle timeout. */
    void deleteLater(URI base, String path) {
        CompletableFuture<?> sent = http.sendAsync(
                request(base, path, Duration.ofSeconds(10)).DELETE().build(), HttpResponse.BodyHandlers.discarding());
        underWay.add(sent);
        sent.whenComplete((answer, trouble) -> underWay.remove(sent));
    }

    void delete(URI base, String path) throws IOException, InterruptedException {
        http.send(request(base, path, Duration.ofSeconds(10)).DELETE().build(), HttpResponse.BodyHandlers.discarding());
    }

    private HttpRequest.Builder request(URI base, String path, Duration timeout) {
        return HttpRequest.newBuilder(URI.create(base + path))
                .timeout(timeout)
                .header("Authorization", "Bearer " + token.get());
    }

    private static JsonNode parsed(byte[] body) throws IOException {
        if (body.length == 0) {
            return JSON.createObjectNode();
        }
        JsonNode node = JSON.readTree(body);
        return node == null ? JSON.createObjectNode() : node;
    }

    private static Optional<Duration> seconds(String text) {
        try {
            return Optional.of(Duration.ofMillis((long) (Double.parseDouble(text.strip()) * 1000)));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        // Sessions that nobody ends hold their place until they idle out.
        CompletableFuture.allOf(underWay.toArray(CompletableFuture[]::new))
                .completeOnTimeout(null, 2, TimeUnit.SECONDS)
                .exceptionally(trouble -> null)
                .join();
        http.shutdownNow();
        http.close();
    }
}
