package dev.openmath.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The committed manifests are those of the chart; {@code helm/render-manifests.sh} writes them. Needs helm. */
@Tag("apiserver")
class ManifestsUpToDateIT {
    @TempDir
    Path rendered;

    @Test
    void committedManifestsAreRenderedFromTheChart() throws IOException, InterruptedException {
        Optional<Path> helm = helm();
        assumeTrue(helm.isPresent(), "helm is not installed; kind/cluster.sh brings one");
        ProcessBuilder render =
                new ProcessBuilder("helm/render-manifests.sh", rendered.toString()).redirectErrorStream(true);
        render.environment()
                .merge(
                        "PATH",
                        helm.orElseThrow().getParent().toString(),
                        (path, bin) -> bin + File.pathSeparator + path);
        Process process = render.start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        try (Stream<Path> files = Files.list(rendered)) {
            for (Path file : files.toList()) {
                assertThat(Path.of("manifests/install").resolve(file.getFileName()))
                        .as("run helm/render-manifests.sh")
                        .hasSameTextualContentAs(file);
            }
        }
    }

    private static Optional<Path> helm() {
        String cache =
                System.getenv().getOrDefault("OPENMATH_CACHE", System.getProperty("user.home") + "/.cache/openmath");
        return Stream.concat(
                        Stream.of(System.getenv("PATH").split(File.pathSeparator))
                                .map(Path::of),
                        Stream.of(Path.of(cache, "bin")))
                .map(p -> p.resolve("helm"))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
