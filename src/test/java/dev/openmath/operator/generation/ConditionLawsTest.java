package dev.openmath.operator.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openmath.api.ConditionTypes;
import dev.openmath.api.GenerationJob;
import dev.openmath.api.GenerationJobStatus;
import dev.openmath.api.GenerationJobStatus.Backoff;
import dev.openmath.api.SandboxPool;
import dev.openmath.operator.Conditions;
import dev.openmath.operator.Manifests;
import dev.openmath.operator.Trouble;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;

/** Laws that hold whatever happens: random histories of Jobs, pods, pools and specs, one decision after the other. */
class ConditionLawsTest {
    private static final List<String> REASONS =
            List.of("BucketNotFound", "SourceChanged", "InternalError", "StorageUnreachable", "SpecInvalid");

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @Property(tries = 300)
    void conditionsObeyTheirLawsThroughAnyHistory(@ForAll long seed, @ForAll @IntRange(min = 10, max = 60) int steps) {
        Random random = new Random(seed);
        World world = new World(random);
        for (int i = 0; i < steps; i++) {
            world.change();
            now = now.plus(Duration.ofSeconds(random.nextInt(40)));
            GenerationJobStatus before = world.job.getStatus();
            Decision decision = world.step(now);
            GenerationJobStatus after = world.job.getStatus();
            String history = "seed %d step %d %s -> %s".formatted(seed, i, decision, after.conditions());
            laws(before, after, history);
        }
    }

    private static void laws(@Nullable GenerationJobStatus before, GenerationJobStatus after, String history) {
        List<Condition> conditions = after.conditions();
        assertThat(conditions).as(history).extracting(Condition::getType).doesNotHaveDuplicates();
        Condition ready = Conditions.find(conditions, ConditionTypes.READY).orElseThrow();
        boolean isReady = "True".equals(ready.getStatus());
        var reconciling = Conditions.find(conditions, ConditionTypes.RECONCILING);
        var stalled = Conditions.find(conditions, ConditionTypes.STALLED);
        assertThat(reconciling.isPresent() && stalled.isPresent())
                .as("both; " + history)
                .isFalse();
        assertThat(isReady)
                .as("Ready exactly without either; " + history)
                .isEqualTo(reconciling.isEmpty() && stalled.isEmpty());
        reconciling.ifPresent(c -> assertThat(c.getStatus()).as(history).isEqualTo("True"));
        stalled.ifPresent(c -> assertThat(c.getStatus()).as(history).isEqualTo("True"));
        boolean failed = Conditions.isTrue(conditions, ConditionTypes.FAILED);
        if (failed) {
            assertThat(stalled).as("failed is stalled; " + history).isPresent();
        }
        boolean complete = Conditions.isTrue(conditions, ConditionTypes.COMPLETE);
        assertThat(failed && complete).as("failed and complete; " + history).isFalse();
        for (Condition c : conditions) {
            assertThat(c.getReason()).as(history).matches("[A-Za-z][A-Za-z0-9_]*");
            assertThat(c.getObservedGeneration()).as(history).isNotNull();
            Conditions.find(before == null ? null : before.conditions(), c.getType())
                    .filter(b -> b.getStatus().equals(c.getStatus()))
                    .ifPresent(b -> assertThat(c.getLastTransitionTime())
                            .as("time moves only with the status; " + history)
                            .isEqualTo(b.getLastTransitionTime()));
        }
        assertThat(Serialization.asJson(after).length()).as("size; " + history).isLessThan(16_384);
        if (before != null && before.progress() != null && before.plan() != null && after.progress() != null) {
            assertThat(after.progress().shards().committed())
                    .as("commits never fall; " + history)
                    .isGreaterThanOrEqualTo(before.progress().shards().committed());
        }
    }

    /** Everything around the operator, changing at random. */
    private static final class World {
        final Random random;
        final GenerationJob job = Jobs.demo();
        final List<Job> jobs = new ArrayList<>();
        final List<Pod> pods = new ArrayList<>();

        @Nullable
        SandboxPool pool;

        int uids;
        long committed;

        World(Random random) {
            this.random = random;
        }

        void change() {
            switch (random.nextInt(9)) {
                case 0 -> pool = pool(random.nextInt(3));
                case 1 -> pool = null;
                case 2 -> spec("suspend: true");
                case 3 -> spec("suspend: false");
                case 4 ->
                    jobs.stream()
                            .filter(j -> !JobStates.isOver(j))
                            .findFirst()
                            .ifPresent(j -> end(j, random.nextBoolean()));
                case 5 ->
                    jobs.stream().filter(j -> !JobStates.isOver(j)).findFirst().ifPresent(j -> end(j, true));
                case 6 -> jobs.removeIf(JobStates::isLeaving);
                case 7 -> job.getMetadata().setAnnotations(Map.of("openmath.dev/retry", "r" + random.nextInt(5)));
                default -> pods.removeIf(_ -> random.nextInt(4) == 0);
            }
        }

        private void spec(String suspend) {
            job.setSpec(Jobs.demo("spec:\n", "spec:\n  " + suspend + "\n").getSpec());
            job.getMetadata().setGeneration(job.getMetadata().getGeneration() + 1);
        }

