package dev.openmath.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.openmath.worker.grading.AnswerPair;
import dev.openmath.worker.grading.GraderKind;
import dev.openmath.worker.grading.SymbolicVerifier;
import dev.openmath.worker.grading.Verdict;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Asks an executor's {@code POST /v1/verify}. */
final class HttpVerifier implements SymbolicVerifier {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Pairs of one request: few enough that one slow pair does not hold up many. */
    private static final int CHUNK = 16;
    /** The executor refuses bodies over 1 MiB; a character takes up to 6 bytes in JSON. */
    private static final int CHUNK_CHARACTERS = 160_000;

    private static final int IN_FLIGHT = 8;
    private static final int ATTEMPTS = 5;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    private final URI endpoint;
    private final String token;

    HttpVerifier(URI sandbox, String token) {
        this.endpoint = URI.create(sandbox.toString().replaceAll("/+$", "") + "/v1/verify");
        this.token = token;
    }

    @Override
    public List<Verdict> verify(List<AnswerPair> pairs, GraderKind grader, Duration timeout) {
        try (ExecutorService requests =
                Executors.newFixedThreadPool(IN_FLIGHT, Thread.ofVirtual().factory())) {
            List<Future<List<Verdict>>> answers = new ArrayList<>();
            for (List<AnswerPair> chunk : chunks(pairs)) {
                answers.add(requests.submit(() -> verifyChunk(chunk, grader, timeout)));
            }
            List<Verdict> verdicts = new ArrayList<>(pairs.size());
            for (Future<List<Verdict>> answer : answers) {
                verdicts.addAll(answer.get());
            }
            return verdicts;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof WrongInputException wrong) {
                throw wrong;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return all(pairs, "interrupted");
        }
    }

    private static List<List<AnswerPair>> chunks(List<AnswerPair> pairs) {
        List<List<AnswerPair>> chunks = new ArrayList<>();
        List<AnswerPair> chunk = new ArrayList<>();
        int characters = 0;
        for (AnswerPair pair : pairs) {
            int length = length(pair.predicted()) + length(pair.expected());
            if (!chunk.isEmpty() && (chunk.size() == CHUNK || characters + length > CHUNK_CHARACTERS)) {
                chunks.add(chunk);
                chunk = new ArrayList<>();
                characters = 0;
            }
            chunk.add(pair);
            characters += length;
        }
        if (!chunk.isEmpty()) {
            chunks.add(chunk);
        }
        return chunks;
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }

    private List<Verdict> verifyChunk(List<AnswerPair> chunk, GraderKind grader, Duration timeout)
            throws InterruptedException {
        HttpRequest request;
        try {
            request = HttpRequest.newBuilder(endpoint)
                    // Each pair may use its whole time, and the executor may queue the request.
                    .timeout(timeout.multipliedBy(chunk.size()).plusSeconds(60))
                    .header("Authorization", "Bearer " + token)
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(
                            Map.of("grader", grader.label(), "timeoutMs", timeout.toMillis(), "pairs", chunk))))
                    .build();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        String trouble = "sandbox-unreachable";
        Duration pause = FIRST_PAUSE;
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            try {
                HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
                switch (response.statusCode()) {
                    case 200 -> {
                        return verdicts(response.body(), chunk);
                    }
                    case 401 ->
                        throw new WrongInputException(
                                "the sandbox refused the token in " + SandboxOptions.TOKEN_VARIABLE);
                    case 429, 502, 503, 504 -> trouble = "sandbox-busy";
                    default -> {
                        return all(chunk, "sandbox-http-" + response.statusCode());
                    }
                }
            } catch (IOException e) {
                trouble = "sandbox-unreachable";
            }
            if (attempt < ATTEMPTS) {
                Thread.sleep(pause);
                pause = pause.multipliedBy(2);
            }
        }
        return all(chunk, trouble);
    }

    private static List<Verdict> verdicts(byte[] body, List<AnswerPair> chunk) throws IOException {
        JsonNode verdicts = JSON.readTree(body).path("verdicts");
        if (verdicts.size() != chunk.size()) {
            return all(chunk, "sandbox-answer-malformed");
        }
        List<Verdict> result = new ArrayList<>();
        for (JsonNode verdict : verdicts) {
            JsonNode equal = verdict.path("equal");
            String method = verdict.path("method").asText("sandbox");
            String verdictClass = verdict.path("class").asText();
            if (verdictClass.equals("ok") && equal.isBoolean()) {
                result.add(Verdict.of(equal.asBoolean(), method));
            } else if (verdictClass.equals("infra") || verdictClass.equals("ok")) {
                result.add(Verdict.infra(method));
            } else {
                // The comparison itself ran out of time, memory or stack.
                result.add(Verdict.timeout(method));
            }
        }
        return result;
    }

    private static List<Verdict> all(List<AnswerPair> pairs, String trouble) {
        return pairs.stream().map(pair -> Verdict.infra(trouble)).toList();
    }
}
