package dev.openmath.operator.sandbox;

import dev.openmath.api.Labels;
import dev.openmath.api.SandboxPool;
import dev.openmath.api.SandboxPoolSpec;
import dev.openmath.operator.Children;
import dev.openmath.operator.Hashes;
import dev.openmath.operator.RestrictedSecurity;
import dev.openmath.operator.Settings;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The pool's pods. A changed template or configuration is rolled out; old pods serve until new ones do. Pure. */
final class SandboxDeployment {
    static final String CONTAINER = "executor";
    /** Seconds beside the drain until the kubelet kills. */
    private static final int GRACE_MARGIN_SECONDS = 15;
    /** Lets a leaving pod vanish from DNS before it refuses sessions. */
    private static final long PRE_STOP_SECONDS = 3;

    private SandboxDeployment() {}

    static Deployment desired(SandboxPool pool, Settings settings) {
        SandboxPoolSpec spec = pool.getSpec();
        PodSpec pods = podSpec(pool, settings);
        return new DeploymentBuilder()
                .withMetadata(Children.metadata(
                        pool, PoolNames.child(pool.getMetadata().getName()), PoolNames.labels(pool)))
                .withNewSpec()
                .withReplicas(spec.replicas())
                .withProgressDeadlineSeconds(300)
                .withRevisionHistoryLimit(2)
                .withNewSelector()
                .withMatchLabels(PoolNames.selector(pool))
                .endSelector()
                .withNewStrategy()
                .withType("RollingUpdate")
                .withNewRollingUpdate()
                .withMaxSurge(new IntOrString("25%"))
                .withMaxUnavailable(new IntOrString(0))
                .endRollingUpdate()
                .endStrategy()
                .withNewTemplate()
                .withNewMetadata()
                .withLabels(PoolNames.labels(pool))
                .addToAnnotations(Labels.INPUT_HASH, templateHash(pool, pods))
                .endMetadata()
                .withSpec(pods)
                .endTemplate()
                .endSpec()
                .build();
    }

    /** Hash of all that a pod is made from; pods that carry it are of the current template. */
    static String templateHash(SandboxPool pool, Settings settings) {
        return templateHash(pool, podSpec(pool, settings));
    }

    private static String templateHash(SandboxPool pool, PodSpec pods) {
        return Hashes.sha256(List.of(pods, ExecutorConfig.json(pool.getSpec()))).substring(0, 16);
    }

    private static PodSpec podSpec(SandboxPool pool, Settings settings) {
        SandboxPoolSpec spec = pool.getSpec();
        String name = pool.getMetadata().getName();
        SandboxPoolSpec.Template template = Objects.requireNonNull(spec.template());
        return new PodSpecBuilder()
                .withServiceAccountName(PoolNames.child(name))
                .withAutomountServiceAccountToken(false)
                .withEnableServiceLinks(false)
                .withShareProcessNamespace(false)
                .withSecurityContext(RestrictedSecurity.pod())
                .withTerminationGracePeriodSeconds(spec.drainSeconds().longValue() + GRACE_MARGIN_SECONDS)
                .withRuntimeClassName(template.runtimeClassName())
                .withNodeSelector(template.nodeSelector())
                .withTolerations(template.tolerations())
                .withAffinity(template.affinity())
                .withTopologySpreadConstraints(template.topologySpreadConstraints())
                .withPriorityClassName(template.priorityClassName())
                .withImagePullSecrets(template.imagePullSecrets())
                .withContainers(executor(spec, template, settings))
                .addNewVolume()
                .withName("config")
                .withNewConfigMap()
                .withName(PoolNames.child(name))
                .endConfigMap()
                .endVolume()
                .addNewVolume()
                .withName("access")
                .withNewSecret()
                .withSecretName(PoolNames.accessSecret(name))
                .addNewItem()
                .withKey(PoolNames.TOKEN_KEY)
                .withPath(PoolNames.TOKEN_KEY)
                .endItem()
                // fsGroup gives the executor its one readable bit; sessions of other uids get none.
                .withDefaultMode(0440)
                .endSecret()
                .endVolume()
                .addNewVolume()
                .withName("tmp")
                .withNewEmptyDir()
                .withSizeLimit(ExecutorResources.mebibytes(ExecutorResources.scratch(spec)))
                .endEmptyDir()
                .endVolume()
                .build();
    }

    private static Container executor(SandboxPoolSpec spec, SandboxPoolSpec.Template template, Settings settings) {
        return new ContainerBuilder()
                .withName(CONTAINER)
                .withImage(template.image() == null ? settings.sandboxImage() : template.image())
                .withImagePullPolicy(
                        template.imagePullPolicy() == null
                                ? "IfNotPresent"
                                : template.imagePullPolicy().name())
                .withCommand("python3", "-m", "openmath_sandbox")
                .withArgs(
                        "--listen",
                        "0.0.0.0:" + PoolNames.SESSIONS_PORT,
                        "--management",
                        "0.0.0.0:" + PoolNames.MANAGEMENT_PORT,
                        "--config",
                        "/etc/openmath-sandbox/" + ExecutorConfig.KEY)
                .addNewEnv()
                .withName("OPENMATH_SANDBOX_TOKEN_FILE")
                .withValue("/etc/openmath/sandbox/" + PoolNames.TOKEN_KEY)
                .endEnv()
                .addNewEnv()
                .withName("POD_NAME")
                .withNewValueFrom()
                .withNewFieldRef()
                // An atomic value: without what the server would add, each look would find a difference.
                .withApiVersion("v1")
                .withFieldPath("metadata.name")
                .endFieldRef()
                .endValueFrom()
                .endEnv()
                .addNewPort()
                .withName("sessions")
                .withContainerPort(PoolNames.SESSIONS_PORT)
                .withProtocol("TCP")
                .endPort()
                .addNewPort()
                .withName("management")
                .withContainerPort(PoolNames.MANAGEMENT_PORT)
                .withProtocol("TCP")
                .endPort()
                // Importing sympy and warming up take their time on a busy node.
                .withStartupProbe(probe("/healthz", 2, 90))
                .withLivenessProbe(probe("/healthz", 10, 6))
                .withReadinessProbe(probe("/readyz", 2, 3))
                .withNewLifecycle()
                .withNewPreStop()
                .withNewSleep(PRE_STOP_SECONDS)
                .endPreStop()
                .endLifecycle()
                .withResources(ExecutorResources.of(spec))
                .withSecurityContext(RestrictedSecurity.container())
                .addNewVolumeMount()
                .withName("config")
                .withMountPath("/etc/openmath-sandbox")
                .withReadOnly(true)
                .endVolumeMount()
                .addNewVolumeMount()
                .withName("access")
                .withMountPath("/etc/openmath/sandbox")
                .withReadOnly(true)
                .endVolumeMount()
                .addNewVolumeMount()
                .withName("tmp")
                .withMountPath("/tmp")
                .endVolumeMount()
                .build();
    }

    private static Probe probe(String path, int periodSeconds, int failures) {
        return new ProbeBuilder()
                .withNewHttpGet()
                .withPath(path)
                .withPort(new IntOrString("management"))
                .endHttpGet()
                .withPeriodSeconds(periodSeconds)
                .withTimeoutSeconds(5)
                .withFailureThreshold(failures)
                .build();
    }

    /** Selector in the text form that /scale wants. */
    static String selectorText(Map<String, String> selector) {
        return selector.entrySet().stream()
                .map(e -> e.getKey() + "=" + e.getValue())
                .sorted()
                .reduce((a, b) -> a + "," + b)
                .orElse("");
    }
}
