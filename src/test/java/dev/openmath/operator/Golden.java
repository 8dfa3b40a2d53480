package dev.openmath.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Folders with what goes in and what must come out, as YAML; {@code -Dgolden.write} writes what comes out. */
public final class Golden {
    public static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-01T00:10:00Z"), ZoneOffset.UTC);
    public static final Settings SETTINGS = new Settings(
            "openmath-operator:0.1.0",
            "openmath-sandbox:0.1.0",
            "vllm/vllm-openai:v0.11.0",
            "openmath-system",
            Map.of(
                    "app.kubernetes.io/name", "openmath-operator",
                    "app.kubernetes.io/instance", "openmath-operator"),
            Duration.ofSeconds(10));

    private static final Path ROOT = Path.of("src/test/resources/golden");

    private final Path folder;

    public Golden(Path folder) {
        this.folder = folder;
    }

    /** The scenarios of a kind. */
    public static Stream<Path> scenarios(String kind) {
        try (var folders = Files.list(ROOT.resolve(kind))) {
            return folders.filter(Files::isDirectory).sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public <T> T in(String name, Class<T> type) {
        return Serialization.unmarshal(text("in-" + name + ".yaml"), type);
    }

    public <T> @Nullable T inIfThere(String name, Class<T> type) {
        return Files.exists(folder.resolve("in-" + name + ".yaml")) ? in(name, type) : null;
    }

    /** A file of several documents. */
    public <T> List<T> list(String name, Class<T> type) {
        if (!Files.exists(folder.resolve("in-" + name + ".yaml"))) {
            return List.of();
        }
        return Stream.of(text("in-" + name + ".yaml").split("(?m)^---$"))
                .filter(d -> !d.isBlank())
                .map(d -> Serialization.unmarshal(d, type))
                .toList();
    }

    public void out(String name, Object value) {
        Path file = folder.resolve("out-" + name + ".yaml");
        // Keys in order of name: maps of labels and resources have none.
        String yaml = Serialization.asYaml(Serialization.unmarshal(Hashes.json(value), Map.class));
        try {
            if (System.getProperty("golden.write") != null) {
                Files.writeString(file, yaml);
            }
            assertThat(yaml)
                    .as("%s; after a wanted change run with -Dgolden.write and read the difference", file)
                    .isEqualTo(Files.exists(file) ? Files.readString(file) : "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String text(String name) {
        try {
            return Files.readString(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
