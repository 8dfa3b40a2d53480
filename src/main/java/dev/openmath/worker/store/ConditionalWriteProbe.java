package dev.openmath.worker.store;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Refuses a store on which two workers could both win: everything that is promised about samples rests on
 * {@code If-None-Match} and {@code If-Match}, and some stores accept these headers and ignore them.
 */
public final class ConditionalWriteProbe {
    private static final int WRITERS = 4;
    private static final int ROUNDS = 3;

    private ConditionalWriteProbe() {}

    /**
     * Races writers on fresh keys under {@code folder}, both ways, several times, and removes what it wrote.
     *
     * @throws StoreException with reason ConditionalWritesUnsupported if a race had no or several winners
     */
    public static void run(ObjectStore store, String folder) {
        for (int round = 0; round < ROUNDS; round++) {
            String key = folder + "/" + UUID.randomUUID();
            try {
                String first = race(store, key, WriteCondition.absent(), "If-None-Match");
                race(store, key, WriteCondition.matches(first), "If-Match");
                if (write(store, key, WriteCondition.matches(first)) != null) {
                    throw unsupported(store, "If-Match with an outdated tag was accepted", null);
                }
            } finally {
                store.delete(key);
            }
        }
    }

    private static String race(ObjectStore store, String key, WriteCondition condition, String header) {
        List<@Nullable String> tags = new ArrayList<>();
        try (ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
            CountDownLatch start = new CountDownLatch(1);
            List<Future<@Nullable String>> running = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                running.add(writers.submit(() -> {
                    start.await();
                    return write(store, key, condition);
                }));
            }
            start.countDown();
            for (Future<@Nullable String> writer : running) {
                tags.add(writer.get());
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StoreException trouble) {
                throw trouble;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException(StoreException.Reason.StorageUnreachable, "interrupted during the probe", e);
        }
        Set<String> winners = new HashSet<>();
        int wins = 0;
        for (String tag : tags) {
            if (tag != null) {
                winners.add(tag);
                wins++;
            }
        }
        if (wins != 1) {
            // A retried write that was answered 412 shows no winner at all; the object then is one of ours.
            if (wins == 0 && store.head(key).isPresent()) {
                return store.head(key).orElseThrow().etag();
            }
            throw unsupported(store, header + " let " + wins + " of " + WRITERS + " writers win", null);
        }
        return winners.iterator().next();
    }

    private static @Nullable String write(ObjectStore store, String key, WriteCondition condition) {
        byte[] body = UUID.randomUUID().toString().getBytes(StandardCharsets.UTF_8);
        return store.put(key, body, Map.of(), condition);
    }

    private static StoreException unsupported(ObjectStore store, String what, @Nullable Throwable cause) {
        return new StoreException(
                StoreException.Reason.ConditionalWritesUnsupported,
                store.location() + ": " + what
                        + "; use a store that honours conditional writes, such as AWS S3 or versitygw",
                cause);
    }
}
