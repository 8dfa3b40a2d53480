package dev.openmath.worker.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.openmath.worker.inference.InferenceClient;
import dev.openmath.worker.sandbox.HttpSandbox.Answer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The pods of a SandboxPool, or one executor on this machine. */
public final class ExecutorClient implements SandboxClient {
    private final SandboxPods pods;
    private final HttpSandbox http;
    private final SandboxSettings settings;
    private final String where;

    private ExecutorClient(SandboxPods pods, HttpSandbox http, SandboxSettings settings, String where) {
        this.pods = pods;
        this.http = http;
        this.settings = settings;
        this.where = where;
    }

    /**
     * A pool by the name of its headless service.
     *
     * @param tokenFile read anew for each request, because Secrets are rotated in place
     */
    public static ExecutorClient ofPool(String host, int port, Path tokenFile, SandboxSettings settings, Clock clock) {
        Supplier<String> token = () -> {
            try {
                return Files.readString(tokenFile).strip();
            } catch (IOException e) {
                return "";
            }
        };
        return new ExecutorClient(
                new SandboxPods(SandboxPods.ofHost(host, port), clock), new HttpSandbox(token), settings, host);
    }

    /** One executor. */
    public static ExecutorClient at(URI base, String token, SandboxSettings settings, Clock clock) {
        return new ExecutorClient(
                new SandboxPods(SandboxPods.fixed(base), clock),
                new HttpSandbox(() -> token),
                settings,
                base.toString());
    }

    @Override
    public SandboxSession session(String key, long seed) {
        return new ReplayingSession(this, key, seed);
    }

    /** Whether some executor answers and takes the token. */
    public InferenceClient.Health health() throws InterruptedException {
        Optional<URI> pod = pods.choose();
        if (pod.isEmpty()) {
            return new InferenceClient.Health(false, "no sandbox pod is ready behind " + where);
        }
        try {
            Answer answer = probe(pod.get());
            return switch (answer.status()) {
                case 401, 403 -> new InferenceClient.Health(false, "sandboxes of " + where + " refuse the token");
                case 500, 502, 504 ->
                    new InferenceClient.Health(false, "sandboxes of " + where + " answer HTTP " + answer.status());
                default -> new InferenceClient.Health(true, "sandboxes of " + where + " answer");
            };
        } catch (IOException e) {
            pods.avoid(pod.get(), null);
            return new InferenceClient.Health(
                    false,
                    "sandboxes of " + where + " can't be reached ("
                            + e.getClass().getSimpleName() + ")");
        } finally {
            pods.left(pod.get());
        }
    }

    /** A session that nobody has is gone (410); that answer needs the token to be right. */
    private Answer probe(URI pod) throws IOException, InterruptedException {
        return http.post(
                pod,
                "/v1/sessions/none/executions",
                HttpSandbox.JSON.createObjectNode().put("code", ""),
                Duration.ofSeconds(5));
    }

    /** Whether an executor answers, and does not take the token. */
    public boolean refusesToken() throws InterruptedException {
        Optional<URI> pod = pods.choose();
        if (pod.isEmpty()) {
            return false;
        }
        try {
            int status = probe(pod.get()).status();
            return status == 401 || status == 403;
        } catch (IOException e) {
            return false; // who can't be reached refuses nothing
        } finally {
            pods.left(pod.get());
        }
    }

    /** A session that is open on a pod. */
    record OpenSession(URI pod, String id) {
        String path() {
            return "/v1/sessions/" + id;
        }
    }

    /** Opens a fresh session somewhere. */
    OpenSession open(String key, long seed) throws SandboxException, InterruptedException {
        Optional<URI> pod = pods.choose();
        if (pod.isEmpty()) {
            throw pods.known().isEmpty() ? unavailable("no sandbox pod is ready behind " + where, null) : full(null);
        }
        boolean opened = false;
        try {
            Answer answer = create(pod.get(), key, seed);
            if (answer.status() == 200) {
                // Left over from an attempt whose worker died: its variables must not leak into this one.
                http.delete(
                        pod.get(), "/v1/sessions/" + answer.body().path("id").asText());
                answer = create(pod.get(), key, seed);
            }
            switch (answer.status()) {
                case 200, 201 -> {
                    opened = true;
                    return new OpenSession(pod.get(), answer.body().path("id").asText());
                }
                case 429, 503 -> {
                    pods.avoid(pod.get(), answer.retryAfter().orElse(null));
                    throw full(null);
                }
                case 401, 403 -> throw unavailable("sandboxes of " + where + " refuse the token", null);
                case 400 ->
                    throw new SandboxException(
                            SandboxException.Kind.REJECTED,
                            "the sandbox refuses the session's field " + answer.errorField()
                                    + "; ask for no more than the pool allows",
                            null);
                default -> {
                    pods.avoid(pod.get(), null);
                    throw unavailable("sandboxes of " + where + " answer HTTP " + answer.status(), null);
                }
            }
        } catch (IOException e) {
            pods.avoid(pod.get(), null);
            throw unavailable("sandboxes of " + where + " can't be reached", e);
        } finally {
            if (!opened) {
                pods.left(pod.get());
            }
        }
    }

    private Answer create(URI pod, String key, long seed) throws IOException, InterruptedException {
        ObjectNode body = HttpSandbox.JSON.createObjectNode();
        body.put("key", key);
        body.put("semantics", settings.semantics());
        body.put("seed", seed);
        body.putObject("limits")
                .put("timeoutMs", settings.blockTimeout().toMillis())
                .put("maxOutputCharacters", settings.maxOutputCharacters())
                .put("maxExecutions", settings.maxExecutions());
        return http.post(pod, "/v1/sessions", body, Duration.ofSeconds(30));
    }

    /** Runs a block on an open session; the execution's id makes a repetition harmless. */
    Answer execute(OpenSession session, String executionId, String code) throws IOException, InterruptedException {
        ObjectNode body = HttpSandbox.JSON.createObjectNode();
        body.put("id", executionId);
        body.put("code", code);
        return http.post(session.pod(), session.path() + "/executions", body, settings.requestTimeout());
    }

    void closeLater(OpenSession session) {
        pods.left(session.pod());
        http.deleteLater(session.pod(), session.path());
    }

    /** The pod lost a session: nothing is left to delete. */
    void lost(OpenSession session) {
        pods.left(session.pod());
    }

    void avoid(OpenSession session, @Nullable Duration asked) {
        pods.avoid(session.pod(), asked);
    }

    int maxLosses() {
        return settings.maxLosses();
    }

    /** A pod for a request without a session; give it back with {@link #release}. */
    Optional<URI> anyPod() {
        return pods.choose();
    }

    void release(URI pod) {
        pods.left(pod);
    }

    HttpSandbox http() {
        return http;
    }

    void avoid(URI pod, @Nullable Duration asked) {
        pods.avoid(pod, asked);
    }

    SandboxException unavailable(String message, @Nullable Throwable cause) {
        return new SandboxException(
                SandboxException.Kind.UNAVAILABLE, message + "; the worker goes on when one is free", cause);
    }

    /** All pods are busy, or did not answer a moment ago. */
    SandboxException full(@Nullable Throwable cause) {
        return new SandboxException(
                SandboxException.Kind.FULL,
                "all sandboxes of " + where + " are full; give the pool more pods or sessions",
                cause);
    }

    @Override
    public void close() {
        http.close();
    }
}