        private void end(Job j, boolean success) {
            String role = j.getMetadata().getLabels().get("openmath.dev/role");
            String message = success
                    ? switch (role) {
                        case "plan" ->
                            "{\"runId\":\"%s\",\"problems\":20,\"samples\":80,\"shards\":4,\"sha256\":\"abc\"}"
                                    .formatted(Jobs.RUN);
                        case "generate" -> report();
                        default ->
                            "{\"rows\":{\"total\":80,\"correct\":1,\"incorrect\":78,\"noAnswer\":1,\"failed\":0}}";
                    }
                    : "{\"error\":{\"reason\":\"%s\",\"message\":\"why\"}}"
                            .formatted(REASONS.get(random.nextInt(REASONS.size())));
            pods.add(new PodBuilder()
                    .withNewMetadata()
                    .withName("p" + uids++)
                    .withNamespace("data")
                    .withLabels(j.getMetadata().getLabels())
                    .addNewOwnerReference()
                    .withUid(j.getMetadata().getUid())
                    .endOwnerReference()
                    .endMetadata()
                    .withNewStatus()
                    .withPhase(success ? "Succeeded" : "Failed")
                    .addNewContainerStatus()
                    .withName("worker")
                    .withNewState()
                    .withNewTerminated()
                    .withExitCode(success ? 0 : 1)
                    .withMessage(message)
                    .withFinishedAt("2026-01-01T00:00:00Z")
                    .endTerminated()
                    .endState()
                    .endContainerStatus()
                    .endStatus()
                    .build());
            jobs.replaceAll(x -> x != j
                    ? x
                    : new JobBuilder(j)
                            .withNewStatus()
                            .addNewCondition()
                            .withType(success ? "Complete" : "Failed")
                            .withStatus("True")
                            .endCondition()
                            .endStatus()
                            .build());
        }

        private String report() {
            committed = Math.min(4, committed + random.nextInt(3));
            return "{\"runId\":\"%s\",\"committed\":{\"samples\":%d,\"shards\":%d},\"listedAt\":\"%010d\"}"
                    .formatted(Jobs.RUN, committed * 20, committed, uids);
        }

        Decision step(Instant now) {
            Observation seen = new Observation(pool, List.copyOf(jobs), List.copyOf(pods), Map.of(), Map.of());
            Figures figures = Figures.of(job, seen);
            Decision decision = GenerationPlan.decide(job, seen, figures, now);
            switch (decision) {
                case Decision.StartPlan _ -> add(PlanJob.desired(job, dev.openmath.operator.Golden.SETTINGS));
                case Decision.StartGenerate s ->
                    add(GenerateJob.desired(job, s.attempt(), s.replicas(), dev.openmath.operator.Golden.SETTINGS));
                case Decision.StartFinalize s ->
                    add(FinalizeJob.desired(job, s.revision(), dev.openmath.operator.Golden.SETTINGS));
                case Decision.Replace r -> jobs.remove(r.job());
                case Decision.StopGenerate s ->
                    jobs.replaceAll(j -> j != s.job()
                            ? j
                            : new JobBuilder(j)
                                    .editMetadata()
                                    .withDeletionTimestamp(now.toString())
                                    .endMetadata()
                                    .build());
                default -> {}
            }
            job.setStatus(
                    new GenerationJobStatusFactory(Clock.fixed(now, ZoneOffset.UTC)).of(job, seen, figures, decision));
            return decision;
        }

        private void add(Job desired) {
            assertThat(jobs)
                    .as("no Job is made twice: %s", desired.getMetadata().getName())
                    .noneMatch(j -> j.getMetadata()
                            .getName()
                            .equals(desired.getMetadata().getName()));
            if (JobNames.GENERATE.equals(desired.getMetadata().getLabels().get("openmath.dev/role"))) {
                assertThat(jobs.stream()
                                .filter(j -> JobNames.GENERATE.equals(
                                        j.getMetadata().getLabels().get("openmath.dev/role")))
                                .allMatch(JobStates::isOver))
                        .as("never two generate Jobs at once")
                        .isTrue();
            }
            desired.getMetadata().setUid("uid" + uids++);
            jobs.add(desired);
        }

        private static SandboxPool pool(int ready) {
            SandboxPool pool = Serialization.unmarshal(Manifests.POOL, SandboxPool.class);
            pool.setStatus(
                    new dev.openmath.api.SandboxPoolStatus(1L, ready, ready, ready, "", null, null, "t", List.of()));
            return pool;
        }
    }

    @Property(tries = 200)
    void backoffGrowsToItsCapAndCountsAJobOnce(@ForAll @IntRange(min = 1, max = 40) int failures) {
        Backoff last = null;
        Duration wait = Duration.ZERO;
        for (int i = 0; i < failures; i++) {
            Backoff next = Backoffs.after("u" + i, last, new Trouble("InternalError", ""), Backoffs.CAP, now)
                    .backoff();
            assertThat(Backoffs.after("u" + i, next, new Trouble("InternalError", ""), Backoffs.CAP, now.plusSeconds(5))
                            .backoff())
                    .isEqualTo(next);
            Duration delay = Duration.between(now, Instant.parse(next.retryTime()));
            assertThat(delay).isGreaterThanOrEqualTo(wait).isLessThanOrEqualTo(Backoffs.CAP);
            assertThat(next.failures()).isEqualTo(i + 1);
            wait = delay;
            last = next;
        }
    }
}
