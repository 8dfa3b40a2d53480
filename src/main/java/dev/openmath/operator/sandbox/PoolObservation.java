package dev.openmath.operator.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is there.
 *
 * @param deployment the pool's Deployment as last seen
 * @param pods its pods
 * @param demand answers of ready pods by name: {@code {open, queued, running, capacity}}
 * @param capabilities answers of ready pods by name: {@code {tier, runtime, proven, ...}}
 * @param volumeMessages what the kubelet says, by pod name, where a pod waits for a volume
 */
public record PoolObservation(
        @Nullable Deployment deployment,
        List<Pod> pods,
        Map<String, JsonNode> demand,
        Map<String, JsonNode> capabilities,
        Map<String, String> volumeMessages) {}
