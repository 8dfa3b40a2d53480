package dev.openmath.operator.generation;

import dev.openmath.api.GenerationJob;
import dev.openmath.api.GenerationJobSpec;
import dev.openmath.api.Inference;
import dev.openmath.api.Output;
import dev.openmath.api.Problems;
import dev.openmath.api.Prompt;
import dev.openmath.api.Workers;
import dev.openmath.operator.RestrictedSecurity;
import dev.openmath.operator.Settings;
import dev.openmath.operator.sandbox.PoolNames;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.KeyToPathBuilder;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the pods of all three roles have in common: the job, sources, prompts, storage credentials in the container
 * {@code worker}, a writable folder, restricted security. Pure.
 */
final class WorkerPod {
    static final String CONTAINER = "worker";
    static final int MANAGEMENT_PORT = 8082;

    private static final String SPOOL = "/var/openmath";
    private static final Quantity SPOOL_SIZE = new Quantity("2Gi");

    private final GenerationJob job;
    private final String role;
    private final Settings settings;
    private final PodSpecBuilder pod = new PodSpecBuilder();
    private final ContainerBuilder worker = new ContainerBuilder();
    private final List<EnvVar> env = new ArrayList<>();

    WorkerPod(GenerationJob job, String role, ResourceRequirements resources, Settings settings) {
        this.job = job;
        this.role = role;
        this.settings = settings;
        pod.withRestartPolicy("Never")
                .withAutomountServiceAccountToken(false)
                .withEnableServiceLinks(false)
                .withSecurityContext(RestrictedSecurity.pod());
        worker.withName(CONTAINER)
                .withImage(settings.workerImage())
                .withImagePullPolicy("IfNotPresent")
                .withArgs(role)
                .withResources(resources)
                .withSecurityContext(RestrictedSecurity.container())
                .withTerminationMessagePath("/dev/termination-log")
                .withTerminationMessagePolicy("File");
        variable("OPENMATH_JOB_FILE", "/etc/openmath/job/" + SpecConfigMap.KEY);
        field("POD_NAME", "metadata.name");
        field("POD_UID", "metadata.uid");
        variable("TMPDIR", SPOOL);
        pod.addNewVolume()
                .withName("spool")
                .withNewEmptyDir()
                .withSizeLimit(SPOOL_SIZE)
                .endEmptyDir()
                .endVolume();
        mount("spool", SPOOL, false);
        configMap("job", JobNames.spec(job), "/etc/openmath/job", null);
        storage(job.getSpec().output().s3());
    }

    /** Problem sources that are mounted rather than fetched. */
    WorkerPod withSources() {
        for (Problems.Source source : job.getSpec().problems().sources()) {
            String path = "/etc/openmath/sources/" + source.name();
            String volume = "source-" + source.name();
            if (source.configMap() != null) {
                configMap(
                        volume,
                        source.configMap().name(),
                        path,
                        source.configMap().key());
            } else if (source.persistentVolumeClaim() != null) {
                pod.addNewVolume()
                        .withName(volume)
                        .withNewPersistentVolumeClaim()
                        .withClaimName(source.persistentVolumeClaim().claimName())
                        .withReadOnly(true)
                        .endPersistentVolumeClaim()
                        .endVolume();
                mount(volume, path, true);
            }
        }
        return this;
    }

    /** Few-shot sets in ConfigMaps. */
    WorkerPod withPrompts() {
        for (Prompt prompt : job.getSpec().prompts()) {
            Prompt.FewShot fewShot = prompt.fewShot();
            if (fewShot != null && fewShot.configMap() != null) {
                configMap(
                        "prompt-" + prompt.name(),
                        fewShot.configMap().name(),
                        "/etc/openmath/prompts/" + prompt.name(),
                        fewShot.configMap().key());
            }
        }
        return this;
    }

    /** Number of the export that finalize makes. */
    WorkerPod withRevision(int revision) {
        variable("OPENMATH_REVISION", String.valueOf(revision));
        return this;
    }

    /** Address and token of the pool. */
    WorkerPod withSandbox() {
        String pool = job.getSpec().codeInterpreter().sandboxPoolRef().name();
        variable("OPENMATH_SANDBOX_HOST", PoolNames.host(pool, job.getMetadata().getNamespace()));
        variable("OPENMATH_SANDBOX_TOKEN_FILE", "/etc/openmath/sandbox/" + PoolNames.TOKEN_KEY);
        secret("sandbox-access", PoolNames.accessSecret(pool), PoolNames.TOKEN_KEY, "/etc/openmath/sandbox");
        return this;
    }

    /** The engine beside the worker, or the address of one that runs elsewhere. */
    WorkerPod withEngine() {
        GenerationJobSpec spec = job.getSpec();
        Inference.Endpoint endpoint = spec.inference().endpoint();
        if (endpoint != null) {
            variable("OPENMATH_ENGINE_URL", endpoint.url());
            if (endpoint.apiKeySecretRef() != null) {
                secretVariable(
                        "OPENMATH_ENGINE_API_KEY", endpoint.apiKeySecretRef().name(), "apiKey");
            }
        } else {
            variable("OPENMATH_ENGINE_URL", "http://127.0.0.1:" + EngineContainer.PORT);
            pod.withInitContainers(EngineContainer.desired(spec, settings));
            pod.addAllToVolumes(EngineContainer.volumes(spec));
        }
        return this;
    }

