package dev.openmath.worker.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.openmath.worker.FailureReason;
import dev.openmath.worker.RoleFailedException;
import dev.openmath.worker.plan.PlanEntry.SourceEntry;
import dev.openmath.worker.plan.Planning.WantedVariant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PlanningTest {
    private static final Plan NONE = new Plan(List.of());

    private static SourceEntry source(String name, int problems) {
        return new SourceEntry(
                name,
                name,
                "hash-" + name,
                problems,
                IntStream.range(0, problems).mapToObj(i -> name + i).toList());
    }

    private static WantedVariant variant(String name, int samples, String... sources) {
        return new WantedVariant(name, "prompt-" + name, sources.length == 0 ? null : List.of(sources), samples);
    }

    private static Plan extended(Plan plan, int perShard, List<SourceEntry> sources, List<WantedVariant> wanted) {
        return Planning.missing(plan, "v1-0", perShard, sources, wanted)
                .map(entry -> {
                    List<PlanEntry> entries = new ArrayList<>(plan.entries());
                    entries.add(entry);
                    return new Plan(entries);
                })
                .orElse(plan);
    }

    private static List<SampleKey> keys(Plan plan) {
        List<SampleKey> keys = new ArrayList<>();
        for (int shard = 0; shard < plan.shards(); shard++) {
            for (int i = 0; i < plan.shard(shard).size(); i++) {
                keys.add(plan.shard(shard).at(i).key());
            }
        }
        return keys;
    }

    @Property(tries = 200)
    void everyKeyIsPlannedOnceWhateverTheShardsAndHoweverThePlanGrew(
            @ForAll @IntRange(max = 6) int first,
            @ForAll @IntRange(min = 1, max = 6) int second,
            @ForAll @IntRange(min = 1, max = 7) int perShard,
            @ForAll @IntRange(min = 1, max = 4) int samples,
            @ForAll @IntRange(max = 3) int more) {
        List<SourceEntry> sources = List.of(source("a", first), source("b", second));
        Plan plan = extended(NONE, perShard, sources, List.of(variant("v", samples), variant("w", 2, "b")));
        List<SampleKey> before = keys(plan);
        plan = extended(plan, perShard, sources, List.of(variant("v", samples + more), variant("w", 2, "b")));
        List<SampleKey> after = keys(plan);
        assertThat(after.subList(0, before.size())).as("nothing is renumbered").isEqualTo(before);
        Set<SampleKey> expected = new HashSet<>();
        for (SourceEntry source : sources) {
            for (String id : source.ids()) {
                IntStream.range(0, samples + more).forEach(i -> expected.add(new SampleKey(source.name(), id, "v", i)));
                if (source.name().equals("b")) {
                    IntStream.range(0, 2).forEach(i -> expected.add(new SampleKey("b", id, "w", i)));
                }
            }
        }
        assertThat(after).doesNotHaveDuplicates().hasSize((int) plan.samples());
        assertThat(new HashSet<>(after)).isEqualTo(expected);
    }

    @Test
    void aProblemsSamplesLieTogether() {
        Plan plan = extended(NONE, 4, List.of(source("a", 2)), List.of(variant("v", 2), variant("w", 1)));
        assertThat(keys(plan).stream().map(SampleKey::toString))
                .containsExactly("a/a0/v/0", "a/a0/v/1", "a/a0/w/0", "a/a1/v/0", "a/a1/v/1", "a/a1/w/0");
    }

    @Test
    void millionsOfSamplesArePlannedAsRanges() {
        List<SourceEntry> sources = List.of(source("gsm8k", 7473), source("math", 7500));
        long start = System.nanoTime();
        Plan plan = extended(
                NONE, 2000, sources, List.of(variant("v", 256, "gsm8k"), variant("w", 448, "math"), variant("m", 300)));
        assertThat(plan.samples()).isEqualTo(7473L * 556 + 7500L * 748);
        assertThat(plan.shard(plan.shards() - 1).at(0).key().dataset()).isEqualTo("math");
        assertThat((System.nanoTime() - start) / 1_000_000).as("milliseconds").isLessThan(2000);
        assertThat(dev.openmath.worker.store.JsonDocuments.write(plan.entries().getFirst()).length)
                .as("bytes of the plan")
                .isLessThan(500_000);
    }

    @Test
    void changedInputsAreToldAndNeverASilentNewRun() {
        List<SourceEntry> sources = List.of(source("a", 2));
        Plan plan = extended(NONE, 4, sources, List.of(variant("v", 2)));
        assertFails(
                () -> extended(plan, 4, List.of(source("a", 3)), List.of(variant("v", 2))),
                FailureReason.SourceChanged,
                "problem source \"a\" is not what this run was planned with");
        assertFails(
                () -> extended(plan, 4, sources, List.of(new WantedVariant("v", "other", null, 2))),
                FailureReason.SourceChanged,
                "template or examples of prompt \"v\"");
        assertFails(
                () -> extended(plan, 4, sources, List.of(variant("v", 1))),
                FailureReason.SpecInvalid,
                "prompts[v].samplesPerProblem is 1, but 2 are planned already; it may only grow");
        assertFails(
                () -> extended(NONE, 4, List.of(source("a", 0)), List.of(variant("v", 1))),
                FailureReason.InputUnreadable,
                "no problem is left to solve");
        assertThat(extended(plan, 4, sources, List.of(variant("v", 2)))).isEqualTo(plan);
    }

    private static void assertFails(Runnable action, FailureReason reason, String message) {
        assertThatThrownBy(action::run)
                .isInstanceOfSatisfying(
                        RoleFailedException.class, e -> assertThat(e.reason()).isEqualTo(reason))
                .hasMessageContaining(message);
    }
}
