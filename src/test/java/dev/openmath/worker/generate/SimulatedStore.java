package dev.openmath.worker.generate;

import dev.openmath.worker.store.FaultyObjectStore.ProcessDied;
import dev.openmath.worker.store.ObjectHead;
import dev.openmath.worker.store.ObjectStore;
import dev.openmath.worker.store.RunLayout;
import dev.openmath.worker.store.StoreException;
import dev.openmath.worker.store.StoredObject;
import dev.openmath.worker.store.WriteCondition;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One simulated process's view of the store: each call is a point at which another process may go on, and at which this
 * one may meet a fault. What must never happen to the store itself is noted.
 */
final class SimulatedStore implements ObjectStore {
    /** What a call meets. */
    enum Fault {
        NONE,
        DIES_BEFORE,
        DIES_AFTER,
        STALLS_BEFORE,
        STALLS_AFTER,
        /** 409 or 503: nothing happened. */
        REFUSED,
        /** It happened, but the answer is lost. */
        ANSWER_LOST,
        /** The answer is lost, and the write arrives later. */
        DELAYED,
        /** The write arrives twice; the client sees the second answer. */
        TWICE,
        /** Half of the body is stored, the answer is lost. */
        TORN
    }

    private final Simulation simulation;
    private final Simulation.Process process;
    private final ObjectStore store;

    SimulatedStore(Simulation simulation, Simulation.Process process, ObjectStore store) {
        this.simulation = simulation;
        this.process = process;
        this.store = store;
    }

    private <T extends @Nullable Object> T call(String operation, String key, Supplier<T> action) {
        if (Thread.currentThread() != process.thread()) {
            return action.get(); // one of several reads of commits at once: they are no points of decision
        }
        Fault fault = before(operation, key);
        T result = action.get();
        after(fault, operation, key);
        return result;
    }

    private Fault before(String operation, String key) {
        process.handOver();
        Fault fault = simulation.fault(process, operation, key);
        switch (fault) {
            case DIES_BEFORE -> throw new ProcessDied(operation + " " + key);
            case STALLS_BEFORE -> process.stall();
            case REFUSED -> throw unreachable();
            default -> {}
        }
        return fault;
    }

    private void after(Fault fault, String operation, String key) {
        switch (fault) {
            case DIES_AFTER -> throw new ProcessDied(operation + " " + key);
            case STALLS_AFTER -> process.stall();
            case ANSWER_LOST -> throw unreachable();
            default -> {}
        }
    }

    private static StoreException unreachable() {
        return new StoreException(StoreException.Reason.StorageUnreachable, "simulated", null);
    }

    @Override
    public @Nullable String put(String key, byte[] body, Map<String, String> metadata, WriteCondition condition) {
        Fault fault = before("put", key);
        switch (fault) {
            case DELAYED -> {
                simulation.later(() -> write(key, body, metadata, condition));
                throw unreachable();
            }
            case TORN -> {
                write(key, Arrays.copyOf(body, body.length / 2), metadata, condition);
                throw unreachable();
            }
            case TWICE -> {
                write(key, body, metadata, condition);
                return write(key, body, metadata, condition);
            }
            default -> {
                String etag = write(key, body, metadata, condition);
                after(fault, "put", key);
                return etag;
            }
        }
    }

    private @Nullable String write(String key, byte[] body, Map<String, String> metadata, WriteCondition condition) {
        boolean was = store.head(key).isPresent();
        String etag = store.put(key, body, metadata, condition);
        if (etag != null && was && isImmutable(key)) {
            simulation.violated(key + " was overwritten by " + process.name());
        }
        if (etag != null && key.equals(RunLayout.SUCCESS)) {
            simulation.success();
        }
        return etag;
    }

    private static boolean isImmutable(String key) {
        return key.contains("/parts/") || key.contains("/commits/") || key.contains("/plan/");
    }

    @Override
    public void delete(String key) {
        call("delete", key, () -> {
            if (isImmutable(key)) {
                simulation.violated(key + " was deleted by " + process.name());
            }
            store.delete(key);
            return Boolean.TRUE;
        });
    }

    @Override
    public void putFile(String key, Path file, Map<String, String> metadata) {
        try {
            put(key, Files.readAllBytes(file), metadata, WriteCondition.none());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Optional<StoredObject> get(String key) {
        return call("get", key, () -> store.get(key));
    }

    @Override
    public Optional<InputStream> open(String key) {
        return call("open", key, () -> store.open(key));
    }

    @Override
    public Optional<ObjectHead> head(String key) {
        return call("head", key, () -> store.head(key));
    }

    @Override
    public List<ObjectHead> list(String keyPrefix) {
        return call("list", keyPrefix, () -> new ArrayList<>(store.list(keyPrefix)));
    }

    @Override
    public String location() {
        return store.location();
    }
}
