package dev.openmath.worker.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every store promises; S3 is a real versitygw, where its binary lies in the cache. */
class ObjectStoreContractTest {
    @TempDir
    static Path folder;

    private static @Nullable Process gateway;
    private static int port;

    enum Kind {
        MEMORY,
        FILE,
        S3
    }

    @BeforeAll
    static void startGateway() throws Exception {
        Optional<Path> binary = gatewayBinary();
        if (binary.isEmpty()) {
            return;
        }
        Files.createDirectories(folder.resolve("s3/bucket"));
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        gateway = new ProcessBuilder(
                        binary.get().toString(),
                        "--port",
                        "127.0.0.1:" + port,
                        "--access",
                        "test",
                        "--secret",
                        "testtest",
                        "posix",
                        folder.resolve("s3").toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("gateway.log").toFile())
                .start();
        System.setProperty("aws.accessKeyId", "test");
        System.setProperty("aws.secretAccessKey", "testtest");
        for (int i = 0; i < 100; i++) {
            try (Socket connected = new Socket("127.0.0.1", port)) {
                return;
            } catch (IOException e) {
                Thread.sleep(50);
            }
        }
    }

    @AfterAll
    static void stopGateway() throws Exception {
        if (gateway != null) {
            gateway.destroy();
            gateway.waitFor();
        }
    }

