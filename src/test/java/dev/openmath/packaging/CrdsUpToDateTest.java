package dev.openmath.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The committed CRDs are those of the api package; {@code mvn test -Dtest=CrdsUpToDateTest -Dcrds.write} writes them. */
class CrdsUpToDateTest {
    private static final Path[] FOLDERS = {Path.of("crds"), Path.of("helm/openmath-operator/files/crds")};

    @Test
    void committedCrdsAreGenerated() throws IOException {
        var yamls = CrdGeneration.yamls();
        assertThat(yamls).hasSize(2);
        for (Path folder : FOLDERS) {
            for (var e : yamls.entrySet()) {
                Path file = folder.resolve(e.getKey());
                if (System.getProperty("crds.write") != null) {
                    Files.createDirectories(folder);
                    Files.writeString(file, e.getValue());
                }
                assertThat(Files.exists(file) ? Files.readString(file) : "")
                        .as("%s must be what the api package gives; run: make crds", file)
                        .isEqualTo(e.getValue());
            }
        }
    }
}
