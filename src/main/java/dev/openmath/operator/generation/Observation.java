package dev.openmath.operator.generation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.openmath.api.GenerationJob;
import dev.openmath.api.Labels;
import dev.openmath.api.SandboxPool;
import dev.openmath.operator.PodTrouble;
import dev.openmath.operator.Trouble;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is there.
 *
 * @param pool the pool that the job names, if it exists
 * @param jobs child Jobs of this owner
 * @param pods pods of those Jobs
 * @param answers answers of running workers to {@code /progress}, by pod name
 * @param volumeMessages what the kubelet says, by pod name, where a pod waits for a volume
 */
record Observation(
        @Nullable SandboxPool pool,
        List<Job> jobs,
        List<Pod> pods,
        Map<String, JsonNode> answers,
        Map<String, String> volumeMessages) {

    /** The Job of this name. */
    Optional<Job> job(String name) {
        return jobs.stream().filter(j -> name.equals(j.getMetadata().getName())).findFirst();
    }

    /** The generate Job of the highest attempt. */
    Optional<Job> newestGenerate() {
        return generateJobs().stream().max(Comparator.comparingInt(GenerateJob::attempt));
    }

    List<Job> generateJobs() {
        return jobs.stream()
                .filter(j ->
                        JobNames.GENERATE.equals(j.getMetadata().getLabels().get(Labels.ROLE)))
                .toList();
    }

    /** Pods of a Job. */
    List<Pod> podsOf(Job job) {
        String uid = job.getMetadata().getUid();
        return pods.stream()
                .filter(p -> p.getMetadata().getOwnerReferences().stream()
                        .anyMatch(r -> r.getUid().equals(uid)))
                .toList();
    }

    /** Worker pods of all attempts. */
    List<Pod> workerPods() {
        return pods.stream()
                .filter(p ->
                        JobNames.GENERATE.equals(p.getMetadata().getLabels().get(Labels.ROLE)))
                .toList();
    }

    /** What keeps the pods of a Job from running, if anything. */
    Optional<Trouble> podTrouble(Job job, Instant now) {
        List<Pod> own = podsOf(job);
        return PodTrouble.first(own, now)
                .or(() -> own.stream()
                        .filter(p -> volumeMessages.containsKey(p.getMetadata().getName()))
                        .flatMap(p -> PodTrouble.ofMountMessage(
                                p,
                                Objects.requireNonNull(
                                        volumeMessages.get(p.getMetadata().getName())))
                                .stream())
                        .findFirst());
    }

    /** Reports of running workers of this run. */
    List<WorkerReport> reports(GenerationJob job) {
        return answers.values().stream()
                .flatMap(a -> WorkerReport.of(a).stream())
                .filter(r -> ofThisRun(r, job))
                .toList();
    }

    /** Last words of ended workers of this run, the newest listing last. */
    List<WorkerReport> lastReports(GenerationJob job) {
        return workerPods().stream()
                .flatMap(p -> LastWords.of(p).stream())
                .flatMap(m -> WorkerReport.of(m).stream())
                .filter(r -> ofThisRun(r, job))
                .sorted(Comparator.comparing(WorkerReport::listed))
                .toList();
    }

    private static boolean ofThisRun(WorkerReport report, GenerationJob job) {
        return job.getStatus() != null
                && Objects.equals(report.runId(), job.getStatus().runId());
    }
}
