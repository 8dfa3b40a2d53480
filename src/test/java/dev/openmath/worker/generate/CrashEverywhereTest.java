package dev.openmath.worker.generate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openmath.worker.FinalizeRole;
import dev.openmath.worker.store.FaultyObjectStore;
import dev.openmath.worker.support.TestWorld;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** A worker dies at each of its storage calls in turn; its successor must give each planned sample exactly once. */
class CrashEverywhereTest {
    private static final int PROBLEMS = 3;
    private static final int SAMPLES = 3;
    private static final int PER_SHARD = 5;

    @TempDir
    Path folder;

    @TestFactory
    Stream<DynamicTest> eachStorageCallBeforeAndAfterItsEffect() throws Exception {
        int calls = callsOfAnUndisturbedWorker();
        assertThat(calls).as("storage calls of an undisturbed worker").isBetween(15, 200);
        return Stream.of(false, true)
                .flatMap(afterEffect -> java.util.stream.IntStream.rangeClosed(1, calls + 2)
                        .mapToObj(call -> DynamicTest.dynamicTest(
                                "call " + call + (afterEffect ? " after" : " before") + " its effect",
                                () -> dieAndResume(call, afterEffect))));
    }

    private int callsOfAnUndisturbedWorker() throws Exception {
        TestWorld world = world("undisturbed");
        world.plan();
        FaultyObjectStore view = FaultyObjectStore.dyingAt(world.store, Integer.MAX_VALUE, false);
        world.worker(view, options -> options).run();
        return view.calls();
    }

    private void dieAndResume(int call, boolean afterEffect) throws Exception {
        TestWorld world = world("call-" + call + afterEffect);
        world.plan();
        String died = "nowhere";
        try {
            world.worker(FaultyObjectStore.dyingAt(world.store, call, afterEffect), options -> options)
                    .run();
        } catch (FaultyObjectStore.ProcessDied e) {
            died = e.getMessage();
        }
        world.clock.forward(Duration.ofMinutes(2));
        GenerateWorker successor = world.worker();
        assertThat(successor.run()).as("died at " + died).isEqualTo(GenerateWorker.Ending.NOTHING_LEFT);
        // Finalize itself checks each planned key against rows and failed.
        var summary = FinalizeRole.run(world.job(), world.store, folder.resolve("tmp"), null);
        assertThat(summary.rows().total()).as("died at " + died).isEqualTo(PROBLEMS * SAMPLES);
        assertThat(summary.rows().failed()).as("died at " + died).isZero();
    }

    private TestWorld world(String name) {
        return new TestWorld(folder.resolve(name), PROBLEMS, SAMPLES, PER_SHARD);
    }
}
