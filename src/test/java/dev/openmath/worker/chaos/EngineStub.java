package dev.openmath.worker.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;

/**
 * A process that speaks vLLM's {@code /v1/completions}: every fourth seed writes a code block first, all others answer at
 * once. Each last answer of a conversation is noted as one byte in a file, which outlives the process.
 *
 * <p>Arguments: port, milliseconds per answer, file.
 */
public final class EngineStub {
    private static final JsonMapper JSON = new JsonMapper();

    private EngineStub() {}

    public static void main(String... args) throws IOException {
        int millis = Integer.parseInt(args[1]);
        OutputStream finals = new FileOutputStream(args[2], true);
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0])), 4096);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/health", exchange -> answer(exchange, 200, new byte[0]));
        server.createContext("/metrics", exchange -> answer(exchange, 200, new byte[0]));
        server.createContext("/v1/completions", exchange -> {
            JsonNode request = JSON.readTree(exchange.getRequestBody().readAllBytes());
            try {
                Thread.sleep(millis);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            long seed = request.path("seed").asLong();
            String prompt = request.path("prompt").asText();
            String sofar = prompt.substring(prompt.lastIndexOf("My solution:"));
            boolean last = seed % 4 != 0 || sofar.contains("<llm-code-output>");
            String text = last
                    ? "So \\boxed{" + (seed % 2 == 0 ? 42 : 41) + "}.\n\n\n\n\n\n"
                    : "Let us compute.\n<llm-code>\nprint(6 * 7)\n</llm-code>";
            if (last) {
                synchronized (finals) {
                    finals.write('.');
                }
            }
            var reply = JSON.createObjectNode();
            reply.putArray("choices")
                    .addObject()
                    .put("index", 0)
                    .put("text", text)
                    .put("finish_reason", "stop");
            reply.putObject("usage").put("prompt_tokens", 100).put("completion_tokens", 20);
            answer(exchange, 200, JSON.writeValueAsString(reply).getBytes(StandardCharsets.UTF_8));
        });
        server.start();
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        try (exchange) {
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }
}
