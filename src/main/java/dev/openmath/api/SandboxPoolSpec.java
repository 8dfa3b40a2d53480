package dev.openmath.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.model.annotation.SpecReplicas;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Desired state of a SandboxPool. */
@ValidationRule(
        value = "self.runningPerPod <= self.sessionsPerPod",
        message = "runningPerPod must not exceed sessionsPerPod: a session runs one block at a time")
@ValidationRule(
        value = "self.execution.timeoutSeconds <= self.session.maxSeconds",
        message = "execution.timeoutSeconds must not exceed session.maxSeconds, or a block could outlive its session")
public record SandboxPoolSpec(
        @Default("{}") @JsonPropertyDescription("The pods.") @Nullable
        Template template,

        @SpecReplicas
        @Default("1")
        @Min(0)
        @Max(1000)
        @JsonPropertyDescription("Pods of the pool. Default 1.")
        @Nullable
        Integer replicas,

        @Default("32")
        @Min(1)
        @Max(1000)
        @JsonPropertyDescription(
                "Sessions a pod may hold open; the isolation that the node gives may lower it, status shows"
                        + " the real capacity. Default 32.")
        @Nullable
        Integer sessionsPerPod,

        @Default("2")
        @Min(1)
        @Max(256)
        @JsonPropertyDescription("Blocks a pod runs at once; the rest queue. Default 2.")
        @Nullable
        Integer runningPerPod,

        @Default("120")
        @Min(0)
        @Max(600)
        @JsonPropertyDescription("Seconds a stopping pod lets open sessions finish. Default 120.")
        @Nullable
        Integer drainSeconds,

        @Default("{}") @JsonPropertyDescription("Limits and semantics of one block.") @Nullable
        Execution execution,

        @Default("{}") @JsonPropertyDescription("Limits of one session.") @Nullable
        Session session) {

    /** The pods of the pool. */
    public record Template(
            @Size(min = 1, max = 512)
            @JsonPropertyDescription("Image with the executor. Default: the operator's configured image.")
            @Nullable
            String image,

            @JsonPropertyDescription("When the image is pulled. Default IfNotPresent.")
            Inference.@Nullable PullPolicy imagePullPolicy,

            @Size(max = 64)
            @Default("[\"numpy\",\"sympy\",\"math\"]")
            @JsonPropertyDescription("Python modules loaded before any session starts. Default numpy, sympy, math.")
            @Nullable
            List<String> imports,

            @Size(max = 16384) @JsonPropertyDescription("Python code run once before any session starts.") @Nullable
            String warmUp,

            @Size(min = 1, max = 253) @JsonPropertyDescription("Runtime class of the pods, such as gvisor.") @Nullable
            String runtimeClassName,

            @JsonPropertyDescription("Resources of the executor's container.") @Nullable
            ResourceRequirements resources,

            @Size(max = 64) @JsonPropertyDescription("Labels a node must have.") @Nullable
            Map<String, String> nodeSelector,

            @Size(max = 64) @JsonPropertyDescription("Taints the pods tolerate.") @Nullable
            List<Toleration> tolerations,

            @JsonPropertyDescription("Affinity of the pods.") @Nullable
            Affinity affinity,

            @Size(max = 16) @JsonPropertyDescription("How the pods spread over the cluster.") @Nullable
            List<TopologySpreadConstraint> topologySpreadConstraints,

            @Size(min = 1, max = 253) @JsonPropertyDescription("Priority class of the pods.") @Nullable
            String priorityClassName,

            @Size(max = 16) @JsonPropertyDescription("Secrets for pulling images.") @Nullable
            List<LocalObjectReference> imagePullSecrets) {}

    /** Limits and semantics of one block. */
    public record Execution(
            @Default("10")
            @Min(1)
            @Max(600)
            @JsonPropertyDescription("Wall seconds of one block. Default 10.")
            @Nullable
            Integer timeoutSeconds,

            @Default("10") @Min(1) @Max(600) @JsonPropertyDescription("CPU seconds of one block. Default 10.") @Nullable
            Integer cpuTimeoutSeconds,

            @Default("60")
            @Min(1)
            @Max(3600)
            @JsonPropertyDescription(
                    "Seconds a block may wait for its turn, never counted as execution time. Default 60.")
            @Nullable
            Integer queueTimeoutSeconds,

            @Default("\"1Gi\"") @JsonPropertyDescription("Memory of one session. Default 1Gi.") @Nullable
            Quantity memory,

            @Default("64")
            @Min(1)
            @Max(4096)
            @JsonPropertyDescription("Processes and threads of one session. Default 64.")
            @Nullable
            Integer maxProcesses,

            @Default("\"64Mi\"") @JsonPropertyDescription("Scratch space of one session. Default 64Mi.") @Nullable
            Quantity scratch,

            @Default("{}") @JsonPropertyDescription("What of the output is kept.") @Nullable
            OutputLimit output,

            @Default("\"IPython\"")
            @JsonPropertyDescription("Semantics of a block when a client asks for none. Default IPython.")
            @Nullable
            Semantics semantics) {}

    /** What of a block's output is kept. */
    public record OutputLimit(
            @Default("1000") @Min(1) @Max(100000) @JsonPropertyDescription("Characters kept. Default 1000.") @Nullable
            Integer maxCharacters,

            @Default("\"<output cut>\"")
            @Size(max = 100)
            @JsonPropertyDescription("Text after a cut. Default <output cut>.")
            @Nullable
            String marker) {}

    /** Semantics of a block. */
    public enum Semantics {
        IPython,
        Python,
        OpenMath2024
    }

    /** Limits of one session. */
    public record Session(
            @Default("16") @Min(1) @Max(1000) @JsonPropertyDescription("Blocks of one session. Default 16.") @Nullable
            Integer maxExecutions,

            @Default("600")
            @Min(1)
            @Max(86400)
            @JsonPropertyDescription("Seconds until an idle session is closed. Default 600.")
            @Nullable
            Integer idleSeconds,

            @Default("3600")
            @Min(1)
            @Max(86400)
            @JsonPropertyDescription("Seconds until any session is closed. Default 3600.")
            @Nullable
            Integer maxSeconds) {}
}
