package dev.openmath.operator.sandbox;

import dev.openmath.api.SandboxPool;
import dev.openmath.api.SandboxPoolSpec;
import dev.openmath.operator.Children;
import dev.openmath.operator.Hashes;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.util.LinkedHashMap;
import java.util.Map;

/** ConfigMap with the executor's settings: the fields of the spec that concern it, under the same names. Pure. */
final class ExecutorConfig {
    static final String KEY = "config.json";

    private ExecutorConfig() {}

    static ConfigMap desired(SandboxPool pool) {
        return new ConfigMapBuilder()
                .withMetadata(Children.metadata(
                        pool, PoolNames.child(pool.getMetadata().getName()), PoolNames.labels(pool)))
                .addToData(KEY, json(pool.getSpec()))
                .build();
    }

    static String json(SandboxPoolSpec spec) {
        Map<String, Object> config = new LinkedHashMap<>();
        Map<String, Object> template = new LinkedHashMap<>();
        if (spec.template() != null) {
            put(template, "imports", spec.template().imports());
            put(template, "warmUp", spec.template().warmUp());
        }
        put(config, "template", template);
        put(config, "sessionsPerPod", spec.sessionsPerPod());
        put(config, "runningPerPod", spec.runningPerPod());
        put(config, "execution", spec.execution());
        put(config, "session", spec.session());
        put(config, "drainSeconds", spec.drainSeconds());
        return Hashes.json(config);
    }

    private static void put(Map<String, Object> map, String name, @org.jspecify.annotations.Nullable Object value) {
        if (value != null) {
            map.put(name, value);
        }
    }
}
