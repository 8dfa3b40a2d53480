package dev.openmath.operator.generation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.openmath.api.GenerationJob;
import dev.openmath.api.GenerationJobStatus;
import dev.openmath.api.SandboxPool;
import dev.openmath.operator.Golden;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every object and status of a GenerationJob, as YAML to read. */
class JobGoldenTest {
    static Stream<Path> scenarios() {
        return Golden.scenarios("generationjob");
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void objectsAndStatus(Path folder) {
        Golden golden = new Golden(folder);
        GenerationJob job = golden.in("job", GenerationJob.class);
        if (folder.getFileName().toString().startsWith("objects-")) {
            golden.out("plan", PlanJob.desired(job, Golden.SETTINGS));
            golden.out("generate", GenerateJob.desired(job, 1, GenerationPlan.wantedWorkers(job), Golden.SETTINGS));
            golden.out("spec", SpecConfigMap.desired(job));
            golden.out("network-policy", WorkerNetworkPolicy.desired(job, Golden.SETTINGS));
            job.setStatus(Jobs.planned(job, 80, 4));
            golden.out("finalize", FinalizeJob.desired(job, 1, Golden.SETTINGS));
            return;
        }
        plan(job);
        List<Job> jobs = golden.list("child-jobs", Job.class);
        jobs.forEach(j -> hashes(j, job));
        Observation seen = new Observation(
                golden.inIfThere("pool", SandboxPool.class),
                jobs,
                golden.list("pods", Pod.class),
                answers(golden, job),
                volumeMessages(golden));
        Figures figures = Figures.of(job, seen);
        Decision decision = GenerationPlan.decide(job, seen, figures, Golden.CLOCK.instant());
        GenerationJobStatus status = new GenerationJobStatusFactory(Golden.CLOCK).of(job, seen, figures, decision);
        golden.out("status", status);
        golden.out("decision", Map.of("decision", decision.getClass().getSimpleName()));
    }

    /** {@code inputHash: current} stands for the hash of the spec beside it. */
    private static void plan(GenerationJob job) {
        GenerationJobStatus s = job.getStatus();
        if (s != null && s.plan() != null && "current".equals(s.plan().inputHash())) {
            var p = s.plan();
            job.setStatus(Jobs.withPlan(
                    s,
                    new GenerationJobStatus.Plan(
                            p.problems(), p.samples(), p.shards(), p.sha256(), SpecHashes.plan(job.getSpec()))));
        }
    }

    private static void hashes(Job child, GenerationJob job) {
        var annotations = child.getMetadata().getAnnotations();
        if ("current".equals(annotations.get("openmath.dev/input-hash"))) {
            String role = child.getMetadata().getLabels().get("openmath.dev/role");
            annotations.put(
                    "openmath.dev/input-hash",
                    switch (role) {
                        case "plan" -> SpecHashes.planPod(job.getSpec());
                        case "generate" -> SpecHashes.generatePod(job.getSpec());
                        default -> SpecHashes.finalizePod(job);
                    });
        }
    }

    private static Map<String, JsonNode> answers(Golden golden, GenerationJob job) {
        Map<String, JsonNode> answers = new TreeMap<>();
        @Nullable JsonNode all = golden.inIfThere("answers", JsonNode.class);
        if (all != null) {
            all.properties().forEach(e -> answers.put(e.getKey(), e.getValue()));
        }
        return answers;
    }

    private static Map<String, String> volumeMessages(Golden golden) {
        Map<String, String> messages = new TreeMap<>();
        @Nullable JsonNode all = golden.inIfThere("volume-messages", JsonNode.class);
        if (all != null) {
            all.properties().forEach(e -> messages.put(e.getKey(), e.getValue().asText()));
        }
        return messages;
    }
}
