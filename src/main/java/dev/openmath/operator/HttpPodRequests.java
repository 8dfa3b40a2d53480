package dev.openmath.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@link PodRequests} over HTTP/1.1: two seconds for a pod, 64 KiB for an answer. */
public final class HttpPodRequests implements PodRequests {
    private static final Logger LOG = LoggerFactory.getLogger(HttpPodRequests.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final int MAX_BYTES = 64 * 1024;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    @Override
    public Map<String, JsonNode> get(Map<String, String> addresses, int port, String path) {
        Map<String, CompletableFuture<Optional<JsonNode>>> asked = new TreeMap<>();
        addresses.forEach((pod, ip) -> asked.put(pod, ask(pod, uri(ip, port, path))));
        Map<String, JsonNode> answers = new TreeMap<>();
        asked.forEach((pod, answer) -> answer.join().ifPresent(json -> answers.put(pod, json)));
        return answers;
    }

    private CompletableFuture<Optional<JsonNode>> ask(String pod, URI uri) {
        HttpRequest request = HttpRequest.newBuilder(uri).timeout(TIMEOUT).build();
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofInputStream())
                .thenApplyAsync(HttpPodRequests::parse)
                .completeOnTimeout(
                        Optional.empty(), TIMEOUT.toMillis() + 500, java.util.concurrent.TimeUnit.MILLISECONDS)
                .exceptionally(e -> {
                    LOG.debug("Pod {} did not answer {}: {}", pod, uri, e.toString());
                    return Optional.empty();
                });
    }

    private static Optional<JsonNode> parse(HttpResponse<InputStream> response) {
        try (InputStream body = response.body()) {
            byte[] bytes = body.readNBytes(MAX_BYTES + 1);
            if (response.statusCode() != 200 || bytes.length > MAX_BYTES) {
                return Optional.empty();
            }
            JsonNode json = JSON.readTree(bytes);
            return json.isObject() ? Optional.of(json) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static URI uri(String ip, int port, String path) {
        String host = ip.contains(":") ? "[" + ip + "]" : ip;
        return URI.create("http://" + host + ":" + port + path);
    }
}
