package dev.openmath.worker.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.openmath.worker.JobFile;
import dev.openmath.worker.generate.ExactlyOnce;
import dev.openmath.worker.plan.Plan;
import dev.openmath.worker.plan.PlanStore;
import dev.openmath.worker.store.JsonDocuments;
import dev.openmath.worker.store.RunLayout;
import dev.openmath.worker.store.S3Location;
import dev.openmath.worker.store.S3ObjectStore;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real processes on the loopback interface, killed with SIGKILL at random: workers as they are shipped, the executor,
 * versitygw, and a stub for the engine. {@code -Dchaos.kills}, {@code -Dchaos.samples}, {@code -Dchaos.seed}.
 */
@Tag("chaos")
class ChaosIT {
    private static final int WORKERS = 3;
    private static final int CONCURRENCY = 8;
    private static final int FLUSH_SECONDS = 2;
    private static final int SAMPLES_PER_PROBLEM = 20;

    private final int kills = Integer.getInteger("chaos.kills", 12);
    private final int samples = Integer.getInteger("chaos.samples", 600);
    private final long seed = Long.getLong("chaos.seed", System.nanoTime() & 0xffff_ffffL);
    private final Random random = new Random(seed);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    private final List<Child> children = new ArrayList<>();
    private final List<String> kinds = new ArrayList<>(List.of("worker", "engine", "sandbox", "store"));
    private final List<Child> workers = new ArrayList<>();
    private int storePort;
    private int workerFailures;
    private final Map<String, Integer> pods = new HashMap<>();

    @AfterEach
    void end() throws InterruptedException {
        for (Child child : children) {
            child.end();
        }
    }

    @Test
    void whateverIsKilledEachSampleIsThereExactlyOnce() throws Exception {
        long began = System.nanoTime();
        storePort = freePort();
        int enginePort = freePort();
        int sandboxPort = freePort();
        writeInputs(enginePort);
        Child store = startStore();
        runToEnd("plan", environment("plan", enginePort, sandboxPort));
        Child engine = child(
                "engine",
                folder,
                Map::of,
                java(
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        EngineStub.class.getName(),
                        "" + enginePort,
                        samples > 2000 ? "100" : "300",
                        finals().toString()));
        Child sandbox = startSandbox(sandboxPort);
        for (int i = 0; i < WORKERS; i++) {
            String name = "worker-" + i;
            workers.add(child(
                    name,
                    folder,
                    () -> environment(name, enginePort, sandboxPort),
                    java("-Xmx192m", "-jar", jar().toString(), "generate")));
        }

        List<Child> victims = new ArrayList<>(workers);
        victims.addAll(List.of(engine, sandbox, store));
        long start = System.nanoTime();
        killWhileTheyWork(victims);
        double seconds = (System.nanoTime() - start) / 1e9;

        runToEnd("finalize", environment("finalize", enginePort, sandboxPort));
        JsonNode verified = JsonDocuments.mapper().readTree(verify());
        assertThat(verified.path("ok").asBoolean()).as("verify: " + verified).isTrue();
        assertThat(verified.path("rows").asInt() + verified.path("failed").asInt())
                .isEqualTo(samples);
        long made = Files.size(finals());
        long again = made - verified.path("rows").asInt();
        double rate = samples / seconds;
        double bound = kills * (WORKERS * CONCURRENCY + rate * FLUSH_SECONDS);
        Map<String, Integer> perVictim = new HashMap<>();
        victims.forEach(victim -> perVictim.merge(victim.name().replaceAll("-.*", ""), victim.kills(), Integer::sum));
        System.out.printf(
                "chaos: seed %d, %d kills %s, %d samples in %.0f s (%.0f s in all), %.1f/s, failed %d, worker roles that"
                        + " ended with 1: %d, made again %d of at most %.0f%n",
                seed,
                perVictim.values().stream().mapToInt(Integer::intValue).sum(),
                perVictim,
                samples,
                seconds,
                (System.nanoTime() - began) / 1e9,
                rate,
                verified.path("failed").asInt(),
                workerFailures,
                again,
                bound);
        assertThat(countedIndependently()).as("counted without the product").isEmpty();
        assertThat(perVictim.values().stream().mapToInt(Integer::intValue).sum())
                .as("kills")
                .isEqualTo(kills);
        assertThat((double) again).as("samples made again").isLessThanOrEqualTo(bound);
    }

