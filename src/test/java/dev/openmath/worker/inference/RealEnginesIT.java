package dev.openmath.worker.inference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openmath.worker.inference.CompletionResult.Completion;
import dev.openmath.worker.inference.CompletionResult.ContextOverflow;
import dev.openmath.worker.inference.CompletionResult.Finish;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The adapters against engines that run: {@code mvn verify -Dit.groups=engines -Dit.test=RealEnginesIT} with
 * OPENMATH_VLLM_URL and OPENMATH_LLAMACPP_URL as {@code bench/vllm/README.md} starts them.
 */
@Tag("engines")
@ParameterizedClass(name = "{0}")
@ValueSource(strings = {"VLLM", "LLAMACPP"})
class RealEnginesIT {
    private static final String QUESTION = "Question: What is 2 + 2?\n\nSolution: ";
    private static final SamplingParameters WARM = new SamplingParameters(0.7, 0.95, 0);
    private static final SamplingParameters GREEDY = new SamplingParameters(1, 1, 1);

    @Parameter
    String engine;

    @Test
    void isHealthy() throws Exception {
        try (var client = client()) {
            assertThat(client.health()).isEqualTo(new InferenceClient.Health(true, "engine " + url() + " answers"));
            assertThat(client.load()).isPresent();
        }
    }

    /** Takes a string from the middle of an answer and asks again with it as stop string. */
    @Test
    void endsExactlyWithTheStopString() throws Exception {
        try (var client = client()) {
            Completion free = completed(client, QUESTION, 64, 7, List.of(), WARM);
            int middle = free.text()
                    .offsetByCodePoints(
                            0, free.text().codePointCount(0, free.text().length()) / 2);
            String stop = free.text().substring(middle, free.text().offsetByCodePoints(middle, 4));

            Completion stopped = completed(client, QUESTION, 64, 7, List.of("</llm-code>", stop), WARM);

            assertThat(stopped.text())
                    .isEqualTo(free.text().substring(0, free.text().indexOf(stop) + stop.length()));
            assertThat(stopped.finish()).isEqualTo(Finish.STOP);
            assertThat(stopped.outputTokens()).isBetween(1, free.outputTokens() - 1);
            assertThat(stopped.promptTokens()).isEqualTo(free.promptTokens());
        }
    }

    @Test
    void stopsAtTheRoundsTokens() throws Exception {
        try (var client = client()) {
            Completion completion = completed(client, QUESTION, 5, 7, List.of(), WARM);
            assertThat(completion.finish()).isEqualTo(Finish.LENGTH);
            assertThat(completion.outputTokens()).isEqualTo(5);
        }
    }

    /** The context's end, token by token: each prompt gets what is left, and none fails as a request. */
    @ParameterizedTest(name = "{0} tokens left")
    @ValueSource(ints = {-300, -1, 0, 1, 3})
    void meetsTheContextsEnd(int left) throws Exception {
        try (var client = client()) {
            int words = context()
                    - left
                    - completed(client, " and", 1, 7, List.of(), WARM).promptTokens()
                    + 1;
            CompletionResult result =
                    client.complete(new CompletionRequest(" and".repeat(words), 64, 7, List.of(), WARM));
            if (left <= 0) {
                assertThat(result).isEqualTo(new ContextOverflow());
            } else {
                Completion completion = (Completion) result;
                assertThat(completion.promptTokens()).isEqualTo(context() - left);
                // An end of text may come before the end of the context.
                assertThat(completion.finish()).isIn(Finish.CONTEXT, Finish.STOP);
                assertThat(completion.outputTokens()).isBetween(1, left);
            }
        }
    }

    @Test
    void repeatsASeedAndChangesWithIt() throws Exception {
        try (var client = client()) {
            String text = completed(client, QUESTION, 24, 11, List.of(), WARM).text();
            assertThat(completed(client, QUESTION, 24, 11, List.of(), WARM).text())
                    .isEqualTo(text);
            assertThat(completed(client, QUESTION, 24, 12, List.of(), WARM).text())
                    .isNotEqualTo(text);
        }
    }

    @Test
    void greedyDoesNotDependOnTheSeed() throws Exception {
        try (var client = client()) {
            Set<String> texts = new HashSet<>();
            for (int seed = 0; seed < 8; seed++) {
                texts.add(
                        completed(client, QUESTION, 48, seed, List.of(), GREEDY).text());
            }
            assertThat(texts).hasSize(1);
        }
    }

    @Test
    void answersMoreRequestsThanItWorksOnAtOnce() throws Exception {
        try (var client = client();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<CompletionResult>> asked = new ArrayList<>();
            for (int seed = 0; seed < 24; seed++) {
                var request = new CompletionRequest(QUESTION, 16, seed, List.of(), WARM);
                asked.add(() -> client.complete(request));
            }
            for (Future<CompletionResult> answer : threads.invokeAll(asked)) {
                assertThat(((Completion) answer.get()).outputTokens()).isBetween(1, 16);
            }
        }
    }

    private Completion completed(
            InferenceClient client, String prompt, int tokens, long seed, List<String> stop, SamplingParameters how)
            throws Exception {
        CompletionResult result = client.complete(new CompletionRequest(prompt, tokens, seed, stop, how));
        assertThat(result).isInstanceOf(Completion.class);
        return (Completion) result;
    }

    private InferenceClient client() {
        Duration timeout = Duration.ofMinutes(5);
        return engine.equals("VLLM")
                ? new VllmClient(url(), "tiny", null, timeout)
                : new LlamaCppClient(url(), null, timeout);
    }

    private int context() {
        return engine.equals("VLLM") ? 2048 : 1024;
    }

    private URI url() {
        String name = "OPENMATH_" + engine + "_URL";
        return URI.create(Objects.requireNonNull(System.getenv(name), () -> "set " + name));
    }
}
