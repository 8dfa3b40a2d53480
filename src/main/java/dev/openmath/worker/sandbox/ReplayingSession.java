package dev.openmath.worker.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import dev.openmath.worker.sandbox.ExecutorClient.OpenSession;
import dev.openmath.worker.sandbox.HttpSandbox.Answer;
import dev.openmath.worker.sandbox.SandboxClient.SandboxSession;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** A session that outlives its pod: the blocks it ran are run again, with the same key and seed, on another. */
final class ReplayingSession implements SandboxSession {
    private static final Logger LOG = Logger.getLogger(ReplayingSession.class);
    /** Tries with the same pod after a broken connection; the execution's id keeps the block from running twice. */
    private static final int SAME_POD_TRIES = 2;

    private record Ran(String code, BlockResult result) {}

    private final ExecutorClient client;
    private final String key;
    private final long seed;
    private final List<Ran> history = new ArrayList<>();
    private @Nullable OpenSession open;
    /** How many blocks of the history the open session has run. */
    private int replayed;

    private int losses;

    ReplayingSession(ExecutorClient client, String key, long seed) {
        this.client = client;
        this.key = key;
        this.seed = seed;
    }

    @Override
    public BlockResult execute(String code) throws SandboxException, InterruptedException {
        while (true) {
            if (losses >= client.maxLosses()) {
                throw new SandboxException(
                        SandboxException.Kind.POISONED,
                        "a session was lost " + losses + " times, each time with its pod or in its sandbox",
                        null);
            }
            OpenSession session = open;
            if (session == null) {
                session = client.open(key, seed);
                open = session;
                replayed = 0;
            }
            if (!replay(session)) {
                continue;
            }
            BlockResult result = run(session, history.size() + 1, code);
            if (result != null) {
                history.add(new Ran(code, result));
                replayed = history.size();
                return result;
            }
        }
    }

    /** Brings a fresh session to where the lost one was. */
    private boolean replay(OpenSession session) throws SandboxException, InterruptedException {
        while (replayed < history.size()) {
            Ran before = history.get(replayed);
            BlockResult again = run(session, replayed + 1, before.code());
            if (again == null) {
                return false;
            }
            if (!again.output().equals(before.result().output())) {
                // Time and ids differ by nature; what follows sees the new values.
                LOG.infof("replay diverged session=%s execution=%d", key, replayed + 1);
            }
            replayed++;
        }
        return true;
    }

    /** Runs one block; null if the session is lost. */
    private @Nullable BlockResult run(OpenSession session, int number, String code)
            throws SandboxException, InterruptedException {
        for (int tries = 1; ; tries++) {
            try {
                Answer answer = client.execute(session, "x" + number, code);
                switch (answer.status()) {
                    case 200 -> {
                        BlockResult result = parsed(answer.body());
                        if (result.blockClass() != BlockClass.INFRA) {
                            return result;
                        }
                        forget(session, true);
                        return null;
                    }
                    case 404, 410 -> {
                        forget(session, false);
                        return null;
                    }
                    case 429, 503 -> {
                        // Queue timeout: the session lives; draining: the next try is answered 410.
                        throw client.full(null);
                    }
                    case 409 -> {
                        if (!answer.errorCode().equals("ExecutionRunning") || tries > SAME_POD_TRIES) {
                            throw rejected(answer);
                        }
                        Thread.sleep(1000);
                    }
                    case 400, 413 -> throw rejected(answer);
                    default -> {
                        forget(session, true);
                        return null;
                    }
                }
            } catch (IOException e) {
                if (tries >= SAME_POD_TRIES) {
                    client.avoid(session, null);
                    forget(session, true);
                    return null;
                }
            }
        }
    }

    private static SandboxException rejected(Answer answer) {
        return new SandboxException(
                SandboxException.Kind.REJECTED,
                "the sandbox refuses a block with HTTP " + answer.status() + " " + answer.errorCode(),
                null);
    }

    private void forget(OpenSession session, boolean delete) {
        losses++;
        open = null;
        if (delete) {
            client.closeLater(session);
        } else {
            client.lost(session);
        }
    }

    private static BlockResult parsed(JsonNode body) throws IOException {
        try {
            return new BlockResult(
                    BlockClass.named(body.path("class").asText()),
                    body.path("output").asText(""),
                    body.path("errorMessage").asText(""),
                    body.path("timing").path("wallMs").asLong(0));
        } catch (IllegalArgumentException e) {
            throw new IOException("unknown class in the sandbox's answer", e);
        }
    }

    @Override
    public void close() {
        OpenSession session = open;
        if (session != null) {
            open = null;
            client.closeLater(session);
        }
    }
}
