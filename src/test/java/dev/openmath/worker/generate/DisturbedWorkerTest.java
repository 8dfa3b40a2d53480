package dev.openmath.worker.generate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openmath.worker.FinalizeRole;
import dev.openmath.worker.dataset.SuccessManifest;
import dev.openmath.worker.inference.InferenceException;
import dev.openmath.worker.progress.Conditions;
import dev.openmath.worker.sandbox.SandboxException;
import dev.openmath.worker.store.FaultyObjectStore;
import dev.openmath.worker.store.ObjectHead;
import dev.openmath.worker.store.StoreException;
import dev.openmath.worker.store.StoredObject;
import dev.openmath.worker.store.WriteCondition;
import dev.openmath.worker.support.TestWorld;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a worker makes of other workers, of a store, an engine and sandboxes that are not as they should be. */
@Timeout(60)
class DisturbedWorkerTest {
    @TempDir
    Path folder;

    private TestWorld world;

    @BeforeEach
    void plan() {
        world = new TestWorld(folder, 4, 4, 4);
        world.plan();
    }

    private SuccessManifest.RowFigures finalized() throws Exception {
        return FinalizeRole.run(world.job(), world.store, folder.resolve("tmp"), null)
                .rows();
    }

    private CompletableFuture<GenerateWorker.Ending> start(GenerateWorker worker) {
        CompletableFuture<GenerateWorker.Ending> ending = new CompletableFuture<>();
        Thread.ofPlatform().start(() -> {
            try {
                ending.complete(worker.run());
            } catch (Throwable e) {
                ending.completeExceptionally(e);
            }
        });
        return ending;
    }

    private List<String> keys(String part) {
        return world.store.list("runs/").stream()
                .map(ObjectHead::key)
                .filter(key -> key.contains(part))
                .toList();
    }

    /** Each sample takes two rounds, except those of seed 3, which stop at their error. */
    private static int requests(int problems, int samples) {
        return problems * (2 * samples - 1);
    }

    /** Leaves parts of all four shards and no commit: the worker dies when it first commits. */
    private void dieBeforeCommitting() throws Exception {
        FaultyObjectStore view = new FaultyObjectStore(world.store, new FaultyObjectStore.Fault() {
            private final AtomicBoolean dead = new AtomicBoolean();

            @Override
            public void before(int call, String operation, String key) {
                if (operation.equals("put") && key.contains("/commits/")) {
                    dead.set(true);
                }
                if (dead.get()) {
                    throw new FaultyObjectStore.ProcessDied(key);
                }
            }

            @Override
            public void after(int call, String operation, String key) {}
        });
        try {
            world.worker(view, options -> options).run();
        } catch (FaultyObjectStore.ProcessDied e) {
            // as intended
        }
        world.clock.forward(Duration.ofMinutes(2));
    }

    @Test
    void whatAnEarlierOwnerStoredIsNotMadeAgain() throws Exception {
        dieBeforeCommitting();
        assertThat(keys("/commits/")).isEmpty();
        long stored = keys("/parts/").size();
        assertThat(stored).isPositive();
        int before = world.engine.requests();
        GenerateWorker successor = world.worker();
        successor.run();
        assertThat(world.engine.requests()).isLessThan(before + requests(4, 4));
        assertThat(finalized().total()).isEqualTo(16);
    }

    @Test
    void aTornPartIsIgnoredAndItsSamplesAreMadeAgain() throws Exception {
        dieBeforeCommitting();
        String torn = keys("/parts/").getFirst();
        StoredObject whole = world.store.get(torn).orElseThrow();
        byte[] half = java.util.Arrays.copyOf(whole.body(), whole.body().length / 2);
        world.store.put(torn, half, whole.head().metadata(), WriteCondition.none());
        world.worker().run();
        assertThat(finalized().total()).isEqualTo(16);
    }

    @Test
    void aForeignCommitCounts() throws Exception {
        // Somebody finished shard 0 while this worker held it: its own commit is refused.
        TestWorld other = new TestWorld(folder.resolve("other"), 4, 4, 4);
        other.plan();
        other.worker().run();
        String commit = other.store.list("runs/").stream()
                .map(ObjectHead::key)
                .filter(key -> key.endsWith("/commits/000000.json"))
                .findFirst()
                .orElseThrow();
        AtomicBoolean first = new AtomicBoolean(true);
        FaultyObjectStore view = new FaultyObjectStore(world.store, new FaultyObjectStore.Fault() {
            @Override
            public void before(int call, String operation, String key) {
                if (operation.equals("put") && key.equals(commit) && first.getAndSet(false)) {
                    other.store.list("runs/").stream()
                            .filter(head -> head.key().contains("/parts/000000/"))
                            .map(head -> other.store.get(head.key()).orElseThrow())
                            .forEach(part -> world.store.put(
                                    part.head().key(), part.body(), part.head().metadata(), WriteCondition.none()));
                    world.store.put(
                            commit, other.store.get(commit).orElseThrow().body());
                }
            }

            @Override
            public void after(int call, String operation, String key) {}
        });
        world.worker(view, options -> options).run();
        assertThat(world.store.get(commit).orElseThrow().body())
                .isEqualTo(other.store.get(commit).orElseThrow().body());
        assertThat(finalized().total()).isEqualTo(16);
    }

