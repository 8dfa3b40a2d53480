package dev.openmath.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.openmath.api.Labels;
import dev.openmath.operator.generation.GenerationJobReconciler;
import dev.openmath.operator.sandbox.SandboxPoolReconciler;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Both reconcilers against an API server, under the shipped permissions; pods answer what a test says. */
final class RunningOperator implements AutoCloseable {
    static final Settings SETTINGS = new Settings(
            "openmath-operator:0.1.0",
            "openmath-sandbox:0.1.0",
            "vllm/vllm-openai:v0.11.0",
            "openmath-system",
            Map.of(Labels.NAME, Labels.OPERATOR, Labels.INSTANCE, "openmath-operator"),
            Duration.ofMillis(300));

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Map<String, JsonNode> answers = new ConcurrentHashMap<>();
    private final Operator operator;

    RunningOperator(ApiServer server, String namespace) {
        this(server.operator(), namespace);
    }

    RunningOperator(KubernetesClient client, String namespace) {
        PodRequests requests = this::answer;
        operator = new Operator(o -> o.withKubernetesClient(client).withCloseClientOnStop(true));
        operator.register(
                new SandboxPoolReconciler(client, SETTINGS, requests, Clock.systemUTC()),
                c -> c.settingNamespaces(namespace));
        operator.register(
                new GenerationJobReconciler(client, SETTINGS, requests, Clock.systemUTC()),
                c -> c.settingNamespaces(namespace));
        operator.start();
    }

    /** What a pod answers from now on. */
    void answer(String pod, String path, String json) {
        try {
            answers.put(pod + path, JSON.readTree(json));
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private Map<String, JsonNode> answer(Map<String, String> addresses, int port, String path) {
        Map<String, JsonNode> result = new TreeMap<>();
        addresses.keySet().forEach(pod -> {
            JsonNode known = answers.get(pod + path);
            if (known != null) {
                result.put(pod, known);
            }
        });
        return result;
    }

    @Override
    public void close() {
        operator.stop();
    }
}
