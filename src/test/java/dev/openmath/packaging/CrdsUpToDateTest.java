package dev.openmath.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The committed CRDs and their reference are those of the api package; {@code make crds} writes them. */
class CrdsUpToDateTest {
    @Test
    void committedFilesAreGenerated() throws IOException {
        Map<Path, String> files = new TreeMap<>();
        Map<String, String> yamls = CrdGeneration.yamls();
        assertThat(yamls).hasSize(2);
        yamls.forEach((name, yaml) -> {
            files.put(Path.of("crds", name), yaml);
            files.put(Path.of("helm/openmath-operator/files/crds", name), yaml);
        });
        files.put(Path.of("docs/reference.md"), CrdReference.markdown(yamls));
        for (var file : files.entrySet()) {
            if (System.getProperty("crds.write") != null) {
                Files.createDirectories(file.getKey().getParent());
                Files.writeString(file.getKey(), file.getValue());
            }
            assertThat(Files.exists(file.getKey()) ? Files.readString(file.getKey()) : "")
                    .as("%s must be what the api package gives; run: make crds", file.getKey())
                    .isEqualTo(file.getValue());
        }
    }
}
