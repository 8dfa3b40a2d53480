package dev.openmath.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.openmath.api.GenerationJob;
import dev.openmath.api.GenerationJobStatus;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the API server refuses by the CRDs alone, and what it says then. */
@Tag("apiserver")
@ExtendWith(WithApiServer.class)
@SuppressWarnings("NullAway")
class InvalidSpecsIT {
    private Cluster cluster;

    @BeforeEach
    void namespace(ApiServer server) {
        cluster = new Cluster(server.admin(), server.namespace());
    }

    static Stream<Arguments> invalidJobs() {
        return Stream.of(
                refused(
                        "prompts[].sources names a source",
                        "samplesPerProblem: 4",
                        "samplesPerProblem: 4\n      sources: [nowhere]"),
                refused(
                        "set configMap exactly when type is ConfigMap",
                        "type: ConfigMap, configMap: {name: problems}",
                        "type: ConfigMap"),
                refused(
                        "set s3 exactly when type is S3",
                        "type: ConfigMap, configMap: {name: problems}",
                        "type: S3, configMap: {name: problems}"),
                refused(
                        "fields maps the columns of format JSONLines only",
                        "configMap: {name: problems}}",
                        "configMap: {name: problems}, fields: {id: x}}"),
                refused("Unsupported value", "format: GSM8K", "format: CSV"),
                refused("Unsupported value", "profile: openmathinstruct-1", "profile: openmathinstruct-2"),
                refused(
                        "set builtIn exactly when type is BuiltIn",
                        "{type: BuiltIn, builtIn: {set: gsm8k-text-with-code, count: 2}}",
                        "{type: BuiltIn}"),
                refused("should be greater than or equal to 1", "samplesPerProblem: 4", "samplesPerProblem: 0"),
                refused(
                        "model.source is required when inference.type is Colocated",
                        "    source: {type: EngineImage, engineImage: {path: /models/model.gguf}}\n",
                        ""),
                refused(
                        "engine LlamaCpp loads a GGUF file",
                        "{type: EngineImage, engineImage: {path: /models/model.gguf}}",
                        "{type: HuggingFace, huggingFace: {repo: a/b}}"),
                refused(
                        "set engineImage exactly when type is EngineImage",
                        "{type: EngineImage, engineImage: {path: /models/model.gguf}}",
                        "{type: EngineImage}"),
                refused("set endpoint exactly when type is Endpoint", "type: Colocated\n", "type: Endpoint\n"),
                refused(
                        "tensorParallel must not exceed accelerator.extendedResource.count",
                        "engine: LlamaCpp, image: \"openmath-demo-engine:0.1.0\", accelerator: {type: None}",
                        "engine: VLLM, tensorParallel: 2, accelerator: {type: ExtendedResource, extendedResource: {count: 1}}"),
                refused(
                        "tensorParallel is for engine VLLM",
                        "engine: LlamaCpp, image: \"openmath-demo-engine:0.1.0\", accelerator: {type: None}",
                        "engine: LlamaCpp, image: x, tensorParallel: 2, accelerator: {type: ExtendedResource, extendedResource: {count: 2}}"),
                refused("LlamaCpp", ", image: \"openmath-demo-engine:0.1.0\"", ""),
                refused(
                        "set extendedResource exactly when type is ExtendedResource",
                        "accelerator: {type: None}",
                        "accelerator: {type: ExtendedResource}"),
                refused(
                        "sampling.maxTokens must be smaller than model.maxModelLength",
                        "  canary:",
                        "  sampling: {maxTokens: 4096}\n  canary:"),
                refused(
                        "concurrency.initial must not exceed concurrency.max",
                        "  canary:",
                        "  workers: {concurrency: {initial: 9, max: 3}}\n  canary:"),
                refused("should match", "endpoint: \"http://s3.openmath-demo.svc:7070\"", "endpoint: \"ftp://s3\""),
                refused("should match", "prefix: demo", "prefix: /demo/"),
                refused("prefix must not contain . or .. as a part", "prefix: demo", "prefix: a/../b"),
                refused(
                        "metadata.name must have at most 40 characters",
                        "{name: demo}",
                        "{name: a-name-that-is-longer-than-forty-characters}"));
    }