    @Test
    void aZombieThatGoesOnAfterItsLeaseCorruptsNothing() throws Exception {
        CompletableFuture<Void> resume = new CompletableFuture<>();
        world.engine.trouble(request -> {
            if (request == 6) {
                try {
                    resume.get();
                } catch (ExecutionException e) {
                    throw new IllegalStateException(e);
                }
            }
        });
        GenerateWorker zombie = world.worker();
        CompletableFuture<GenerateWorker.Ending> zombieEnding = start(zombie);
        while (world.engine.requests() < 6) {
            Thread.sleep(1);
        }
        world.clock.forward(Duration.ofMinutes(2));
        GenerateWorker successor = world.worker();
        assertThat(successor.run()).isEqualTo(GenerateWorker.Ending.NOTHING_LEFT);
        assertThat(finalized().total()).isEqualTo(16);
        resume.complete(null);
        zombieEnding.get(20, TimeUnit.SECONDS);
        assertThat(finalized().total()).as("after the zombie wrote what it had").isEqualTo(16);
    }

    @Test
    void twoWorkersShareTheWork() throws Exception {
        world = new TestWorld(folder.resolve("many"), 20, 6, 5);
        world.plan();
        world.engine.trouble(request -> Thread.sleep(2));
        var first = start(world.worker());
        var second = start(world.worker());
        assertThat(first.get()).isEqualTo(GenerateWorker.Ending.NOTHING_LEFT);
        assertThat(second.get()).isEqualTo(GenerateWorker.Ending.NOTHING_LEFT);
        assertThat(finalized().total()).isEqualTo(120);
        assertThat(world.engine.requests()).as("nothing is made twice").isEqualTo(requests(20, 6));
    }

    @Test
    void aStorageOutageLosesNothing() throws Exception {
        AtomicBoolean away = new AtomicBoolean();
        FaultyObjectStore view = new FaultyObjectStore(world.store, new FaultyObjectStore.Fault() {
            @Override
            public void before(int call, String operation, String key) {
                if (away.get()) {
                    throw new StoreException(StoreException.Reason.StorageUnreachable, "away", null);
                }
            }

            @Override
            public void after(int call, String operation, String key) {}
        });
        world.engine.trouble(request -> {
            if (request == 3) {
                away.set(true);
            }
        });
        GenerateWorker worker = world.worker(view, options -> options);
        var ending = start(worker);
        await(() -> worker.progress().conditions().stream()
                .anyMatch(c -> c.type().equals("StorageHealthy") && c.reason().equals("StorageUnreachable")));
        assertThat(worker.progress().conditions())
                .contains(new Conditions.Condition("StorageHealthy", "False", "StorageUnreachable", "away"));
        Thread.sleep(50);
        away.set(false);
        assertThat(ending.get()).isEqualTo(GenerateWorker.Ending.NOTHING_LEFT);
        assertThat(world.engine.requests())
                .as("no finished sample is made again")
                .isEqualTo(requests(4, 4));
        assertThat(finalized()).isEqualTo(new SuccessManifest.RowFigures(16, 8, 0, 8, 0));
    }

    @Test
    void anEngineThatGoesAwayIsWaitedForWithoutSpendingABudget() throws Exception {
        world.engine.trouble(request -> {
            if (request >= 5 && request < 60) {
                throw new InferenceException(InferenceException.Kind.UNREACHABLE, "gone", null, null);
            }
        });
        assertThat(world.worker().run()).isEqualTo(GenerateWorker.Ending.NOTHING_LEFT);
        assertThat(finalized().failed()).isZero();
    }

    @Test
    void aSampleThatInfrastructureDefeatsIsFailedAndBlocksNothing() throws Exception {
        world.engine.trouble(request -> {
            if (request == 4) {
                throw new InferenceException(InferenceException.Kind.REJECTED, "no", null, null);
            }
        });
        world.sandbox.trouble(execution -> {
            if (execution == 2) {
                throw new SandboxException(SandboxException.Kind.POISONED, "lost", null);
            }
            if (execution == 3) {
                throw new SandboxException(SandboxException.Kind.UNAVAILABLE, "away", null);
            }
        });
        GenerateWorker worker = world.worker();
        worker.run();
        assertThat(worker.progress().committed().failed()).isEqualTo(2);
        var rows = finalized();
        assertThat(rows.total()).isEqualTo(14);
        assertThat(rows.failed()).isEqualTo(2);
    }

    @Test
    void toldToStopItStoresWhatIsFinishedAndGivesItsLeasesBack() throws Exception {
        world.engine.trouble(request -> {
            if (request > 12) {
                Thread.sleep(60_000);
            }
        });
        GenerateWorker worker = world.worker(
                world.store,
                o -> new GenerateOptions(
                        o.tick(),
                        Duration.ofHours(1),
                        o.flushBytes(),
                        o.spoolBytes(),
                        o.lease(),
                        o.poll(),
                        o.list(),
                        o.patience(),
                        o.stop(),
                        o.retries()));
        var ending = start(worker);
        await(() -> world.engine.requests() >= 13
                && worker.progress().uncommitted().samples()
                                + worker.progress().committed().samples()
                        >= 4);
        worker.stop();
        assertThat(ending.get(10, TimeUnit.SECONDS)).isEqualTo(GenerateWorker.Ending.STOPPED);
        assertThat(keys("/parts/")).isNotEmpty();
        assertThat(world.sandbox.openSessions()).isEmpty();
        int before = world.engine.requests();
        world.engine.trouble(request -> {});
        // No time passes: the leases are free because they were given back.
        assertThat(world.worker().run()).isEqualTo(GenerateWorker.Ending.NOTHING_LEFT);
        assertThat(world.engine.requests() - before)
                .as("finished samples are not made again")
                .isLessThan(requests(4, 4));
        assertThat(finalized().total()).isEqualTo(16);
    }

    private static void await(java.util.function.BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            Thread.sleep(2);
        }
    }
}
