package dev.openmath.operator.generation;

import dev.openmath.api.GenerationJobSpec;
import dev.openmath.api.Inference;
import dev.openmath.api.Model;
import dev.openmath.api.Workers;
import dev.openmath.operator.Resources;
import dev.openmath.operator.RestrictedSecurity;
import dev.openmath.operator.Settings;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The inference engine as a native sidecar: it is up before the worker starts and stops after it. It listens on the
 * pod's address, since the kubelet's probe comes from there; the job's network policy keeps everyone else out. Pure.
 */
final class EngineContainer {
    static final String NAME = "engine";
    static final int PORT = 8000;

    private static final String CACHE = "/var/cache/engine";
    private static final String MODEL_MOUNT = "/models-volume";
    private static final int PROBE_SECONDS = 5;
    /** Requests that llama-server works on at once unless concurrency is Fixed; each has a context of its own. */
    private static final int LLAMA_SLOTS = 8;

    private EngineContainer() {}

    static Container desired(GenerationJobSpec spec, Settings settings) {
        Inference.Colocated engine = Objects.requireNonNull(spec.inference().colocated());
        int startup = engine.startupTimeoutSeconds() == null ? 1800 : engine.startupTimeoutSeconds();
        var container = new ContainerBuilder()
                .withName(NAME)
                .withImage(image(engine, settings))
                .withImagePullPolicy(
                        engine.imagePullPolicy() == null
                                ? "IfNotPresent"
                                : engine.imagePullPolicy().name())
                .withRestartPolicy("Always")
                .withCommand(command(engine))
                .withArgs(args(spec, engine))
                .withEnv(env(spec, engine))
                .addNewPort()
                .withName("engine")
                .withContainerPort(PORT)
                .withProtocol("TCP")
                .endPort()
                .withNewStartupProbe()
                .withNewHttpGet()
                .withPath("/health")
                .withPort(new IntOrString(PORT))
                .endHttpGet()
                .withPeriodSeconds(PROBE_SECONDS)
                .withTimeoutSeconds(PROBE_SECONDS)
                .withFailureThreshold(Math.max(1, (startup + PROBE_SECONDS - 1) / PROBE_SECONDS))
                .endStartupProbe()
                .withResources(resources(engine))
                .withSecurityContext(RestrictedSecurity.container())
                .addNewVolumeMount()
                .withName("engine-cache")
                .withMountPath(CACHE)
                .endVolumeMount()
                .addNewVolumeMount()
                .withName("engine-tmp")
                .withMountPath("/tmp")
                .endVolumeMount();
        if (sharedMemory(engine) != null) {
            container
                    .addNewVolumeMount()
                    .withName("engine-shm")
                    .withMountPath("/dev/shm")
                    .endVolumeMount();
        }
        if (claim(spec) != null) {
            container
                    .addNewVolumeMount()
                    .withName("model")
                    .withMountPath(MODEL_MOUNT)
                    .withReadOnly(true)
                    .endVolumeMount();
        }
        return container.build();
    }

    /** Volumes that {@link #desired} mounts. */
    static List<Volume> volumes(GenerationJobSpec spec) {
        Inference.Colocated engine = Objects.requireNonNull(spec.inference().colocated());
        List<Volume> volumes = new ArrayList<>();
        volumes.add(new VolumeBuilder()
                .withName("engine-cache")
                .withNewEmptyDir()
                .endEmptyDir()
                .build());
        volumes.add(new VolumeBuilder()
                .withName("engine-tmp")
                .withNewEmptyDir()
                .endEmptyDir()
                .build());
        Quantity shm = sharedMemory(engine);
        if (shm != null) {
            volumes.add(new VolumeBuilder()
                    .withName("engine-shm")
                    .withNewEmptyDir()
                    .withMedium("Memory")
                    .withSizeLimit(shm)
                    .endEmptyDir()
                    .build());
        }
        String claim = claim(spec);
        if (claim != null) {
            volumes.add(new VolumeBuilder()
                    .withName("model")
                    .withNewPersistentVolumeClaim()
                    .withClaimName(claim)
                    .withReadOnly(true)
                    .endPersistentVolumeClaim()
                    .build());
        }
        return volumes;
    }

    private static String image(Inference.Colocated engine, Settings settings) {
        if (engine.image() != null) {
            return engine.image();
        }
        return settings.vllmImage();
    }

    private static List<String> args(GenerationJobSpec spec, Inference.Colocated engine) {
        List<String> args = new ArrayList<>(
                switch (engine.engine()) {
                    case LlamaCpp -> llamaCpp(spec);
                    case VLLM -> vllm(spec, engine);
                });
        if (engine.args() != null) {
            args.addAll(engine.args());
        }
        return args;
    }

    /** Images of vLLM differ in their entry point; llama-server is that of its images. */
    private static List<String> command(Inference.Colocated engine) {
        return engine.engine() == Inference.Engine.VLLM ? List.of("vllm", "serve") : List.of();
    }

    private static List<String> llamaCpp(GenerationJobSpec spec) {
        int slots = llamaSlots(spec.workers());
        return List.of(
                "--host",
                "0.0.0.0",
                "--port",
                String.valueOf(PORT),
                "-m",
                modelPath(spec.model()),
                "--alias",
                spec.model().name(),
                // llama-server shares the context size out among its slots.
                "--ctx-size",
                String.valueOf((long) spec.model().maxModelLength() * slots),
                "--parallel",
                String.valueOf(slots),
                // A request holds an HTTP thread while it waits for a slot; health must be answered beside them.
                "--threads-http",
                String.valueOf(2 * slots + 16),
                // Prompts of finished slots would be kept in up to 8 GiB of memory that the pod does not have.
                "--cache-ram",
                "0");
    }

