package dev.openmath.worker.store;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One process's view of a store, with trouble injected before and after each call. */
public final class FaultyObjectStore implements ObjectStore {
    private final ObjectStore store;
    private final Fault fault;
    private int calls;

    /** What goes wrong. Throws whatever the process should see. */
    public interface Fault {
        /** @param call counted from 1 */
        void before(int call, String operation, String key);

        void after(int call, String operation, String key);
    }

    /** The process is gone: nothing after this happens. */
    public static final class ProcessDied extends Error {
        private static final long serialVersionUID = 1L;

        public ProcessDied(String where) {
            super(where, null, false, false);
        }
    }

    public FaultyObjectStore(ObjectStore store, Fault fault) {
        this.store = store;
        this.fault = fault;
    }

    /** A process that dies at its n-th call: before the store acts, or after it acted and before the answer arrives. */
    public static FaultyObjectStore dyingAt(ObjectStore store, int n, boolean afterEffect) {
        return new FaultyObjectStore(store, new Fault() {
            @Override
            public void before(int call, String operation, String key) {
                if (call > n || (call == n && !afterEffect)) {
                    throw new ProcessDied(operation + " " + key);
                }
            }

            @Override
            public void after(int call, String operation, String key) {
                if (call >= n) {
                    throw new ProcessDied(operation + " " + key);
                }
            }
        });
    }

    public synchronized int calls() {
        return calls;
    }

    /** One call at a time: a dead process must not have another call under way. */
    private synchronized <T extends @Nullable Object> T call(String operation, String key, Supplier<T> action) {
        int call = ++calls;
        fault.before(call, operation, key);
        T result = action.get();
        fault.after(call, operation, key);
        return result;
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
    public @Nullable String put(String key, byte[] body, Map<String, String> metadata, WriteCondition condition) {
        return call("put", key, () -> store.put(key, body, metadata, condition));
    }

    @Override
    public void putFile(String key, Path file, Map<String, String> metadata) {
        call("putFile", key, () -> {
            store.putFile(key, file, metadata);
            return Boolean.TRUE;
        });
    }

    @Override
    public List<ObjectHead> list(String keyPrefix) {
        return call("list", keyPrefix, () -> store.list(keyPrefix));
    }

    @Override
    public void delete(String key) {
        call("delete", key, () -> {
            store.delete(key);
            return Boolean.TRUE;
        });
    }

    @Override
    public String location() {
        return store.location();
    }
}
