package dev.openmath.e2e;

import static org.awaitility.Awaitility.await;

import dev.openmath.api.ConditionTypes;
import dev.openmath.api.GenerationJob;
import dev.openmath.api.SandboxPool;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/** One namespace of the test cluster with a store, and the waits and looks that journeys need. */
final class Playground implements AutoCloseable {
    final String namespace;
    final Kubectl kubectl;
    final KubernetesClient client;

    /** Makes the namespace anew, with the store of the examples in it. */
    Playground(String namespace) {
        this.namespace = namespace;
        this.kubectl = new Kubectl(namespace);
        this.client = new KubernetesClientBuilder()
                .withConfig(Config.autoConfigure("kind-openmath"))
                .build();
        kubectl.run("delete", "namespace", namespace, "--ignore-not-found", "--timeout=180s");
        kubectl.apply(example("10-demo-storage.yaml"));
        kubectl.run("rollout", "status", "deployment/s3", "--timeout=120s");
    }

    /** A manifest of the examples, moved to this namespace. */
    String example(String name) {
        try {
            return Files.readString(Path.of("manifests/examples", name))
                    .replace("name: openmath-demo\n", "name: " + namespace + "\n")
                    .replace("namespace: openmath-demo\n", "namespace: " + namespace + "\n")
                    .replace("namespace: openmath-demo}", "namespace: " + namespace + "}")
                    .replace("s3.openmath-demo.svc", "s3." + namespace + ".svc");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A ready pool named {@code default}, as the examples have it. */
    void pool() {
        kubectl.apply(example("20-sandbox-pool.yaml"));
        await("pool is ready")
                .atMost(Duration.ofMinutes(3))
                .until(() -> "True".equals(status(poolConditions(), ConditionTypes.READY)));
    }

    /** Applies a job of the given number of problems and samples that stores under its own name. */
    void job(DemoJob job) {
        kubectl.apply(job.yaml(namespace));
    }

    GenerationJob get(String job) {
        GenerationJob found = client.resources(GenerationJob.class)
                .inNamespace(namespace)
                .withName(job)
                .get();
        if (found == null) {
            throw new AssertionError("GenerationJob " + job + " is not there");
        }
        return found;
    }

    /** Waits until the job is as wanted; a failure shows its last status. */
    GenerationJob awaitJob(String job, String wanted, Duration limit, Predicate<GenerationJob> condition) {
        long end = System.nanoTime() + limit.toNanos();
        GenerationJob last = get(job);
        while (!condition.test(last)) {
            if (System.nanoTime() > end) {
                throw new AssertionError(job + " not " + wanted + " after " + limit.toSeconds() + " s; status: "
                        + last.getStatus() + "\n" + describePods());
            }
            sleep();
            last = get(job);
        }
        return last;
    }

    GenerationJob awaitComplete(String job) {
        return awaitJob(job, "complete", Duration.ofMinutes(6), j -> isTrue(j, ConditionTypes.COMPLETE));
    }

    static boolean isTrue(GenerationJob job, String type) {
        return "True".equals(status(conditions(job), type));
    }

    static String message(GenerationJob job, String type) {
        return conditions(job).stream()
                .filter(c -> c.getType().equals(type))
                .map(Condition::getMessage)
                .findFirst()
                .orElse("");
    }

    static List<Condition> conditions(GenerationJob job) {
        return job.getStatus() == null || job.getStatus().conditions() == null
                ? List.of()
                : job.getStatus().conditions();
    }

    static String status(List<Condition> conditions, String type) {
        return conditions.stream()
                .filter(c -> c.getType().equals(type))
                .map(Condition::getStatus)
                .findFirst()
                .orElse("");
    }

    /** Finished samples so far, 0 before the first figure. */
    static long finished(GenerationJob job) {
        var status = job.getStatus();
        if (status == null || status.progress() == null || status.progress().samples() == null) {
            return 0;
        }
        Long finished = status.progress().samples().finished();
        return finished == null ? 0 : finished;
    }

    List<Condition> poolConditions() {
        var pool = client.resources(SandboxPool.class)
                .inNamespace(namespace)
                .withName("default")
                .get();
        return pool.getStatus() == null || pool.getStatus().conditions() == null
                ? List.of()
                : pool.getStatus().conditions();
    }

    /** Running pods of a job's role: plan, generate or finalize. */
    List<Pod> pods(String job, String role) {
        return client.pods()
                .inNamespace(namespace)
                .withLabel(dev.openmath.api.Labels.GENERATION_JOB, job)
                .withLabel(dev.openmath.api.Labels.ROLE, role)
                .list()
                .getItems();
    }

    /** Copies what a job stored out of the S3 server, which keeps buckets as folders. */
    Path download(String prefix) throws IOException {
        Path folder = Files.createTempDirectory("stored");
        String pod = client.pods()
                .inNamespace(namespace)
                .withLabel("app.kubernetes.io/name", "s3")
                .list()
                .getItems()
                .getFirst()
                .getMetadata()
                .getName();
        kubectl.run("cp", pod + ":/data/datasets/" + prefix, folder.toString());
        return folder;
    }

    private String describePods() {
        return kubectl.run("get", "pods,jobs,sbp,gj", "-o", "wide");
    }

    static void sleep() {
        try {
            Thread.sleep(300);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        kubectl.run("delete", "namespace", namespace, "--wait=false");
        client.close();
    }
}
