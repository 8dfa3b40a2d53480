package dev.openmath.worker.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openmath.worker.JobFile;
import dev.openmath.worker.PlanRole;
import dev.openmath.worker.store.FileObjectStore;
import dev.openmath.worker.store.RunLayout;
import java.io.BufferedWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A plan of the size of the original data set, in a process with the memory that a plan pod is given. */
class PlanningMillionsTest {
    private static final int PROBLEMS = 7_500;
    private static final int SAMPLES = 1_000;

    @TempDir
    Path folder;

    /** The process: plans, then reads the plan back and looks at a sample of every shard. */
    public static void main(String... args) {
        Path folder = Path.of(args[0]);
        long start = System.nanoTime();
        JobFile job = JobFile.read(folder.resolve("job.json"));
        try (FileObjectStore store = new FileObjectStore(folder.resolve("out"))) {
            var summary =
                    PlanRole.run(job, store, new SourceAccess(folder.resolve("sources"), bucket -> store), folder);
            long planned = (System.nanoTime() - start) / 1_000_000;
            Plan plan = new PlanStore(store, new RunLayout(job.runId())).read();
            long checked = 0;
            for (int shard = 0; shard < plan.shards(); shard++) {
                Plan.Shard block = plan.shard(shard);
                // Problem by problem: the first of each thousand is sample 0 of the next problem.
                if (block.at(0).key().sampleIndex() != block.from() % SAMPLES
                        || block.at(0).problem() != block.from() / SAMPLES) {
                    throw new IllegalStateException("shard " + shard + " begins at " + block.at(0));
                }
                checked += block.size();
            }
            System.out.println(summary.samples() + " " + checked + " " + plan.shards() + " " + planned);
        }
    }

    @Test
    void sevenAndAHalfMillionSamplesArePlannedWithin20SecondsIn512MiB() throws Exception {
        problems();
        Files.writeString(folder.resolve("job.json"), """
                {"apiVersion": "openmath.dev/v1alpha1", "kind": "GenerationJob", "metadata": {"name": "large"},
                 "spec": {"profile": "openmathinstruct-1",
                  "problems": {"sources": [{"name": "gsm8k", "dataset": "gsm8k", "format": "GSM8K",
                                            "type": "ConfigMap", "configMap": {"name": "problems"}}]},
                  "prompts": [{"name": "default", "type": "WithoutReference", "samplesPerProblem": %d}],
                  "codeInterpreter": {"sandboxPoolRef": {"name": "default"}},
                  "model": {"name": "m", "maxModelLength": 4096},
                  "inference": {"type": "Endpoint", "endpoint": {"url": "http://127.0.0.1:1"}},
                  "output": {"s3": {"bucket": "b", "prefix": "p"}}}}
                """.formatted(SAMPLES));
        long start = System.nanoTime();
        // What counts is heap and all else: the container's limit is for the whole process.
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:MaxDirectMemorySize=64m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        PlanningMillionsTest.class.getName(),
                        folder.toString()))
                .redirectError(folder.resolve("stderr").toFile())
                .start();
        long peakKib = 0;
        while (!process.waitFor(20, TimeUnit.MILLISECONDS)) {
            peakKib = Math.max(peakKib, peakKib(process.pid()));
            if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(60)) {
                process.destroyForcibly();
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.exitValue())
                .as(() -> out + read(folder.resolve("stderr")))
                .isZero();
        System.out.printf(
                "planning: %s (samples, checked, shards, ms in the role) in %.1f s, peak %d MiB resident%n",
                out.strip(), seconds, peakKib / 1024);
        assertThat(out).startsWith("7500000 7500000 3750 ");
        assertThat(seconds).as("seconds, start of the JVM included").isLessThan(20);
        assertThat(peakKib).as("KiB resident").isLessThan(512 * 1024);
    }

    private void problems() throws Exception {
        Path file = Files.createDirectories(folder.resolve("sources/gsm8k")).resolve("train.jsonl");
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (int i = 0; i < PROBLEMS; i++) {
                out.write("{\"question\": \"" + "A train leaves with passengers, and some get off. ".repeat(5) + i
                        + "\", \"answer\": \"" + "So many stay. ".repeat(20) + "\\n#### " + i + "\"}\n");
            }
        }
    }

    /** Linux: the most that was ever resident. */
    private static long peakKib(long pid) {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(0);
        } catch (java.io.IOException e) {
            return 0;
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (java.io.IOException e) {
            return "";
        }
    }
}
