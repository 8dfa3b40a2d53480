package dev.openmath.operator;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** Configuration of the operator role: properties {@code openmath.*} or environment variables {@code OPENMATH_*}. */
@ConfigMapping(prefix = "openmath.operator")
public interface OperatorConfig {
    /** Namespaces to watch, separated by commas; all when left out. Read by the operator framework. */
    Optional<String> watchNamespaces();

    /** Namespace that the operator runs in. */
    @WithDefault("openmath-system")
    String namespace();

    /** Value of the label app.kubernetes.io/instance on the operator's pods. */
    @WithDefault("openmath-operator")
    String instance();

    Images images();

    /** Shortest time between two writes of figures, and between two questions to the pods. */
    @WithDefault("10s")
    Duration figuresInterval();

    LeaderElection leaderElection();

    /** Images of child pods. */
    interface Images {
        /** Plan, generate and finalize pods: the operator's own image. */
        @WithDefault("openmath-operator:0.1.0")
        String worker();

        /** Pods of a SandboxPool that names no image. */
        @WithDefault("openmath-sandbox:0.1.0")
        String sandbox();

        /** Colocated engine VLLM that names no image. */
        @WithDefault("vllm/vllm-openai:v0.11.0")
        String vllm();
    }

    /** Election of the one replica that reconciles. */
    interface LeaderElection {
        @WithDefault("false")
        boolean enabled();

        /** Name of the Lease in the operator's namespace. */
        @WithDefault("openmath-operator")
        String leaseName();
    }
}
