package dev.openmath.operator;

import java.time.Duration;
import java.util.Map;

/**
 * What the operator was configured with, as far as reconciling depends on it.
 *
 * @param workerImage image of the plan, generate and finalize pods
 * @param sandboxImage default image of a pool's pods
 * @param vllmImage default image of a Colocated VLLM engine
 * @param operatorNamespace namespace that the operator's own pods run in
 * @param operatorPodLabels labels by which network policies know the operator's pods
 * @param figuresInterval shortest time between two writes of figures, and between two questions to the pods
 */
public record Settings(
        String workerImage,
        String sandboxImage,
        String vllmImage,
        String operatorNamespace,
        Map<String, String> operatorPodLabels,
        Duration figuresInterval) {}