    /** Where the test bed puts what it builds. */
    private static Optional<Path> gatewayBinary() {
        String cache = System.getenv("OPENMATH_CACHE");
        Path root = cache != null ? Path.of(cache) : Path.of(System.getProperty("user.home"), ".cache/openmath");
        Path plain = root.resolve("bin/versitygw");
        if (Files.isExecutable(plain)) {
            return Optional.of(plain);
        }
        if (!Files.isDirectory(root.resolve("go"))) {
            return Optional.empty();
        }
        try (Stream<Path> built = Files.list(root.resolve("go"))) {
            return built.filter(dir -> dir.getFileName().toString().startsWith("versitygw-"))
                    .map(dir -> dir.resolve("versitygw"))
                    .filter(Files::isExecutable)
                    .findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static S3Location gatewayAt(String bucket) {
        Assumptions.assumeTrue(
                gateway != null, "skipped: no versitygw in the cache; the tests on the cluster use one as well");
        return new S3Location(
                bucket, "some/prefix-" + UUID.randomUUID(), "us-east-1", "http://127.0.0.1:" + port, true, null);
    }

    private static ObjectStore open(Kind kind) {
        return switch (kind) {
            case MEMORY -> new InMemoryObjectStore();
            case FILE -> new FileObjectStore(folder.resolve(UUID.randomUUID().toString()));
            case S3 -> S3ObjectStore.at(gatewayAt("bucket"));
        };
    }

    @ParameterizedTest
    @EnumSource
    void readsWhatWasWritten(Kind kind) throws Exception {
        try (ObjectStore store = open(kind)) {
            assertThat(store.get("a/b.json")).isEmpty();
            assertThat(store.head("a/b.json")).isEmpty();
            assertThat(store.open("a/b.json")).isEmpty();
            String etag = store.put("a/b.json", bytes("one"), Map.of("rows", "1"), WriteCondition.none());
            StoredObject read = store.get("a/b.json").orElseThrow();
            assertThat(read.body()).isEqualTo(bytes("one"));
            assertThat(read.head().etag()).isEqualTo(etag);
            assertThat(read.head().metadata()).containsEntry("rows", "1");
            assertThat(store.head("a/b.json").orElseThrow().bytes()).isEqualTo(3);
            try (InputStream stream = store.open("a/b.json").orElseThrow()) {
                assertThat(stream.readAllBytes()).isEqualTo(bytes("one"));
            }
            Path file = Files.write(folder.resolve("upload"), bytes("from a file"));
            store.putFile("a/c", file, Map.of());
            assertThat(store.get("a/c").orElseThrow().body()).isEqualTo(bytes("from a file"));
            store.delete("a/c");
            store.delete("a/c");
            assertThat(store.get("a/c")).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void listsByPrefixInOrder(Kind kind) {
        try (ObjectStore store = open(kind)) {
            for (String key : List.of("runs/x/2.json", "runs/x/1.json", "runs/xy.json", "runs/x/sub/3.json", "other")) {
                store.put(key, bytes(key), Map.of("k", "v"), WriteCondition.none());
            }
            assertThat(store.list("runs/x/"))
                    .extracting(ObjectHead::key)
                    .containsExactly("runs/x/1.json", "runs/x/2.json", "runs/x/sub/3.json");
            assertThat(store.list("runs/x")).hasSize(4);
            assertThat(store.list("nothing/")).isEmpty();
            assertThat(store.list(""))
                    .extracting(ObjectHead::key)
                    .contains("other")
                    .hasSize(5);
            String listed = store.list("other").getFirst().etag();
            assertThat(store.put("other", bytes("new"), Map.of(), WriteCondition.matches(listed)))
                    .as("a listed tag can be matched")
                    .isNotNull();
        }
    }

    @ParameterizedTest
    @EnumSource
    void writesOnlyUnderItsCondition(Kind kind) {
        try (ObjectStore store = open(kind)) {
            String first = store.put("k", bytes("1"), Map.of(), WriteCondition.absent());
            assertThat(first).isNotNull();
            assertThat(store.put("k", bytes("2"), Map.of(), WriteCondition.absent()))
                    .isNull();
            String second = store.put("k", bytes("3"), Map.of(), WriteCondition.matches(first));
            assertThat(second).isNotNull().isNotEqualTo(first);
            assertThat(store.put("k", bytes("4"), Map.of(), WriteCondition.matches(first)))
                    .isNull();
            assertThat(store.get("k").orElseThrow().body()).isEqualTo(bytes("3"));
            assertThat(store.put("none", bytes("5"), Map.of(), WriteCondition.matches(first)))
                    .isNull();
            assertThat(store.get("none")).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void passesTheProbe(Kind kind) {
        try (ObjectStore store = open(kind)) {
            ConditionalWriteProbe.run(store, "_probe");
            assertThat(store.list("_probe")).isEmpty();
        }
    }

    @Test
    void theProbeRefusesAStoreThatIgnoresConditions() {
        InMemoryObjectStore inner = new InMemoryObjectStore();
        ObjectStore careless = IgnoringConditions.over(inner);
        assertThatThrownBy(() -> ConditionalWriteProbe.run(careless, "_probe"))
                .isInstanceOfSatisfying(
                        StoreException.class,
                        e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.ConditionalWritesUnsupported))
                .hasMessageContaining("If-None-Match let 4 of 4 writers win; use a store that honours");
    }

    @Test
    void tellsWhatIsWrongWithS3() {
        S3Location good = gatewayAt("bucket");
        assertTrouble(
                good.at("missing-bucket", "p"), StoreException.Reason.BucketNotFound, "bucket \"missing-bucket\"");
        S3Location away = new S3Location("bucket", "p", "us-east-1", "http://127.0.0.1:1", true, null);
        assertTrouble(away, StoreException.Reason.StorageUnreachable, "http://127.0.0.1:1 can't be reached");
        System.setProperty("aws.secretAccessKey", "wrong");
        try {
            assertTrouble(good, StoreException.Reason.StorageAccessDenied, "refuses the credentials (HTTP 403");
            // versitygw answers 404 here, which must never pass for "no such key".
            System.setProperty("aws.accessKeyId", "nobody");
            assertTrouble(good, StoreException.Reason.StorageAccessDenied, "refuses the credentials (HTTP 404");
        } finally {
            System.setProperty("aws.accessKeyId", "test");
            System.setProperty("aws.secretAccessKey", "testtest");
        }
    }

    private static void assertTrouble(S3Location where, StoreException.Reason reason, String message) {
        try (ObjectStore store = S3ObjectStore.at(where)) {
            for (Runnable call : List.<Runnable>of(
                    () -> store.get("k"),
                    () -> store.list("k"),
                    () -> store.put("k", bytes("x"), Map.of(), WriteCondition.absent()))) {
                assertThatThrownBy(call::run)
                        .isInstanceOfSatisfying(
                                StoreException.class,
                                e -> assertThat(e.reason()).isEqualTo(reason))
                        .hasMessageContaining(message);
            }
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
