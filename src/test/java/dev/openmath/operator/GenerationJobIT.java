package dev.openmath.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openmath.api.ConditionTypes;
import dev.openmath.api.GenerationJob;
import dev.openmath.api.GenerationJobStatus;
import dev.openmath.api.Labels;
import dev.openmath.api.RunIdentity;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** GenerationJobs on a real API server, under the shipped permissions; the test plays kubelets and job controller. */
@Tag("apiserver")
@ExtendWith(WithApiServer.class)
@SuppressWarnings("NullAway")
class GenerationJobIT {
    private ApiServer server;
    private Cluster cluster;

    @BeforeEach
    void namespace(ApiServer apiServer) {
        server = apiServer;
        cluster = new Cluster(server.admin(), server.namespace());
    }

    @Test
    void jobGoesFromItsManifestToTheDataSet() {
        try (var operator = new RunningOperator(server, cluster.namespace)) {
            cluster.apply(Manifests.JOB);
            Job plan = cluster.awaitChildJob("demo-plan");
            assertThat(cluster.awaitReady("demo", "False", "Planning").conditions())
                    .anyMatch(c -> c.getType().equals("Reconciling"));
            cluster.end(plan, 0, planned(20, 80, 4));

            GenerationJobStatus waiting = cluster.awaitReady("demo", "False", "PoolNotFound");
            assertThat(waiting.plan().samples()).isEqualTo(80);
            assertThat(condition(waiting, "SandboxesReady").getMessage())
                    .isEqualTo("SandboxPool default does not exist in namespace " + cluster.namespace
                            + "; create it, or name another one in codeInterpreter.sandboxPoolRef");
            assertThat(cluster.childJob("demo-g1")).isNull();

            servePool();
            Job generate = cluster.awaitChildJob("demo-g1");
            cluster.awaitReady("demo", "False", "Starting");
            Pod worker = cluster.workerPod(generate, "demo-g1-0-a");
            operator.answer("demo-g1-0-a", "/progress", progress(1, 20, 30, 1.25));
            cluster.awaitReady("demo", "True", "Running");
            GenerationJobStatus running = cluster.await(
                            "progress",
                            () -> cluster.job("demo"),
                            j -> j.getStatus().progress() != null
                                    && "50/80".equals(j.getStatus().progress().summary()))
                    .getStatus();
            assertThat(running.progress().percent()).isEqualTo(62);
            assertThat(running.progress().remaining()).isEqualTo("24s");
            assertThat(running.throughput().samplesPerSecond()).isEqualTo("1.3");
            assertThat(running.results().coverage()).isEqualTo("35.0%");
            assertThat(running.workers().ready()).isEqualTo(1);
            assertThat(running.workers().desired()).isEqualTo(1);

            cluster.endPod(worker, 0, progress(4, 80, 0, 0));
            cluster.endJob(generate, true);
            Job finalize = cluster.awaitChildJob("demo-finalize-1");
            cluster.awaitReady("demo", "True", "Finalizing");
            cluster.end(finalize, 0, FINALIZED);
            GenerationJobStatus complete = cluster.awaitReady("demo", "True", "Complete");
            assertThat(Conditions.isTrue(complete.conditions(), ConditionTypes.COMPLETE))
                    .isTrue();
            assertThat(complete.conditions())
                    .noneMatch(c -> List.of("Reconciling", "Stalled").contains(c.getType()));
            assertThat(complete.output().prefix()).isEqualTo("s3://datasets/demo");
            assertThat(complete.output().revision()).isEqualTo(1);
            assertThat(complete.results().correct()).isEqualTo(9);
            assertThat(complete.progress().summary()).isEqualTo("80/80");
            assertThat(complete.completionTime()).isNotNull();
            assertThat(cluster.client
                            .v1()
                            .events()
                            .inNamespace(cluster.namespace)
                            .list()
                            .getItems())
                    .filteredOn(e -> e.getInvolvedObject().getKind().equals("GenerationJob"))
                    .extracting(Event::getReason)
                    .contains("Planning", "PoolNotFound", "Starting", "Running", "Finalizing", "Complete")
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void failedPlanSaysWhatToDoAndIsTriedAgain() {
        try (var _ = new RunningOperator(server, cluster.namespace)) {
            cluster.apply(Manifests.JOB);
            Job plan = cluster.awaitChildJob("demo-plan");
            cluster.end(
                    plan,
                    1,
                    "{\"error\":{\"reason\":\"BucketNotFound\",\"message\":\"Bucket datasets does not exist; create it\"}}");
            GenerationJobStatus failing = cluster.awaitReady("demo", "False", "BucketNotFound");
            assertThat(condition(failing, "StorageHealthy").getMessage())
                    .isEqualTo("Bucket datasets does not exist; create it");
            assertThat(Conditions.isTrue(failing.conditions(), "Stalled")).isTrue();
            assertThat(failing.backoff().failures()).isEqualTo(1);
            assertThat(failing.failures())
                    .singleElement()
                    .satisfies(f -> assertThat(f.reason()).isEqualTo("BucketNotFound"));

            annotate(Labels.RETRY, "now");
            cluster.collect("demo-plan");
            Job again = cluster.awaitChildJob("demo-plan");
            assertThat(again.getMetadata().getUid())
                    .isNotEqualTo(plan.getMetadata().getUid());
            cluster.end(again, 0, planned(20, 80, 4));
            GenerationJobStatus mended = cluster.awaitReady("demo", "False", "PoolNotFound");
            assertThat(mended.backoff()).isNull();
            assertThat(mended.observedRetry()).isEqualTo("now");
        }
    }

    @Test
    void mendedSpecIsPlannedAnewAndLostMessageTwice() {
        try (var _ = new RunningOperator(server, cluster.namespace)) {
            cluster.apply(Manifests.JOB);
            Job plan = cluster.awaitChildJob("demo-plan");
            cluster.apply(Manifests.JOB.replace("name: problems", "name: other-problems"));
            cluster.collect("demo-plan");
            Job mended = cluster.awaitChildJob("demo-plan");
            assertThat(mended.getMetadata().getUid())
                    .isNotEqualTo(plan.getMetadata().getUid());
            assertThat(mended.getSpec().getTemplate().getSpec().getVolumes())
                    .anyMatch(v -> v.getConfigMap() != null
                            && "other-problems".equals(v.getConfigMap().getName()));
            cluster.end(mended, 0, "");
            cluster.collect("demo-plan");
            cluster.end(cluster.awaitChildJob("demo-plan"), 0, planned(20, 80, 4));
            cluster.awaitReady("demo", "False", "PoolNotFound");
        }
    }

    @Test
    void suspendStopsWorkersKeepsFiguresAndResumes() {
        try (var operator = new RunningOperator(server, cluster.namespace)) {
            runUntilGenerating(operator);
            edit(j -> j.setSpec(Specs.suspended(j.getSpec(), true)));
            cluster.awaitReady("demo", "True", "Suspended");
            cluster.collect("demo-g1");
            GenerationJobStatus suspended = cluster.await(
                            "no workers",
                            () -> cluster.job("demo"),
                            j -> j.getStatus().workers().replicas() == 0)
                    .getStatus();
            assertThat(Conditions.isTrue(suspended.conditions(), ConditionTypes.SUSPENDED))
                    .isTrue();
            assertThat(suspended.progress().summary()).isEqualTo("50/80");
            edit(j -> j.setSpec(Specs.suspended(j.getSpec(), false)));
            assertThat(cluster.awaitChildJob("demo-g2").getMetadata().getLabels())
                    .containsEntry(Labels.ATTEMPT, "2");
        }
    }

    @Test
    void replicasChangeLive() {
        try (var operator = new RunningOperator(server, cluster.namespace)) {
            runUntilGenerating(operator);
            cluster.client
                    .resources(GenerationJob.class)
                    .inNamespace(cluster.namespace)
                    .withName("demo")
                    .scale(3);
            cluster.await(
                    "three slots",
                    () -> cluster.childJob("demo-g1"),
                    j -> j.getSpec().getParallelism() == 3 && j.getSpec().getCompletions() == 3);
            cluster.client
                    .resources(GenerationJob.class)
                    .inNamespace(cluster.namespace)
                    .withName("demo")
                    .scale(0);
            cluster.awaitReady("demo", "True", "NoWorkers");
            cluster.collect("demo-g1");
            cluster.client
                    .resources(GenerationJob.class)
                    .inNamespace(cluster.namespace)
                    .withName("demo")
                    .scale(2);
            assertThat(cluster.awaitChildJob("demo-g2").getSpec().getCompletions())
                    .isEqualTo(2);
        }
    }

    @Test
    void changedPlacementDrainsAndStartsTheNextAttempt() {
        try (var operator = new RunningOperator(server, cluster.namespace)) {
            runUntilGenerating(operator);
            cluster.apply(Manifests.JOB.replace("demo-engine:0.1.0", "demo-engine:0.2.0"));
            cluster.awaitReady("demo", "False", "Restarting");
            cluster.collect("demo-g1");
            assertThat(cluster.awaitChildJob("demo-g2")
                            .getSpec()
                            .getTemplate()
                            .getSpec()
                            .getInitContainers())
                    .singleElement()
                    .satisfies(c -> assertThat(c.getImage()).isEqualTo("openmath-demo-engine:0.2.0"));
        }
    }

    @Test
    void badInputOfWorkersEndsTheJobUntilARetryIsAskedFor() {
        try (var operator = new RunningOperator(server, cluster.namespace)) {
            Job generate = runUntilGenerating(operator);
            cluster.endPod(
                    Objects.requireNonNull(cluster.client
                            .pods()
                            .inNamespace(cluster.namespace)
                            .withName("demo-g1-0")
                            .get()),
                    2,
                    "{\"error\":{\"reason\":\"SourceChanged\",\"message\":\"Source gsm8k differs from the plan; restore it\"}}");
            cluster.endJob(generate, false);
            GenerationJobStatus failed = cluster.awaitReady("demo", "False", "SourceChanged");
            assertThat(Conditions.isTrue(failed.conditions(), ConditionTypes.FAILED))
                    .isTrue();
            assertThat(condition(failed, "Stalled").getMessage())
                    .isEqualTo("Source gsm8k differs from the plan; restore it");
            annotate(Labels.RETRY, "restored");
            cluster.awaitChildJob("demo-g2");
            assertThat(Conditions.isTrue(
                            cluster.awaitReady("demo", "False", "Starting").conditions(), ConditionTypes.FAILED))
                    .isFalse();
        }
    }

    @Test
    void openShardsAfterATerminalJobMeanTheNextAttempt() {
        try (var operator = new RunningOperator(server, cluster.namespace)) {
            Job generate = runUntilGenerating(operator);
            cluster.endPod(
                    Objects.requireNonNull(cluster.client
                            .pods()
                            .inNamespace(cluster.namespace)
                            .withName("demo-g1-0")
                            .get()),
                    1,
                    "{\"error\":{\"reason\":\"StorageUnreachable\",\"message\":\"s3.openmath-demo.svc does not answer; start it\"}}");
            cluster.endJob(generate, false);
            cluster.awaitReady("demo", "False", "StorageUnreachable");
            // The first wait is 10 s.
            cluster.awaitChildJob("demo-g2");
            GenerationJobStatus again = cluster.job("demo").getStatus();
            assertThat(again.progress().summary()).isEqualTo("50/80");
        }
    }

    @Test
    void secondReconciliationWritesNothingAndARestartGoesOn() throws InterruptedException {
        List<String> requests = new CopyOnWriteArrayList<>();
        try (var operator = new RunningOperator(server.operator(requests::add), cluster.namespace)) {
            runUntilGenerating(operator);
            Thread.sleep(1_000);
            Map<String, String> before = versions();
            annotate("touched", "yes");
            String touched = cluster.job("demo").getMetadata().getResourceVersion();
            requests.clear();
            Thread.sleep(2_000);
            assertThat(requests).isEmpty();
            assertThat(versions()).isEqualTo(before);
            assertThat(cluster.job("demo").getMetadata().getResourceVersion()).isEqualTo(touched);
        }
        Job generate = Objects.requireNonNull(cluster.childJob("demo-g1"));
        Pod worker = cluster.client
                .pods()
                .inNamespace(cluster.namespace)
                .withName("demo-g1-0")
                .get();
        // While no operator runs, the workers finish.
        cluster.endPod(worker, 0, progress(4, 80, 0, 0));
        cluster.endJob(generate, true);
        try (var _ = new RunningOperator(server, cluster.namespace)) {
            cluster.end(cluster.awaitChildJob("demo-finalize-1"), 0, FINALIZED);
            cluster.awaitReady("demo", "True", "Complete");
            assertThat(cluster.childJob("demo-g2")).isNull();
        }
    }

    @Test
    void foreignEditDuringOurStatusWriteIsNotLost() {
        try (var operator = new RunningOperator(server, cluster.namespace)) {
            runUntilGenerating(operator);
            // Status is written every 300 ms here while figures move; edits come in between, again and again.
            for (int i = 1; i <= 15; i++) {
                operator.answer("demo-g1-0", "/progress", progress(1, 20, i, 1));
                int replicas = 1 + i % 4;
                edit(j -> j.setSpec(Specs.replicas(j.getSpec(), replicas)));
                cluster.await(
                        replicas + " slots",
                        () -> cluster.childJob("demo-g1"),
                        j -> j.getSpec().getParallelism() == replicas);
            }
        }
    }

    @Test
    void morePromptsGrowThePlanOfACompleteJob() {
        try (var operator = new RunningOperator(server, cluster.namespace)) {
            Job generate = runUntilGenerating(operator);
            cluster.endPod(
                    Objects.requireNonNull(cluster.client
                            .pods()
                            .inNamespace(cluster.namespace)
                            .withName("demo-g1-0")
                            .get()),
                    0,
                    progress(4, 80, 0, 0));
            cluster.endJob(generate, true);
            cluster.end(cluster.awaitChildJob("demo-finalize-1"), 0, FINALIZED);
            cluster.awaitReady("demo", "True", "Complete");
            cluster.apply(Manifests.JOB.replace("samplesPerProblem: 4", "samplesPerProblem: 6"));
            cluster.collect("demo-plan");
            cluster.end(cluster.awaitChildJob("demo-plan"), 0, planned(20, 120, 6));
            cluster.awaitChildJob("demo-g2");
            GenerationJobStatus extended = cluster.awaitReady("demo", "False", "Starting");
            assertThat(condition(extended, "Complete").getReason()).isEqualTo("Extended");
            assertThat(extended.progress().summary()).isEqualTo("80/120");
        }
    }

    private Job runUntilGenerating(RunningOperator operator) {
        cluster.apply(Manifests.JOB);
        servePool();
        cluster.end(cluster.awaitChildJob("demo-plan"), 0, planned(20, 80, 4));
        Job generate = cluster.awaitChildJob("demo-g1");
        operator.answer("demo-g1-0", "/progress", progress(1, 20, 30, 1.25));
        cluster.workerPod(generate, "demo-g1-0");
        cluster.awaitReady("demo", "True", "Running");
        cluster.await(
                "progress",
                () -> cluster.job("demo"),
                j -> j.getStatus().progress() != null
                        && "50/80".equals(j.getStatus().progress().summary()));
        return generate;
    }

    private void servePool() {
        cluster.apply(Manifests.POOL);
        cluster.readyPoolPod("default-sandbox");
        cluster.awaitPoolReady("default", "True", "Serving");
    }

    /** As a person edits: again on what is there now, if somebody else was faster. */
    private void edit(Consumer<GenerationJob> change) {
        cluster.await(
                "edit",
                () -> {
                    try {
                        return cluster.client
                                .resources(GenerationJob.class)
                                .inNamespace(cluster.namespace)
                                .withName("demo")
                                .edit(j -> {
                                    change.accept(j);
                                    return j;
                                });
                    } catch (KubernetesClientException e) {
                        if (e.getCode() == 409) {
                            return null;
                        }
                        throw e;
                    }
                },
                Objects::nonNull);
    }

    private void annotate(String key, String value) {
        edit(j -> j.getMetadata().setAnnotations(Map.of(key, value)));
    }

    private Map<String, String> versions() {
        return new java.util.TreeMap<>(Map.of(
                "plan", cluster.childJob("demo-plan").getMetadata().getResourceVersion(),
                "generate", cluster.childJob("demo-g1").getMetadata().getResourceVersion(),
                "spec",
                        cluster.client
                                .configMaps()
                                .inNamespace(cluster.namespace)
                                .withName("demo-spec")
                                .get()
                                .getMetadata()
                                .getResourceVersion(),
                "policy",
                        cluster.client
                                .network()
                                .v1()
                                .networkPolicies()
                                .inNamespace(cluster.namespace)
                                .withName("demo-workers")
                                .get()
                                .getMetadata()
                                .getResourceVersion()));
    }

    private static Condition condition(GenerationJobStatus status, String type) {
        return Conditions.find(status.conditions(), type).orElseThrow();
    }

    private String runId() {
        return RunIdentity.of(cluster.job("demo").getSpec());
    }

    private String planned(int problems, int samples, int shards) {
        return "{\"runId\":\"%s\",\"problems\":%d,\"samples\":%d,\"shards\":%d,\"sha256\":\"%064x\",\"alreadyComplete\":false}"
                .formatted(runId(), problems, samples, shards, samples);
    }

    private String progress(int shards, int committed, int uncommitted, double rate) {
        return """
                {"runId":"%s","plan":{"samples":80,"shards":4},
                "committed":{"samples":%d,"shards":%d,"failed":0,"correct":7,"incorrect":8,"noAnswer":5,"codeErrors":2,"timeouts":1,"problemsSolved":7},
                "uncommitted":{"samples":%d,"correct":0,"incorrect":0,"noAnswer":0,"codeErrors":0,"timeouts":0},
                "inFlight":4,"leasedShards":1,"samplesPerSecond":%s,
                "usage":{"promptTokens":1,"outputTokens":2,"wastedTokens":3,"engineSeconds":4.5,"executions":5},
                "conditions":[{"type":"InferenceReady","status":"True","reason":"Answering","message":"ok"}],
                "listedAt":"2026-01-01T00:00:0%d.123Z"}""".formatted(runId(), committed, shards, uncommitted, rate, shards);
    }

    private static final String FINALIZED = """
            {"revision":1,"rows":{"total":80,"correct":9,"incorrect":51,"noAnswer":20,"failed":0},
            "problemsSolved":7,"problems":20,"codeErrors":11,"timeouts":2,"files":2,"bytes":12345,"prefix":"demo"}""";
}
