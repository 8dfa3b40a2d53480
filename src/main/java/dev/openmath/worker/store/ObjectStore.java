package dev.openmath.worker.store;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Objects under one prefix. Keys are relative to it, with slashes between parts. Safe for use by many threads.
 *
 * <p>Every method throws {@link StoreException} when the store does not answer or refuses.
 */
public interface ObjectStore extends AutoCloseable {
    /** The whole object, or empty if there is none. */
    Optional<StoredObject> get(String key);

    /** The object as a stream, to be closed by the caller; empty if there is none. */
    Optional<InputStream> open(String key);

    /** What is known of an object without reading it; empty if there is none. */
    Optional<ObjectHead> head(String key);

    /**
     * Writes an object whole, or not at all.
     *
     * @return the new entity tag, or null if the condition did not hold. A write that was repeated after a lost answer
     *     may find its own object: callers that care put a nonce into the body and read it back.
     */
    @Nullable
    String put(String key, byte[] body, Map<String, String> metadata, WriteCondition condition);

    /** Writes a file's content as an object, unconditionally. */
    void putFile(String key, Path file, Map<String, String> metadata);

    /** All objects whose key begins with {@code keyPrefix}, in order of key. Metadata is not filled in. */
    List<ObjectHead> list(String keyPrefix);

    /** Deletes an object; does nothing if there is none. */
    void delete(String key);

    /** For messages: scheme, bucket or folder, prefix. */
    String location();

    @Override
    default void close() {}

    /** Writes an object unconditionally. */
    default void put(String key, byte[] body) {
        put(key, body, Map.of(), WriteCondition.none());
    }
}