    /** Management port: progress for the operator, readiness for the pod's state. No liveness probe. */
    WorkerPod withManagement() {
        worker.addNewPort()
                .withName("management")
                .withContainerPort(MANAGEMENT_PORT)
                .withProtocol("TCP")
                .endPort()
                .withNewReadinessProbe()
                .withNewHttpGet()
                .withPath("/healthz")
                .withNewPort(MANAGEMENT_PORT)
                .endHttpGet()
                .withPeriodSeconds(3)
                .withTimeoutSeconds(3)
                .withFailureThreshold(3)
                .endReadinessProbe();
        return this;
    }

    /**
     * The pod template.
     *
     * @param graceSeconds seconds from SIGTERM to SIGKILL
     * @param placement whether the user's placement of workers applies; else only what every pod of the job needs
     */
    PodTemplateSpec build(long graceSeconds, boolean placement, Map<String, String> extraLabels) {
        Map<String, String> labels = new TreeMap<>();
        Map<String, String> annotations = new TreeMap<>();
        Workers workers = job.getSpec().workers();
        Workers.PodOverlay overlay = workers == null ? null : workers.pod();
        if (overlay != null) {
            overlay(overlay, placement);
            putAll(labels, overlay.labels());
            putAll(annotations, overlay.annotations());
        }
        labels.putAll(extraLabels);
        labels.putAll(JobNames.labels(job, role));
        pod.withTerminationGracePeriodSeconds(graceSeconds)
                .withContainers(worker.withEnv(env).build());
        return new PodTemplateSpecBuilder()
                .withNewMetadata()
                .withLabels(labels)
                .withAnnotations(annotations.isEmpty() ? null : annotations)
                .endMetadata()
                .withSpec(pod.build())
                .build();
    }

    private void overlay(Workers.PodOverlay o, boolean placement) {
        pod.withServiceAccountName(o.serviceAccountName()).withImagePullSecrets(o.imagePullSecrets());
        if (placement) {
            pod.withNodeSelector(o.nodeSelector())
                    .withTolerations(o.tolerations())
                    .withAffinity(o.affinity())
                    .withTopologySpreadConstraints(o.topologySpreadConstraints())
                    .withPriorityClassName(o.priorityClassName())
                    .withRuntimeClassName(o.runtimeClassName());
        }
    }

    private void storage(Output.S3 s3) {
        if (s3.credentialsSecretRef() != null) {
            secretVariable("AWS_ACCESS_KEY_ID", s3.credentialsSecretRef().name(), "AWS_ACCESS_KEY_ID");
            secretVariable("AWS_SECRET_ACCESS_KEY", s3.credentialsSecretRef().name(), "AWS_SECRET_ACCESS_KEY");
        }
        if (s3.caSecretRef() != null) {
            secret("s3-ca", s3.caSecretRef().name(), "ca.crt", "/etc/openmath/s3-ca");
        }
    }

    private void variable(String name, String value) {
        env.add(new EnvVarBuilder().withName(name).withValue(value).build());
    }

    private void field(String name, String path) {
        env.add(new EnvVarBuilder()
                .withName(name)
                .withNewValueFrom()
                .withNewFieldRef()
                .withFieldPath(path)
                .endFieldRef()
                .endValueFrom()
                .build());
    }

    private void secretVariable(String name, String secret, String key) {
        env.add(new EnvVarBuilder()
                .withName(name)
                .withNewValueFrom()
                .withNewSecretKeyRef(key, secret, false)
                .endValueFrom()
                .build());
    }

    private void configMap(String volume, String name, String path, @Nullable String key) {
        pod.addToVolumes(new VolumeBuilder()
                .withName(volume)
                .withNewConfigMap()
                .withName(name)
                .withItems(
                        key == null
                                ? List.of()
                                : List.of(new KeyToPathBuilder()
                                        .withKey(key)
                                        .withPath(key)
                                        .build()))
                .endConfigMap()
                .build());
        mount(volume, path, true);
    }

    private void secret(String volume, String name, String key, String path) {
        pod.addToVolumes(new VolumeBuilder()
                .withName(volume)
                .withNewSecret()
                .withSecretName(name)
                .withDefaultMode(0440)
                .addNewItem()
                .withKey(key)
                .withPath(key)
                .endItem()
                .endSecret()
                .build());
        mount(volume, path, true);
    }

    private void mount(String volume, String path, boolean readOnly) {
        worker.addToVolumeMounts(new VolumeMountBuilder()
                .withName(volume)
                .withMountPath(path)
                .withReadOnly(readOnly ? true : null)
                .build());
    }

    private static void putAll(Map<String, String> target, @Nullable Map<String, String> more) {
        if (more != null) {
            target.putAll(more);
        }
    }
}
