package dev.openmath.worker.progress;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.openmath.worker.store.JsonDocuments;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** The worker's management port: {@code GET /progress} and {@code GET /healthz}. */
public final class ManagementServer implements AutoCloseable {
    private final HttpServer server;

    private ManagementServer(HttpServer server) {
        this.server = server;
    }

    /**
     * Starts to listen.
     *
     * @param port 0 for any free one
     */
    public static ManagementServer start(int port, Supplier<ProgressDocument> progress) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(port), 16);
        server.createContext("/progress", exchange -> {
            byte[] body = exchange.getRequestMethod().equals("GET")
                            && exchange.getRequestURI().getPath().equals("/progress")
                    ? JsonDocuments.write(progress.get())
                    : new byte[0];
            answer(exchange, body.length == 0 ? 404 : 200, "application/json", body);
        });
        server.createContext(
                "/healthz",
                exchange -> answer(exchange, 200, "text/plain", "ok\n".getBytes(StandardCharsets.US_ASCII)));
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
        return new ManagementServer(server);
    }

    public int port() {
        return server.getAddress().getPort();
    }

    private static void answer(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        try (exchange) {
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
