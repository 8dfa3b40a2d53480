package dev.openmath.operator;

import dev.openmath.api.GenerationJob;
import dev.openmath.api.GenerationJobStatus;
import dev.openmath.api.Labels;
import dev.openmath.api.SandboxPool;
import dev.openmath.api.SandboxPoolStatus;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Plays the controllers and kubelets of a namespace, and waits for what the operator makes of it. */
final class Cluster {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    final KubernetesClient client;
    final String namespace;

    Cluster(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
    }

    void apply(String yaml) {
        client.load(new java.io.ByteArrayInputStream(yaml.getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .inNamespace(namespace)
                .serverSideApply();
    }

    GenerationJob job(String name) {
        return Objects.requireNonNull(client.resources(GenerationJob.class)
                .inNamespace(namespace)
                .withName(name)
                .get());
    }

    SandboxPool pool(String name) {
        return Objects.requireNonNull(client.resources(SandboxPool.class)
                .inNamespace(namespace)
                .withName(name)
                .get());
    }

    @Nullable
    Job childJob(String name) {
        return client.batch().v1().jobs().inNamespace(namespace).withName(name).get();
    }

    Job awaitChildJob(String name) {
        return await("Job " + name, () -> childJob(name), Objects::nonNull);
    }

    GenerationJobStatus awaitReady(String job, String status, String reason) {
        return Objects.requireNonNull(await(
                        "GenerationJob " + job + " Ready=" + status + "/" + reason,
                        () -> job(job),
                        j -> j.getStatus() != null && is(j.getStatus().conditions(), "Ready", status, reason))
                .getStatus());
    }

    SandboxPoolStatus awaitPoolReady(String pool, String status, String reason) {
        return Objects.requireNonNull(await(
                        "SandboxPool " + pool + " Ready=" + status + "/" + reason,
                        () -> pool(pool),
                        p -> p.getStatus() != null && is(p.getStatus().conditions(), "Ready", status, reason))
                .getStatus());
    }

    static boolean is(@Nullable List<Condition> conditions, String type, String status, String reason) {
        return Conditions.find(conditions, type)
                .filter(c -> status.equals(c.getStatus()) && reason.equals(c.getReason()))
                .isPresent();
    }

    <T> T await(String what, Supplier<@Nullable T> value, Predicate<@Nullable T> until) {
        Instant end = Instant.now().plus(PATIENCE);
        T last = null;
        while (Instant.now().isBefore(end)) {
            last = value.get();
            if (until.test(last)) {
                return last;
            }
            try {
                TimeUnit.MILLISECONDS.sleep(100);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while waiting for " + what, e);
            }
        }
        throw new AssertionError("no " + what + " after " + PATIENCE + "; last seen: "
                + (last == null ? "nothing" : io.fabric8.kubernetes.client.utils.Serialization.asYaml(last)));
    }

    /** Runs a pod of a Deployment until it is ready. */
    Pod readyPoolPod(String deployment) {
        Deployment d = await(
                "Deployment " + deployment,
                () -> client.apps()
                        .deployments()
                        .inNamespace(namespace)
                        .withName(deployment)
                        .get(),
                Objects::nonNull);
        Pod pod = create(
                deployment + "-" + System.nanoTime(),
                d.getSpec().getTemplate(),
                "apps/v1",
                "Deployment",
                d.getMetadata().getName(),
                d.getMetadata().getUid());
        return status(pod, running("executor"));
    }

    /** Starts a worker pod of a Job: engine up, worker running and ready. */
    Pod workerPod(Job job, String name) {
        Pod pod = create(
                name,
                job.getSpec().getTemplate(),
                "batch/v1",
                "Job",
                job.getMetadata().getName(),
                job.getMetadata().getUid());
        return status(pod, running("worker"));
    }

    /** Ends a Job's only pod with a termination message, and the Job with it. */
    void end(Job job, int exitCode, String message) {
        Pod pod = create(
                job.getMetadata().getName() + "-pod-" + System.nanoTime(),
                job.getSpec().getTemplate(),
                "batch/v1",
                "Job",
                job.getMetadata().getName(),
                job.getMetadata().getUid());
        endPod(pod, exitCode, message);
        endJob(job, exitCode == 0);
    }

    void endPod(Pod pod, int exitCode, String message) {
        status(
                pod,
                new PodStatusBuilder()
                        .withPhase(exitCode == 0 ? "Succeeded" : "Failed")
                        .withContainerStatuses(new ContainerStatusBuilder()
                                .withName("worker")
                                .withImage("i")
                                .withImageID("i")
                                .withReady(false)
                                .withRestartCount(0)
                                .withNewState()
                                .withNewTerminated()
                                .withExitCode(exitCode)
                                .withReason(exitCode == 0 ? "Completed" : "Error")
                                .withMessage(message)
                                .withFinishedAt(now())
                                .endTerminated()
                                .endState()
                                .build()));
    }

    void endJob(Job job, boolean success) {
        var status = new JobBuilder(
                        Objects.requireNonNull(childJob(job.getMetadata().getName())))
                .withNewStatus()
                .withStartTime(now())
                .withNewUncountedTerminatedPods()
                .endUncountedTerminatedPods();
        boolean indexed = "Indexed".equals(job.getSpec().getCompletionMode());
        int count = job.getSpec().getCompletions() == null ? 1 : job.getSpec().getCompletions();
        if (success) {
            status.withSucceeded(count)
                    .withCompletedIndexes(indexed ? (count == 1 ? "0" : "0-" + (count - 1)) : null)
                    .withCompletionTime(now())
                    .addNewCondition()
                    .withType("SuccessCriteriaMet")
                    .withStatus("True")
                    .withReason("CompletionsReached")
                    .withLastTransitionTime(now())
                    .withLastProbeTime(now())
                    .endCondition();
        } else {
            status.withFailed(1)
                    .addNewCondition()
                    .withType("FailureTarget")
                    .withStatus("True")
                    .withReason("BackoffLimitExceeded")
                    .withLastTransitionTime(now())
                    .withLastProbeTime(now())
                    .endCondition();
        }
        status.addNewCondition()
                .withType(success ? "Complete" : "Failed")
                .withStatus("True")
                .withReason(success ? "CompletionsReached" : "BackoffLimitExceeded")
                .withMessage("as the job controller says")
                .withLastTransitionTime(now())
                .withLastProbeTime(now())
                .endCondition();
        client.resource(status.endStatus().build()).patchStatus();
    }

    /** Does what the garbage collector does for a Job deleted in the foreground. */
    void collect(String job) {
        Job leaving = await(
                "deletion of Job " + job,
                () -> childJob(job),
                j -> j != null && j.getMetadata().getDeletionTimestamp() != null);
        String uid = leaving.getMetadata().getUid();
        client.pods().inNamespace(namespace).list().getItems().stream()
                .filter(p -> p.getMetadata().getOwnerReferences().stream()
                        .anyMatch(r -> r.getUid().equals(uid)))
                .forEach(p -> client.resource(p).withGracePeriod(0).delete());
        client.resource(leaving).edit(j -> {
            j.getMetadata().setFinalizers(List.of());
            return j;
        });
        await("end of Job " + job, () -> childJob(job), Objects::isNull);
    }

    Pod status(Pod pod, PodStatusBuilder status) {
        pod.setStatus(status.withPodIP("10.0.0.1").withStartTime(now()).build());
        pod.getMetadata().setResourceVersion(null);
        return client.resource(pod).patchStatus();
    }

    private static PodStatusBuilder running(String container) {
        return new PodStatusBuilder()
                .withPhase("Running")
                .addNewCondition()
                .withType("Ready")
                .withStatus("True")
                .endCondition()
                .withContainerStatuses(new ContainerStatusBuilder()
                        .withName(container)
                        .withImage("i")
                        .withImageID("i")
                        .withReady(true)
                        .withRestartCount(0)
                        .withNewState()
                        .withNewRunning(now())
                        .endState()
                        .build());
    }

    private Pod create(
            String name, PodTemplateSpec template, String apiVersion, String kind, String owner, String ownerUid) {
        return client.resource(new PodBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(namespace)
                        .withLabels(template.getMetadata().getLabels())
                        .withAnnotations(template.getMetadata().getAnnotations())
                        .addToLabels(Labels.PART_OF, Labels.OPENMATH)
                        .addNewOwnerReference()
                        .withApiVersion(apiVersion)
                        .withKind(kind)
                        .withName(owner)
                        .withUid(ownerUid)
                        .withController(true)
                        .endOwnerReference()
                        .endMetadata()
                        .withSpec(template.getSpec())
                        .build())
                .create();
    }

    private static String now() {
        return Conditions.timestamp(Instant.now());
    }
}
