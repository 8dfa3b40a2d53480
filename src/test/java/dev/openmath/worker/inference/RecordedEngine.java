package dev.openmath.worker.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** A server that answers as a real engine did: one recording under {@code /engines}, whose README says what they are. */
final class RecordedEngine implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();

    private final JsonNode recording;
    private final HttpServer server;
    private volatile JsonNode asked = JSON.nullNode();

    RecordedEngine(String name) {
        this.recording = recording(name);
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::answer);
        server.start();
    }

    static JsonNode recording(String name) {
        try (InputStream in =
                Objects.requireNonNull(RecordedEngine.class.getResourceAsStream("/engines/" + name + ".json"), name)) {
            return JSON.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** What the real engine was asked. */
    JsonNode recordedRequest() {
        return recording.path("request").path("body");
    }

    /** What this one was asked last. */
    JsonNode askedRequest() {
        return asked;
    }

    private void answer(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        if (body.length > 0) {
            asked = JSON.readTree(body);
        }
        boolean known = exchange.getRequestURI()
                .toString()
                .equals(recording.path("request").path("path").asText());
        JsonNode response = recording.path("response");
        byte[] text = (response.has("text")
                        ? response.path("text").asText()
                        : response.path("body").toString())
                .getBytes(StandardCharsets.UTF_8);
        if (response.path("contentType").isTextual()) {
            exchange.getResponseHeaders()
                    .add("Content-Type", response.path("contentType").asText());
        }
        // A path that was not recorded is no refusal that the recording could have meant.
        int status = known ? response.path("status").asInt() : 500;
        exchange.sendResponseHeaders(status, text.length == 0 ? -1 : text.length);
        exchange.getResponseBody().write(text);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