    private static int llamaSlots(@Nullable Workers workers) {
        Workers.Concurrency c = workers == null ? null : workers.concurrency();
        int initial = c == null || c.initial() == null ? 64 : c.initial();
        int max = c == null || c.max() == null ? 1024 : c.max();
        boolean fixed = c != null && c.type() == Workers.ConcurrencyType.Fixed;
        return fixed ? initial : Math.min(LLAMA_SLOTS, Math.max(1, max));
    }

    private static List<String> vllm(GenerationJobSpec spec, Inference.Colocated engine) {
        Model model = spec.model();
        List<String> args = new ArrayList<>(List.of(
                modelPath(model),
                "--host",
                "0.0.0.0",
                "--port",
                String.valueOf(PORT),
                "--served-model-name",
                model.name(),
                "--max-model-len",
                String.valueOf(model.maxModelLength())));
        boolean hub = model.source() != null && model.source().type() == Model.Type.HuggingFace;
        option(args, "--revision", hub ? model.revision() : null);
        option(args, "--dtype", model.dtype());
        option(args, "--quantization", model.quantization());
        if (engine.tensorParallel() != null && engine.tensorParallel() > 1) {
            option(args, "--tensor-parallel-size", String.valueOf(engine.tensorParallel()));
        }
        return args;
    }

    private static void option(List<String> args, String name, @Nullable String value) {
        if (value != null) {
            args.add(name);
            args.add(value);
        }
    }

    private static String modelPath(Model model) {
        Model.Source source = Objects.requireNonNull(model.source());
        return switch (source.type()) {
            case HuggingFace -> Objects.requireNonNull(source.huggingFace()).repo();
            case PersistentVolumeClaim ->
                MODEL_MOUNT + "/"
                        + Objects.requireNonNull(source.persistentVolumeClaim()).path();
            case EngineImage -> Objects.requireNonNull(source.engineImage()).path();
        };
    }

    private static @Nullable String claim(GenerationJobSpec spec) {
        Model.Source source = spec.model().source();
        return source == null || source.persistentVolumeClaim() == null
                ? null
                : source.persistentVolumeClaim().claimName();
    }

    private static List<EnvVar> env(GenerationJobSpec spec, Inference.Colocated engine) {
        List<EnvVar> env = new ArrayList<>();
        // The root file system is read-only and the user has no entry in /etc/passwd.
        variable(env, "HOME", CACHE);
        variable(env, "XDG_CACHE_HOME", CACHE);
        if (engine.engine() == Inference.Engine.VLLM) {
            variable(env, "USER", "engine");
            variable(env, "LOGNAME", "engine");
            variable(env, "HF_HOME", CACHE + "/huggingface");
            variable(env, "VLLM_CACHE_ROOT", CACHE + "/vllm");
            variable(env, "TRITON_CACHE_DIR", CACHE + "/triton");
            variable(env, "TORCHINDUCTOR_CACHE_DIR", CACHE + "/inductor");
            variable(env, "VLLM_NO_USAGE_STATS", "1");
        }
        Model.Source source = spec.model().source();
        if (source != null
                && source.huggingFace() != null
                && source.huggingFace().tokenSecretRef() != null) {
            env.add(new EnvVarBuilder()
                    .withName("HF_TOKEN")
                    .withNewValueFrom()
                    .withNewSecretKeyRef(
                            "token", source.huggingFace().tokenSecretRef().name(), false)
                    .endValueFrom()
                    .build());
        }
        if (engine.env() != null) {
            engine.env().forEach(own -> {
                env.removeIf(e -> e.getName().equals(own.getName()));
                env.add(own);
            });
        }
        return env;
    }

    private static void variable(List<EnvVar> env, String name, String value) {
        env.add(new EnvVarBuilder().withName(name).withValue(value).build());
    }

    private static ResourceRequirements resources(Inference.Colocated engine) {
        boolean vllm = engine.engine() == Inference.Engine.VLLM;
        var defaults = new ResourceRequirementsBuilder()
                .addToRequests(Map.of(
                        "cpu", new Quantity(vllm ? "2" : "100m"), "memory", new Quantity(vllm ? "8Gi" : "512Mi")))
                .build();
        var merged = new ResourceRequirementsBuilder(Resources.merge(defaults, engine.resources()));
        Inference.Accelerator accelerator = engine.accelerator();
        if (accelerator != null && accelerator.extendedResource() != null) {
            String name = accelerator.extendedResource().name();
            merged.addToLimits(
                    name == null ? "nvidia.com/gpu" : name,
                    new Quantity(String.valueOf(accelerator.extendedResource().count())));
        }
        return merged.build();
    }

    /** Copies of a model that is spread over accelerators talk through /dev/shm; 64 MiB is too little for that. */
    private static @Nullable Quantity sharedMemory(Inference.Colocated engine) {
        if (engine.sharedMemory() != null) {
            return engine.sharedMemory();
        }
        return engine.tensorParallel() != null && engine.tensorParallel() > 1 ? new Quantity("16Gi") : null;
    }
}
