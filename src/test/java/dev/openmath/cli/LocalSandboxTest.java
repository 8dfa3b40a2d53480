package dev.openmath.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class LocalSandboxTest {
    private static final List<String> WITHOUT_NAMESPACES = List.of("--tier", "Process");

    private static String output(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() == 0 ? output.strip() : "";
    }

    private static boolean hasImage() {
        try {
            return !output("docker", "image", "inspect", "--format", "ok", DockerSandbox.IMAGE)
                    .isEmpty();
        } catch (Exception e) {
            return false;
        }
    }

    @Test
    void aContainerIsTakenWhereNamespacesAreNotAllowed() throws Exception {
        assumeTrue(hasImage(), "no image " + DockerSandbox.IMAGE);
        String before = output("docker", "ps", "--all", "--format", "{{.Names}}");
        try (LocalSandbox sandbox = LocalSandbox.start(LocalSandbox.Launch.quiet(false), WITHOUT_NAMESPACES)) {
            JsonNode document = new ObjectMapper().readTree(sandbox.document());
            assertThat(document.at("/capabilities/proven").asBoolean())
                    .as(sandbox.document())
                    .isTrue();
            HttpResponse<String> answer = verify(sandbox);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(new ObjectMapper()
                            .readTree(answer.body())
                            .at("/verdicts/0/equal")
                            .asBoolean())
                    .as(answer.body())
                    .isTrue();
        }
        assertThat(output("docker", "ps", "--all", "--format", "{{.Names}}"))
                .as("the container is gone")
                .isEqualTo(before);
    }

    @Test
    void whereNeitherIsPossibleBothReasonsAreSaid() {
        assumeTrue(!hasImage(), "the image is here");
        assertThatThrownBy(() -> LocalSandbox.start(LocalSandbox.Launch.quiet(false), WITHOUT_NAMESPACES))
                .isInstanceOf(WrongInputException.class)
                .hasMessageContaining("In namespaces of this user: ")
                .hasMessageContaining("In a container: ")
                .hasMessageContaining("--unsafe-local");
    }

    @Test
    void unsafeRunsAsThisUser() throws Exception {
        try (LocalSandbox sandbox = LocalSandbox.start(LocalSandbox.Launch.quiet(true), WITHOUT_NAMESPACES)) {
            assertThat(sandbox.document()).contains("\"tier\":\"Process\"");
            assertThat(verify(sandbox).statusCode()).isEqualTo(200);
        }
    }

    private static HttpResponse<String> verify(LocalSandbox sandbox) throws Exception {
        String body = "{\"grader\": \"MathVerify\", \"timeoutMs\": 10000,"
                + " \"pairs\": [{\"predicted\": \"\\\\tan^2 y+1\", \"expected\": \"\\\\sec^2 y\"}]}";
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create(sandbox.url() + "/v1/verify"))
                            .header("Authorization", "Bearer " + sandbox.token())
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }
}