    private static Arguments refused(String message, String from, String to) {
        return Arguments.of(message, from, to);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("invalidJobs")
    void invalidJobIsRefused(String message, String from, String to) {
        assertThat(Manifests.JOB).as("the valid manifest").contains(from);
        assertThatThrownBy(() -> cluster.apply(Manifests.JOB.replace(from, to)))
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining(message);
    }

    static Stream<Arguments> invalidPools() {
        return Stream.of(
                Arguments.of("runningPerPod must not exceed sessionsPerPod", "{runningPerPod: 4, sessionsPerPod: 2}"),
                Arguments.of(
                        "execution.timeoutSeconds must not exceed session.maxSeconds",
                        "{execution: {timeoutSeconds: 60}, session: {maxSeconds: 30}}"),
                Arguments.of("should be less than or equal to 600", "{drainSeconds: 601}"),
                Arguments.of("Unsupported value", "{execution: {semantics: Perl}}"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("invalidPools")
    void invalidPoolIsRefused(String message, String spec) {
        assertThatThrownBy(() -> cluster.apply(Manifests.POOL.replace("spec: {}", "spec: " + spec)))
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining(message);
    }

    @Test
    void everythingMayBeMendedBeforeThePlanAndSamplesDependOnWhatFreezesThen() {
        cluster.apply(Manifests.JOB);
        cluster.apply(Manifests.JOB.replace("dataset: gsm8k", "dataset: other"));
        cluster.apply(Manifests.JOB);
        plan();

        refusedNow("problems is frozen", "dataset: gsm8k", "dataset: other");
        refusedNow("profile is frozen", "openmathinstruct-1", "modern");
        refusedNow("model.name is frozen", "name: SmolLM2-135M-Instruct", "name: other");
        refusedNow("model.maxModelLength is frozen", "4096", "2048");
        refusedNow("sampling is frozen", "  canary:", "  sampling: {temperature: \"0.5\"}\n  canary:");
        refusedNow("codeInterpreter.maxExecutions is frozen", "{name: default}}", "{name: default}, maxExecutions: 2}");
        refusedNow("output.s3.bucket is frozen", "bucket: datasets", "bucket: others");
        refusedNow("output.s3.prefix is frozen", "prefix: demo", "prefix: other");
        refusedNow("sharding.samplesPerShard is frozen", "samplesPerShard: 20", "samplesPerShard: 21");
        refusedNow("may only grow", "samplesPerProblem: 4", "samplesPerProblem: 3");
        refusedNow("type, fewShot and sources of a planned prompt are frozen", "count: 2", "count: 3");
        refusedNow("prompts may be added but not removed", "- name: default", "- name: renamed");

        // What samples don't depend on stays free.
        cluster.apply(Manifests.JOB
                .replace("samplesPerProblem: 4", "samplesPerProblem: 8")
                .replace("demo-engine:0.1.0", "demo-engine:0.2.0")
                .replace("name: s3-credentials", "name: new-credentials")
                .replace("sandboxPoolRef: {name: default}", "sandboxPoolRef: {name: other}"));
    }

    @Test
    void defaultStatusKeepsANewObjectFromPassingForReady() {
        cluster.apply(Manifests.JOB);
        cluster.apply(Manifests.POOL);
        assertThat(cluster.job("demo").getStatus().observedGeneration()).isEqualTo(-1);
        assertThat(cluster.pool("default").getStatus().observedGeneration()).isEqualTo(-1);
    }

    @Test
    void bothKindsHaveScale() {
        CustomResourceDefinition jobs = crd("generationjobs.openmath.dev");
        CustomResourceDefinition pools = crd("sandboxpools.openmath.dev");
        var jobScale = jobs.getSpec().getVersions().getFirst().getSubresources().getScale();
        assertThat(jobScale.getSpecReplicasPath()).isEqualTo(".spec.workers.replicas");
        assertThat(jobScale.getStatusReplicasPath()).isEqualTo(".status.workers.replicas");
        assertThat(jobScale.getLabelSelectorPath()).isEqualTo(".status.workers.selector");
        assertThat(pools.getSpec()
                        .getVersions()
                        .getFirst()
                        .getSubresources()
                        .getScale()
                        .getSpecReplicasPath())
                .isEqualTo(".spec.replicas");
    }

    private CustomResourceDefinition crd(String name) {
        return cluster.client
                .apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName(name)
                .get();
    }

    private void refusedNow(String message, String from, String to) {
        assertThat(Manifests.JOB).contains(from);
        assertThatThrownBy(() -> cluster.apply(Manifests.JOB.replace(from, to)))
                .as(message)
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining(message);
    }

    private void plan() {
        GenerationJob job = cluster.job("demo");
        job.setStatus(new GenerationJobStatus(
                1L,
                "v1-0",
                null,
                null,
                null,
                null,
                new GenerationJobStatus.Plan(1L, 4L, 1L, "0".repeat(64), null),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null));
        cluster.client.resource(job).patchStatus();
    }
}