    /** The n-th kill comes when the n-th share of the answers was given, so that all of them meet work. */
    private void killWhileTheyWork(List<Child> victims) throws Exception {
        int killed = 0;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60 + samples / 10);
        while (workers.stream().anyMatch(Child::isRunning) || killed < kills) {
            assertThat(System.nanoTime()).as(this::logs).isLessThan(deadline);
            long share = (killed + 1L) * samples * 9 / 10 / (kills + 1);
            if (killed < kills && Files.exists(finals()) && Files.size(finals()) >= share) {
                next(victims, killed).killAndRestart();
                killed++;
                Thread.sleep(random.nextInt(400));
            }
            for (Child worker : workers) {
                if (!worker.isRunning() && worker.exitCode() != 0) {
                    // The Job starts a new pod for a counted failure; anything but 1 is a fault of the worker.
                    assertThat(worker.exitCode()).as(this::logs).isEqualTo(1);
                    workerFailures++;
                    worker.restart();
                }
            }
            Thread.sleep(20);
        }
    }

    /** Each kind of process gets its share; which comes when is random. */
    private Child next(List<Child> victims, int killed) {
        if (killed % 4 == 0) {
            Collections.shuffle(kinds, random);
        }
        List<Child> ofKind = victims.stream()
                .filter(victim -> victim.name().startsWith(kinds.get(killed % 4)))
                .toList();
        return ofKind.get(random.nextInt(ofKind.size()));
    }

    private List<String> countedIndependently() {
        JobFile job = JobFile.read(folder.resolve("job.json"));
        RunLayout layout = new RunLayout(job.runId());
        System.setProperty("aws.accessKeyId", "chaos");
        System.setProperty("aws.secretAccessKey", "chaos-secret");
        try (S3ObjectStore store =
                S3ObjectStore.at(S3Location.of(job.spec().output().s3(), null))) {
            Plan plan = new PlanStore(store, layout).read();
            assertThat(plan.samples()).isEqualTo(samples);
            return ExactlyOnce.flaws(store, layout, plan);
        } finally {
            System.clearProperty("aws.accessKeyId");
            System.clearProperty("aws.secretAccessKey");
        }
    }

    private Child child(
            String name, Path home, java.util.function.Supplier<Map<String, String>> environment, List<String> command)
            throws IOException {
        Child child = new Child(name, folder.resolve(name + ".log"), home, environment, command);
        children.add(child);
        return child;
    }

    private Child startStore() throws Exception {
        Path binary = cache().resolve("bin/versitygw");
        assertThat(binary)
                .as("the S3 server; make it with: kind/cluster.sh versitygw")
                .isExecutable();
        Path data = Files.createDirectories(folder.resolve("data"));
        Files.createDirectories(data.resolve("datasets"));
        Child store = child(
                "store",
                folder,
                () -> Map.of("ROOT_ACCESS_KEY", "chaos", "ROOT_SECRET_KEY", "chaos-secret"),
                List.of(binary.toString(), "--port", "127.0.0.1:" + storePort, "posix", data.toString()));
        awaitPort(storePort);
        return store;
    }

    private Child startSandbox(int port) throws Exception {
        Path sources = Path.of("src/main/python").toAbsolutePath();
        Process venv = new ProcessBuilder(sources.resolve("venv").toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String python = new String(venv.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(venv.waitFor()).as("environment of the executor").isZero();
        Files.writeString(folder.resolve("token"), "chaos-token");
        // The blocks are the stub's own: any isolation does.
        Files.writeString(
                folder.resolve("sandbox.json"),
                "{\"runningPerPod\": 2, \"sessionsPerPod\": 64, \"isolation\": {\"minimum\": \"Process\"}}");
        return child(
                "sandbox",
                sources,
                Map::of,
                List.of(
                        python + "/bin/python",
                        "-m",
                        "openmath_sandbox",
                        "--listen",
                        "127.0.0.1:" + port,
                        "--management",
                        "127.0.0.1:" + freePort(),
                        "--config",
                        folder.resolve("sandbox.json").toString(),
                        "--token-file",
                        folder.resolve("token").toString()));
    }

    /** Some restarts are the same pod's container, some are new pods; no two workers are ever of one pod. */
    private Map<String, String> environment(String name, int enginePort, int sandboxPort) {
        String pod = name + "-" + pods.merge(name, random.nextInt(2), Integer::sum);
        Map<String, String> variables = new HashMap<>();
        variables.put("OPENMATH_JOB_FILE", folder.resolve("job.json").toString());
        variables.put("OPENMATH_SOURCES_DIR", folder.resolve("sources").toString());
        variables.put("OPENMATH_PROMPTS_DIR", folder.resolve("prompts").toString());
        variables.put("OPENMATH_TERMINATION_LOG", folder.resolve("none").toString());
        variables.put("OPENMATH_MANAGEMENT_PORT", "0");
        variables.put("OPENMATH_ENGINE_URL", "http://127.0.0.1:" + enginePort);
        variables.put("OPENMATH_SANDBOX_HOST", "127.0.0.1");
        variables.put("OPENMATH_SANDBOX_PORT", "" + sandboxPort);
        variables.put("OPENMATH_SANDBOX_TOKEN_FILE", folder.resolve("token").toString());
        variables.put("AWS_ACCESS_KEY_ID", "chaos");
        variables.put("AWS_SECRET_ACCESS_KEY", "chaos-secret");
        variables.put("POD_NAME", pod);
        variables.put("POD_UID", pod);
        return variables;
    }

    private void writeInputs(int enginePort) throws IOException {
        Path source = Files.createDirectories(folder.resolve("sources/gsm8k")).resolve("train.jsonl");
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < samples / SAMPLES_PER_PROBLEM; i++) {
            lines.append("{\"question\": \"What is problem ").append(i).append("?\", \"answer\": \"#### 42\"}\n");
        }
        Files.writeString(source, lines);
        Files.createDirectories(folder.resolve("prompts"));
        Files.writeString(folder.resolve("job.json"), """
                {"apiVersion": "openmath.dev/v1alpha1", "kind": "GenerationJob",
                 "metadata": {"name": "chaos", "uid": "chaos"},
                 "spec": {"profile": "openmathinstruct-1",
                  "problems": {"sources": [{"name": "gsm8k", "dataset": "gsm8k", "format": "GSM8K",
                                            "type": "ConfigMap", "configMap": {"name": "problems"}}]},
                  "prompts": [{"name": "default", "type": "WithoutReference", "samplesPerProblem": %d}],
                  "codeInterpreter": {"sandboxPoolRef": {"name": "default"}},
                  "model": {"name": "stub", "maxModelLength": 4096},
                  "inference": {"type": "Endpoint", "endpoint": {"url": "http://127.0.0.1:%d"}},
                  "workers": {"concurrency": {"type": "Fixed", "initial": %d}},
                  "sharding": {"samplesPerShard": 50, "flushSeconds": %d, "leaseSeconds": 10},
                  "output": {"s3": {"bucket": "datasets", "prefix": "chaos", "endpoint": "http://127.0.0.1:%d",
                                    "addressing": "Path"}}}}
                """.formatted(
                        SAMPLES_PER_PROBLEM, enginePort, CONCURRENCY, FLUSH_SECONDS, storePort));
    }

    private void runToEnd(String role, Map<String, String> environment) throws Exception {
        Child once = child(role, folder, () -> environment, java("-Xmx192m", "-jar", jar().toString(), role));
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (once.isRunning() && System.nanoTime() < deadline) {
            Thread.sleep(20);
        }
        assertThat(once.isRunning()).as(role + " runs on").isFalse();
        assertThat(once.exitCode()).as(this::logs).isZero();
    }

    private String verify() throws Exception {
        ProcessBuilder builder = new ProcessBuilder(java(
                "-jar",
                jar().toString(),
                "verify",
                "s3://datasets/chaos",
                "--endpoint",
                "http://127.0.0.1:" + storePort));
        builder.environment().put("AWS_ACCESS_KEY_ID", "chaos");
        builder.environment().put("AWS_SECRET_ACCESS_KEY", "chaos-secret");
        builder.redirectError(folder.resolve("verify.log").toFile());
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .as(out + read(folder.resolve("verify.log")))
                .isZero();
        return out;
    }

    private static List<String> java(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of(arguments));
        return command;
    }

    private Path finals() {
        return folder.resolve("finals");
    }

    private static Path jar() {
        Path jar = Path.of("target/quarkus-app/quarkus-run.jar").toAbsolutePath();
        assertThat(jar).as("the program; make it with: mvn package -DskipTests").exists();
        return jar;
    }

    private static Path cache() {
        String cache = System.getenv("OPENMATH_CACHE");
        return cache != null ? Path.of(cache) : Path.of(System.getProperty("user.home"), ".cache", "openmath");
    }

    /** Below the range from which outgoing connections get theirs: a server that is away must find its port free. */
    private int freePort() throws IOException {
        while (true) {
            try (ServerSocket socket =
                    new ServerSocket(20_000 + random.nextInt(12_000), 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (BindException e) {
                continue; // taken
            }
        }
    }

    private static void awaitPort(int port) throws Exception {
        for (int tries = 0; ; tries++) {
            try (var socket = new java.net.Socket(InetAddress.getLoopbackAddress(), port)) {
                return;
            } catch (IOException e) {
                assertThat(tries).as("port " + port + " does not open").isLessThan(400);
                Thread.sleep(25);
            }
        }
    }

    /** The ends of all logs. */
    private String logs() {
        StringBuilder all = new StringBuilder("seed " + seed);
        for (Child child : children) {
            String text = read(folder.resolve(child.name() + ".log"));
            all.append("\n--- ")
                    .append(child.name())
                    .append("\n")
                    .append(text.substring(Math.max(0, text.length() - 2500)));
        }
        return all.toString();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }
}
