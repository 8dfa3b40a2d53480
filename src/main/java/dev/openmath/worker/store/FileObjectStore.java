package dev.openmath.worker.store;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder as an object store, with the same promises: an object appears whole or not at all, conditional writes have
 * one winner, between processes too. Metadata lies beside the object in {@code .meta/KEY.json}, temporary files and the
 * lock in {@code .tmp/}; none of them is listed.
 */
public final class FileObjectStore implements ObjectStore {
    private static final String META = ".meta";
    private static final String TEMPORARY = ".tmp";
    private static final JsonMapper JSON = new JsonMapper();

    private final Path root;
    private final Object inProcess = new Object();

    public FileObjectStore(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    @Override
    public Optional<StoredObject> get(String key) {
        return guarded("read", key, () -> {
            try {
                byte[] body = Files.readAllBytes(path(key));
                return Optional.of(new StoredObject(headOf(key, etag(body), body.length), body));
            } catch (NoSuchFileException e) {
                return Optional.empty();
            }
        });
    }

    @Override
    public Optional<InputStream> open(String key) {
        return guarded("read", key, () -> {
            try {
                return Optional.of(Files.newInputStream(path(key)));
            } catch (NoSuchFileException e) {
                return Optional.empty();
            }
        });
    }

    @Override
    public Optional<ObjectHead> head(String key) {
        return guarded("read", key, () -> {
            Path file = path(key);
            return Files.isRegularFile(file)
                    ? Optional.of(headOf(key, etag(file), Files.size(file)))
                    : Optional.empty();
        });
    }

    @Override
    public @Nullable String put(String key, byte[] body, Map<String, String> metadata, WriteCondition condition) {
        return guarded("write", key, () -> {
            Path target = path(key);
            Path temporary = temporary();
            try {
                Files.write(temporary, body);
                synchronized (inProcess) {
                    try (FileChannel channel = lockFile();
                            var lock = channel.lock()) {
                        if (!holds(condition, target)) {
                            return null;
                        }
                        writeMetadata(key, metadata);
                        publish(temporary, target);
                    }
                }
            } finally {
                Files.deleteIfExists(temporary);
            }
            return etag(body);
        });
    }

    @Override
    public void putFile(String key, Path file, Map<String, String> metadata) {
        guarded("write", key, () -> {
            Path temporary = temporary();
            try {
                Files.copy(file, temporary, StandardCopyOption.REPLACE_EXISTING);
                writeMetadata(key, metadata);
                publish(temporary, path(key));
            } finally {
                Files.deleteIfExists(temporary);
            }
            return Boolean.TRUE;
        });
    }

    @Override
    public List<ObjectHead> list(String keyPrefix) {
        return guarded("list", keyPrefix, () -> {
            int slash = keyPrefix.lastIndexOf('/');
            Path start = slash < 0 ? root : path(keyPrefix.substring(0, slash));
            if (!Files.isDirectory(start)) {
                return List.of();
            }
            List<ObjectHead> found = new ArrayList<>();
            try (Stream<Path> walk = Files.walk(start)) {
                for (Path file : (Iterable<Path>) walk.filter(Files::isRegularFile)::iterator) {
                    String key = root.relativize(file).toString().replace('\\', '/');
                    if (key.startsWith(keyPrefix) && !key.startsWith(META + "/") && !key.startsWith(TEMPORARY + "/")) {
                        found.add(new ObjectHead(key, etag(file), Files.size(file), Map.of()));
                    }
                }
            }
            found.sort((a, b) -> a.key().compareTo(b.key()));
            return List.copyOf(found);
        });
    }

    @Override
    public void delete(String key) {
        guarded("delete", key, () -> {
            Files.deleteIfExists(path(META).resolve(key + ".json"));
            return Files.deleteIfExists(path(key));
        });
    }

    @Override
    public String location() {
        return root.toString();
    }

    private boolean holds(WriteCondition condition, Path target) throws IOException {
        return switch (condition) {
            case WriteCondition.None none -> true;
            case WriteCondition.Absent absent -> !Files.exists(target);
            case WriteCondition.Matches(String etag) ->
                Files.exists(target) && etag(target).equals(etag);
        };
    }

    private FileChannel lockFile() throws IOException {
        Path folder = root.resolve(TEMPORARY);
        Files.createDirectories(folder);
        return FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private Path temporary() throws IOException {
        Path folder = root.resolve(TEMPORARY);
        Files.createDirectories(folder);
        return Files.createTempFile(folder, "put", null);
    }

    private static void publish(Path temporary, Path target) throws IOException {
        Files.createDirectories(target.getParent());
        try (FileChannel written = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
            written.force(true);
        }
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private void writeMetadata(String key, Map<String, String> metadata) throws IOException {
        Path file = path(META).resolve(key + ".json");
        if (metadata.isEmpty()) {
            Files.deleteIfExists(file);
            return;
        }
        Files.createDirectories(file.getParent());
        Files.write(file, JSON.writeValueAsBytes(metadata));
    }

    private ObjectHead headOf(String key, String etag, long bytes) throws IOException {
        Path file = path(META).resolve(key + ".json");
        Map<String, String> metadata = Files.exists(file)
                ? JSON.readValue(Files.readAllBytes(file), new TypeReference<Map<String, String>>() {})
                : Map.of();
        return new ObjectHead(key, etag, bytes, metadata);
    }

    private Path path(String key) {
        Path path = root.resolve(key).normalize();
        if (!path.startsWith(root)) {
            throw new IllegalArgumentException("key \"" + key + "\" leaves the folder " + root);
        }
        return path;
    }

    private static String etag(Path file) throws IOException {
        return etag(Files.readAllBytes(file));
    }

    private static String etag(byte[] body) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private interface FileAction<T extends @Nullable Object> {
        T run() throws IOException;
    }

    private <T extends @Nullable Object> T guarded(String verb, String key, FileAction<T> action) {
        try {
            return action.run();
        } catch (AccessDeniedException e) {
            throw new StoreException(
                    StoreException.Reason.StorageAccessDenied,
                    "folder " + root + ": may not " + verb + " " + key + "; give this user the right to it",
                    e);
        } catch (FileAlreadyExistsException e) {
            throw new StoreException(
                    StoreException.Reason.StorageUnreachable,
                    "folder " + root + ": can't " + verb + " " + key + " because a file of that name is in the way",
                    e);
        } catch (IOException e) {
            throw new StoreException(
                    StoreException.Reason.StorageUnreachable,
                    "folder " + root + ": can't " + verb + " " + key + " (" + e.getMessage()
                            + "); check that the disk is there and not full",
                    e);
        }
    }
}
