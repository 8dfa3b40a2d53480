package dev.openmath.worker.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.openmath.worker.grading.AnswerPair;
import dev.openmath.worker.grading.GraderKind;
import dev.openmath.worker.grading.Verdict;
import dev.openmath.worker.grading.VerdictClass;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Comparisons over the wire of an executor. */
class ExecutorVerifierTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TOKEN = "t0ken";
    private static final SandboxSettings SETTINGS =
            new SandboxSettings("IPython", Duration.ofSeconds(10), Duration.ofSeconds(60), 1000, 1, 1);

    private final List<JsonNode> requests = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger busyAnswers = new AtomicInteger();
    private HttpServer server;

    @BeforeEach
    void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/verify", exchange -> {
            JsonNode request = JSON.readTree(exchange.getRequestBody());
            int status = 200;
            StringBuilder body = new StringBuilder("{\"verdicts\":[");
            if (!("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                status = 401;
            } else if (busyAnswers.getAndDecrement() > 0) {
                status = 429;
            } else {
                requests.add(request);
                for (JsonNode pair : request.get("pairs")) {
                    body.append(body.charAt(body.length() - 1) == '[' ? "" : ",")
                            .append(answer(pair.get("predicted").asText()));
                }
            }
            byte[] bytes = body.append("]}").toString().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.createContext("/v1/sessions", exchange -> {
            boolean known =
                    ("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"));
            exchange.sendResponseHeaders(known ? 410 : 401, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private static String answer(String predicted) {
        return switch (predicted) {
            case "slow" -> "{\"equal\": false, \"method\": \"sympy\", \"class\": \"timeout\"}";
            case "silent" -> "{\"method\": \"sympy\", \"class\": \"ok\"}";
            case "broken" -> "{\"equal\": null, \"method\": \"sympy\", \"class\": \"infra\"}";
            default -> "{\"equal\": " + predicted.endsWith("0") + ", \"method\": \"sympy\", \"class\": \"ok\"}";
        };
    }

    private List<Verdict> verify(String token, String... predicted) {
        URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        try (ExecutorClient client = ExecutorClient.at(url, token, SETTINGS, Clock.systemUTC())) {
            return new ExecutorVerifier(client, Duration.ofSeconds(3))
                    .verify(
                            Arrays.stream(predicted)
                                    .map(text -> new AnswerPair(text, "0"))
                                    .toList(),
                            GraderKind.OPEN_MATH_2024,
                            Duration.ofSeconds(7));
        }
    }

    @Test
    void manyPairsGoInSeveralRequestsAndComeBackInOrder() {
        String[] predicted = IntStream.range(0, 100).mapToObj(Integer::toString).toArray(String[]::new);
        List<Verdict> verdicts = verify(TOKEN, predicted);
        assertThat(verdicts).hasSize(100);
        for (int i = 0; i < 100; i++) {
            assertThat(verdicts.get(i)).isEqualTo(Verdict.of(i % 10 == 0, "sympy"));
        }
        assertThat(requests).hasSizeGreaterThan(1).allSatisfy(request -> {
            assertThat(request.get("grader").asText()).isEqualTo("OpenMath2024");
            assertThat(request.get("timeoutMs").asInt()).isEqualTo(7000);
        });
    }

    @Test
    void classesAreToldApart() {
        List<Verdict> verdicts = verify(TOKEN, "slow", "broken", "0");
        assertThat(verdicts).containsExactly(Verdict.timeout("sympy"), Verdict.infra("sympy"), Verdict.equal("sympy"));
    }

    @Test
    void aBusySandboxIsAskedAgain() {
        busyAnswers.set(2);
        assertThat(verify(TOKEN, "0")).containsExactly(Verdict.equal("sympy"));
    }

    @Test
    void aBodyStaysBelowWhatTheExecutorTakes() {
        String[] predicted =
                IntStream.range(0, 40).mapToObj(i -> "9".repeat(9_000) + i % 10).toArray(String[]::new);
        assertThat(verify(TOKEN, predicted)).hasSize(40).allMatch(verdict -> verdict.verdictClass() == VerdictClass.OK);
        assertThat(requests)
                .allSatisfy(request -> assertThat(request.toString().length()).isLessThan(200_000));
    }

    @Test
    void aVerdictThatSaysNothingIsNone() {
        assertThat(verify(TOKEN, "silent")).containsExactly(Verdict.infra("malformed"));
    }

    @Test
    void aRefusedTokenIsToldApartFromAnOutage() throws Exception {
        URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        try (ExecutorClient wrong = ExecutorClient.at(url, "wrong", SETTINGS, Clock.systemUTC());
                ExecutorClient right = ExecutorClient.at(url, TOKEN, SETTINGS, Clock.systemUTC())) {
            assertThat(wrong.refusesToken()).isTrue();
            assertThat(right.refusesToken()).isFalse();
            server.stop(0);
            assertThat(wrong.refusesToken()).isFalse();
        }
    }

    @Test
    void anUnreachableSandboxGivesNoVerdict() {
        server.stop(0);
        assertThat(verify(TOKEN, "0")).singleElement().satisfies(verdict -> {
            assertThat(verdict.verdictClass()).isEqualTo(VerdictClass.INFRA);
            assertThat(verdict.method()).isEqualTo("sandbox");
        });
    }
}
