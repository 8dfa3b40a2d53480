package dev.openmath.worker.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.openmath.worker.grading.AnswerPair;
import dev.openmath.worker.grading.GraderKind;
import dev.openmath.worker.grading.VerdictClass;
import dev.openmath.worker.support.StubServer;
import dev.openmath.worker.support.StubServer.Reply;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ExecutorClientTest {
    private static final SandboxSettings SETTINGS =
            new SandboxSettings("OpenMath2024", Duration.ofSeconds(10), Duration.ofSeconds(60), 1000, 3, 3);

    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable one : opened) {
            one.close();
        }
    }

    private StubServer server(StubServer.Script script) {
        StubServer server = new StubServer(script);
        opened.add(server);
        return server;
    }

    private ExecutorClient client(URI address) {
        ExecutorClient client = ExecutorClient.at(address, "t0ken", SETTINGS, Clock.systemUTC());
        opened.add(client);
        return client;
    }

    private static Reply session(String id) {
        return Reply.of(201, "{\"id\":\"" + id + "\"}");
    }

    private static Reply ran(String blockClass, String output, String error) {
        return Reply.ok("{\"class\":\"" + blockClass + "\",\"output\":\"" + output + "\",\"errorMessage\":\"" + error
                + "\",\"timing\":{\"wallMs\":5}}");
    }

    private static List<String> codes(StubServer server) {
        return server.requests().stream()
                .filter(r -> r.path().endsWith("/executions"))
                .map(r -> r.path().split("/")[3] + ":" + r.body().path("id").asText() + ":"
                        + r.body().path("code").asText())
                .toList();
    }

    @Test
    void opensASessionWithTheJobsLimitsAtTheFirstBlockOnly() throws Exception {
        StubServer server = server(r -> r.path().equals("/v1/sessions") ? session("s1") : ran("ok", "4", ""));
        try (var session = client(server.uri()).session("key", 9)) {
            assertThat(server.requests()).isEmpty();
            assertThat(session.execute("2+2")).isEqualTo(new BlockResult(BlockClass.OK, "4", "", 5));
            session.execute("3+3");
        }
        StubServer.Request open = server.requests().getFirst();
        assertThat(open.headers().get("Authorization")).containsExactly("Bearer t0ken");
        assertThat(open.body().toString())
                .isEqualTo("{\"key\":\"key\",\"semantics\":\"OpenMath2024\",\"seed\":9,\"limits\":{\"timeoutMs\":10000,"
                        + "\"maxOutputCharacters\":1000,\"maxExecutions\":3}}");
        assertThat(codes(server)).containsExactly("s1:x1:2+2", "s1:x2:3+3");
    }

    @Test
    void aLostSessionIsReplayedWithTheSameKeyAndSeed() throws Exception {
        AtomicInteger sessions = new AtomicInteger();
        StubServer server = server(r -> {
            if (r.path().equals("/v1/sessions")) {
                return session("s" + sessions.incrementAndGet());
            }
            boolean lost =
                    r.path().contains("/s1/") && r.body().path("id").asText().equals("x2");
            return lost
                    ? Reply.of(410, "{\"class\":\"infra\"}")
                    : ran("ok", r.body().path("code").asText(), "");
        });
        var session = client(server.uri()).session("key", 9);
        session.execute("a");
        assertThat(session.execute("b").output()).isEqualTo("b");
        assertThat(codes(server)).containsExactly("s1:x1:a", "s1:x2:b", "s2:x1:a", "s2:x2:b");
        assertThat(server.requests().stream()
                        .filter(r -> r.path().equals("/v1/sessions"))
                        .map(r -> r.body().path("key").asText()
                                + r.body().path("seed").asText()))
                .containsExactly("key9", "key9");
    }

    @Test
    void infraNeverBecomesAResultAndASessionThatIsAlwaysLostIsGivenUp() {
        StubServer server = server(r -> r.path().equals("/v1/sessions") ? session("s") : ran("infra", "", ""));
        var session = client(server.uri()).session("key", 9);
        assertThatThrownBy(() -> session.execute("x"))
                .isInstanceOfSatisfying(
                        SandboxException.class, e -> assertThat(e.kind()).isEqualTo(SandboxException.Kind.POISONED));
        assertThat(codes(server)).hasSize(3);
    }

    @Test
    void aSessionLeftByADeadWorkerIsNotReused() throws Exception {
        AtomicInteger opens = new AtomicInteger();
        StubServer server = server(r -> switch (r.method() + " " + r.path()) {
            case "POST /v1/sessions" -> opens.incrementAndGet() == 1 ? Reply.ok("{\"id\":\"old\"}") : session("new");
            case "DELETE /v1/sessions/old" -> Reply.of(204, "");
            default -> ran("ok", "", "");
        });
        client(server.uri()).session("key", 9).execute("x");
        assertThat(codes(server)).containsExactly("new:x1:x");
    }

    @Test
    void aBrokenConnectionIsTriedAgainWithTheSameExecutionId() throws Exception {
        AtomicInteger executions = new AtomicInteger();
        StubServer server = server(r -> r.path().equals("/v1/sessions")
                ? session("s1")
                : executions.incrementAndGet() == 1 ? Reply.of(0, "") : ran("ok", "done", ""));
        assertThat(client(server.uri()).session("key", 9).execute("x").output()).isEqualTo("done");
        assertThat(codes(server)).contains("s1:x1:x").doesNotContain("s1:x2:x").hasSizeBetween(2, 3);
    }

    @Test
    void aFullPoolIsWaitedFor() {
        StubServer server = server(r -> new Reply(429, "{}", Map.of("Retry-After", "7")));
        var session = client(server.uri()).session("key", 9);
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> session.execute("x"))
                    .isInstanceOfSatisfying(
                            SandboxException.class, e -> assertThat(e.kind()).isEqualTo(SandboxException.Kind.FULL));
        }
        assertThat(server.requests())
                .as("the pod asked to be left alone for 7 s")
                .hasSize(1);
    }

    @Test
    void healthTellsAWrongTokenFromNoPod() throws Exception {
        assertThat(client(server(r -> Reply.of(410, "{}")).uri()).health().ready())
                .isTrue();
        assertThat(client(server(r -> Reply.of(401, "{}")).uri()).health().message())
                .contains("refuse the token");
        assertThat(client(URI.create("http://127.0.0.1:1")).health().message()).contains("can't be reached");
    }

    @Test
    void verdictsComeInOrderAndWhatASandboxCouldNotCompareIsAskedAgain() {
        AtomicInteger asked = new AtomicInteger();
        StubServer server = server(r -> {
            if (asked.incrementAndGet() == 1) {
                return Reply.ok("{\"verdicts\":[{\"equal\":true,\"method\":\"m\",\"class\":\"ok\"},"
                        + "{\"equal\":null,\"method\":\"none\",\"class\":\"infra\"},"
                        + "{\"equal\":false,\"method\":\"m\",\"class\":\"timeout\"}]}");
            }
            return Reply.ok("{\"verdicts\":[{\"equal\":false,\"method\":\"m\",\"class\":\"ok\"}]}");
        });
        var verdicts = new ExecutorVerifier(client(server.uri()), Duration.ofSeconds(5))
                .verify(
                        List.of(new AnswerPair("1", "1"), new AnswerPair("2", "3"), new AnswerPair("4", "5")),
                        GraderKind.MATH_VERIFY,
                        Duration.ofSeconds(10));
        assertThat(verdicts.get(0).isEqual()).isTrue();
        assertThat(verdicts.get(1).isEqual()).isFalse();
        assertThat(verdicts.get(2).verdictClass()).isEqualTo(VerdictClass.TIMEOUT);
        assertThat(server.requests().get(1).body().path("pairs").toString())
                .isEqualTo("[{\"predicted\":\"2\",\"expected\":\"3\"}]");
    }
}
