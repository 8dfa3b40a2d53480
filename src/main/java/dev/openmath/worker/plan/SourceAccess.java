package dev.openmath.worker.plan;

import dev.openmath.api.Problems;
import dev.openmath.worker.FailureReason;
import dev.openmath.worker.RoleFailedException;
import dev.openmath.worker.plan.SourceContent.SourceFile;
import dev.openmath.worker.store.ObjectStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/** Opens the sources of problems: mounted folders, object storage, HTTP. */
public final class SourceAccess {
    private final Path mounts;
    private final Function<String, ObjectStore> buckets;
    private final Map<String, Path> standIns;

    /**
     * @param mounts folder with one folder for each ConfigMap and volume source, named after it
     * @param buckets opens a bucket of the job's store
     */
    public SourceAccess(Path mounts, Function<String, ObjectStore> buckets) {
        this(mounts, buckets, Map.of());
    }

    private SourceAccess(Path mounts, Function<String, ObjectStore> buckets, Map<String, Path> standIns) {
        this.mounts = mounts;
        this.buckets = buckets;
        this.standIns = Map.copyOf(standIns);
    }

    /** The same, but that a local file or folder is read instead of some sources, by name. */
    public SourceAccess standingIn(Map<String, Path> files) {
        return new SourceAccess(mounts, buckets, files);
    }

    /**
     * Finds the files of a source.
     *
     * @throws RoleFailedException InputUnreadable or SourceChanged, naming the source
     */
    public SourceContent open(Problems.Source source) {
        Path standIn = standIns.get(source.name());
        if (standIn != null) {
            return local(source, standIn, standIn.toString());
        }
        return switch (source.type()) {
            case ConfigMap -> {
                String key = source.configMap().key();
                yield mounted(source, key == null ? "" : key);
            }
            case PersistentVolumeClaim ->
                mounted(source, source.persistentVolumeClaim().path());
            case S3 -> stored(source, source.s3());
            case HTTP -> fetched(source, source.http());
        };
    }

    private SourceContent mounted(Problems.Source source, String path) {
        Path root = mounts.resolve(source.name());
        Path start = root.resolve(path).normalize();
        if (!start.startsWith(root)) {
            throw ProblemFiles.unreadable(source, "path " + path + " leaves the volume", null);
        }
        return local(source, start, path);
    }

    private static SourceContent local(Problems.Source source, Path start, String path) {
        if (Files.isRegularFile(start)) {
            return new SourceContent(List.of(new LocalFile(start.getFileName().toString(), start)));
        }
        if (!Files.isDirectory(start)) {
            throw ProblemFiles.unreadable(
                    source,
                    (path.isEmpty() ? "its volume" : path) + " is not there; check the name in the source",
                    null);
        }
        try (Stream<Path> walk = Files.walk(start, java.nio.file.FileVisitOption.FOLLOW_LINKS)) {
            // Kubernetes keeps the real files of a ConfigMap in folders whose names begin with two dots.
            return new SourceContent(walk.filter(Files::isRegularFile)
                    .map(file -> new LocalFile(start.relativize(file).toString(), file))
                    .filter(file -> !file.name().startsWith(".") && !file.name().contains("/."))
                    .sorted(java.util.Comparator.comparing(LocalFile::name))
                    .map(SourceFile.class::cast)
                    .toList());
        } catch (IOException | java.io.UncheckedIOException e) {
            throw ProblemFiles.unreadable(source, "folder " + path + " can't be read", e);
        }
    }

    private SourceContent stored(Problems.Source source, Problems.S3Object where) {
        ObjectStore bucket = buckets.apply(where.bucket());
        if (where.key().endsWith("/")) {
            return new SourceContent(bucket.list(where.key()).stream()
                    .filter(head -> !head.key().endsWith("/"))
                    .<SourceFile>map(head ->
                            new StoredFile(head.key().substring(where.key().length()), head.key(), bucket))
                    .toList());
        }
        if (bucket.head(where.key()).isEmpty()) {
            throw ProblemFiles.unreadable(
                    source,
                    "object " + where.key() + " is not in bucket " + where.bucket()
                            + "; check s3.key (a prefix must end in a slash)",
                    null);
        }
        String name = where.key().substring(where.key().lastIndexOf('/') + 1);
        return new SourceContent(List.of(new StoredFile(name, where.key(), bucket)));
    }

    private SourceContent fetched(Problems.Source source, Problems.HttpFile where) {
        URI uri = URI.create(where.url());
        byte[] body;
        try (HttpClient client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(Duration.ofSeconds(30))
                .build()) {
            HttpRequest request =
                    HttpRequest.newBuilder(uri).timeout(Duration.ofMinutes(10)).build();
            HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
            if (answer.statusCode() != 200) {
                RoleFailedException refused = ProblemFiles.unreadable(
                        source, "its URL answers HTTP " + answer.statusCode() + "; check http.url", null);
                throw answer.statusCode() >= 500 || answer.statusCode() == 429 ? passing(refused) : refused;
            }
            body = answer.body();
        } catch (IOException e) {
            throw passing(ProblemFiles.unreadable(
                    source,
                    "its URL can't be fetched (" + e.getClass().getSimpleName()
                            + "); check http.url and the network policy",
                    e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ProblemFiles.unreadable(source, "fetching was interrupted", e);
        }
        if (where.sha256() != null && !where.sha256().equals(sha256(body))) {
            throw new RoleFailedException(
                    FailureReason.SourceChanged,
                    "problem source \"" + source.name() + "\": the file at http.url has SHA-256 " + sha256(body)
                            + ", not the " + where.sha256()
                            + " of http.sha256; restore the file, or write its SHA-256");
        }
        String path = uri.getPath();
        return new SourceContent(List.of(new FetchedFile(path.substring(path.lastIndexOf('/') + 1), body)));
    }

    private static RoleFailedException passing(RoleFailedException e) {
        return RoleFailedException.passing(e.reason(), String.valueOf(e.getMessage()), e.getCause());
    }

    private record LocalFile(String name, Path file) implements SourceFile {
        @Override
        public InputStream open() throws IOException {
            return Files.newInputStream(file);
        }
    }

    private record StoredFile(String name, String key, ObjectStore bucket) implements SourceFile {
        @Override
        public InputStream open() throws IOException {
            return bucket.open(key).orElseThrow(() -> new java.io.FileNotFoundException(key));
        }
    }

    private record FetchedFile(String name, byte[] body) implements SourceFile {
        @Override
        public InputStream open() {
            return new ByteArrayInputStream(body);
        }
    }

    private static String sha256(byte[] body) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
