package dev.openmath.operator.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import dev.openmath.api.SandboxPool;
import dev.openmath.operator.Golden;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every object and status of a SandboxPool, as YAML to read. */
class PoolGoldenTest {
    static Stream<Path> scenarios() {
        return Golden.scenarios("sandboxpool");
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void objectsAndStatus(Path folder) {
        Golden golden = new Golden(folder);
        SandboxPool pool = golden.in("pool", SandboxPool.class);
        List<Pod> pods = golden.list("pods", Pod.class);
        if (folder.getFileName().toString().startsWith("objects-")) {
            golden.out("deployment", SandboxDeployment.desired(pool, Golden.SETTINGS));
            golden.out("service", PoolService.desired(pool));
            golden.out("network-policy", PoolNetworkPolicy.desired(pool, Golden.SETTINGS));
            golden.out("disruption-budget", PoolDisruptionBudget.desired(pool));
            golden.out("service-account", PoolServiceAccount.desired(pool));
            golden.out("config", ExecutorConfig.desired(pool));
            golden.out("access", AccessSecret.desired(pool, new byte[AccessSecret.TOKEN_BYTES]));
            return;
        }
        String hash = SandboxDeployment.templateHash(pool, Golden.SETTINGS);
        pods.forEach(p -> {
            if ("current".equals(p.getMetadata().getAnnotations().get("openmath.dev/input-hash"))) {
                p.getMetadata().getAnnotations().put("openmath.dev/input-hash", hash);
            }
        });
        var seen = new PoolObservation(
                golden.inIfThere("deployment", Deployment.class),
                pods,
                answers(golden, "demand"),
                answers(golden, "capabilities"),
                Map.of());
        golden.out("status", new SandboxPoolStatusFactory(Golden.SETTINGS, Golden.CLOCK).of(pool, seen));
    }

    private static Map<String, JsonNode> answers(Golden golden, String name) {
        Map<String, JsonNode> answers = new TreeMap<>();
        JsonNode all = golden.inIfThere(name, JsonNode.class);
        if (all != null) {
            all.properties().forEach(e -> answers.put(e.getKey(), e.getValue()));
        }
        return answers;
    }
}
