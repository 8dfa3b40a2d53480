package dev.openmath.worker.store;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The double of {@link ObjectStore}: the same promises, in memory. */
public final class InMemoryObjectStore implements ObjectStore {
    private final TreeMap<String, StoredObject> objects = new TreeMap<>();
    private long writes;

    @Override
    public synchronized Optional<StoredObject> get(String key) {
        return Optional.ofNullable(objects.get(key));
    }

    @Override
    public synchronized Optional<InputStream> open(String key) {
        return get(key).map(object -> new ByteArrayInputStream(object.body()));
    }

    @Override
    public synchronized Optional<ObjectHead> head(String key) {
        return get(key).map(StoredObject::head);
    }

    @Override
    public synchronized @Nullable String put(
            String key, byte[] body, Map<String, String> metadata, WriteCondition condition) {
        StoredObject there = objects.get(key);
        boolean holds = switch (condition) {
            case WriteCondition.None none -> true;
            case WriteCondition.Absent absent -> there == null;
            case WriteCondition.Matches(String etag) ->
                there != null && there.head().etag().equals(etag);
        };
        if (!holds) {
            return null;
        }
        String etag = "\"" + ++writes + "\"";
        objects.put(key, new StoredObject(new ObjectHead(key, etag, body.length, metadata), body.clone()));
        return etag;
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
    public synchronized List<ObjectHead> list(String keyPrefix) {
        return objects.tailMap(keyPrefix).values().stream()
                .map(StoredObject::head)
                .takeWhile(head -> head.key().startsWith(keyPrefix))
                .map(head -> new ObjectHead(head.key(), head.etag(), head.bytes(), Map.of()))
                .toList();
    }

    @Override
    public synchronized void delete(String key) {
        objects.remove(key);
    }

    @Override
    public String location() {
        return "memory:";
    }
}
