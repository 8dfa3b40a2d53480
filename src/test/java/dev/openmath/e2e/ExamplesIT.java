package dev.openmath.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every example can be applied as it is. */
@Tag("cluster")
class ExamplesIT {
    @Test
    void everyExampleIsAccepted() throws IOException {
        Kubectl kubectl = new Kubectl("");
        List<Path> examples;
        try (Stream<Path> files = Files.list(Path.of("manifests/examples"))) {
            examples =
                    files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList();
        }
        assertThat(examples).hasSizeGreaterThanOrEqualTo(4);
        kubectl.run("apply", "-f", examples.getFirst().toString());
        for (Path example : examples) {
            assertThat(kubectl.run("apply", "--dry-run=server", "--validate=strict", "-f", example.toString()))
                    .as(example.toString())
                    .contains("(server dry run)");
        }
    }
}
