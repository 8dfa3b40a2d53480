package dev.openmath.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.model.annotation.LabelSelector;
import io.fabric8.kubernetes.model.annotation.StatusReplicas;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Observed state of a SandboxPool. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SandboxPoolStatus(
        @JsonPropertyDescription("Generation of the spec this status speaks of; -1 until first seen.") @Nullable
        Long observedGeneration,

        @StatusReplicas @JsonPropertyDescription("Pods that exist.") @Nullable
        Integer replicas,

        @JsonPropertyDescription("Pods that serve.") @Nullable
        Integer readyReplicas,

        @JsonPropertyDescription("Pods of the current template that serve.") @Nullable
        Integer updatedReadyReplicas,

        @LabelSelector @JsonPropertyDescription("Label selector of the pods, for /scale.") @Nullable
        String selector,

        @JsonPropertyDescription("Sessions over all pods.") @Nullable
        Sessions sessions,

        @JsonPropertyDescription("Isolation between sessions.") @Nullable
        Isolation isolation,

        @JsonPropertyDescription("Secret with the access token under the key token.") @Nullable
        String tokenSecretName,

        @Size(max = 16) @JsonPropertyDescription("Ready, Reconciling, Stalled, Degraded, IsolationProven.") @Nullable
        List<Condition> conditions) {

    /** Sessions over all pods. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Sessions(
            @JsonPropertyDescription("Open sessions.") @Nullable
            Integer open,

            @JsonPropertyDescription("Sessions that can be open.") @Nullable
            Integer capacity,

            @JsonPropertyDescription("Open sessions that run no block.") @Nullable
            Integer idle,

            @JsonPropertyDescription("Open sessions that run a block.") @Nullable
            Integer running) {}

    /** Isolation between sessions, as the pods' self-test proved it. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Isolation(
            @JsonPropertyDescription("Weakest tier among the pods: GVisor, UserNamespace, Process or PodPerSession.")
            @Nullable
            String tier,

            @JsonPropertyDescription("Container runtime as the pods see it.") @Nullable
            String runtime,

            @JsonPropertyDescription("Whether the self-test of every ready pod passed.") @Nullable
            Boolean proven) {}
}
