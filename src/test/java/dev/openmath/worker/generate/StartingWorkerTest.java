package dev.openmath.worker.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.openmath.worker.FailureReason;
import dev.openmath.worker.FinalizeRole;
import dev.openmath.worker.RoleFailedException;
import dev.openmath.worker.progress.Conditions;
import dev.openmath.worker.store.FaultyObjectStore;
import dev.openmath.worker.store.StoreException;
import dev.openmath.worker.support.TestWorld;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is not there at a worker's start is waited for; what changes while it runs is noticed. */
@Timeout(30)
class StartingWorkerTest {
    @TempDir
    Path folder;

    private TestWorld world;
    private final AtomicReference<StoreException.@Nullable Reason> away = new AtomicReference<>();

    @BeforeEach
    void plan() {
        world = new TestWorld(folder, 4, 4, 4);
        world.plan();
    }

    private PatientWorker worker(Conditions conditions) {
        FaultyObjectStore view = new FaultyObjectStore(world.store, new FaultyObjectStore.Fault() {
            @Override
            public void before(int call, String operation, String key) {
                StoreException.Reason reason = away.get();
                if (reason != null) {
                    throw new StoreException(reason, "storage is away", null);
                }
            }

            @Override
            public void after(int call, String operation, String key) {}
        });
        return new PatientWorker(
                world.job().runId(),
                () -> world.worker(view, options -> options, conditions),
                conditions,
                TestWorld.options());
    }

    private static CompletableFuture<GenerateWorker.Ending> start(PatientWorker worker) {
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

    private static void await(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            Thread.sleep(2);
        }
    }

    private static boolean says(PatientWorker worker, String reason) {
        return worker.progress().conditions().stream()
                .anyMatch(c -> c.type().equals("StorageHealthy")
                        && c.status().equals("False")
                        && c.reason().equals(reason));
    }

    @Test
    void storageThatDoesNotAnswerYetIsWaitedFor() throws Exception {
        away.set(StoreException.Reason.StorageUnreachable);
        PatientWorker worker = worker(new Conditions(world.clock));
        var ending = start(worker);
        await(() -> says(worker, "StorageUnreachable"));
        assertThat(worker.progress().runId()).isEqualTo(world.job().runId());
        Thread.sleep(50);
        assertThat(ending).isNotDone();
        away.set(null);
        assertThat(ending.get(20, TimeUnit.SECONDS)).isEqualTo(GenerateWorker.Ending.NOTHING_LEFT);
        assertThat(worker.progress().committed().samples()).isEqualTo(16);
    }

    @Test
    void patienceEnds() throws Exception {
        away.set(StoreException.Reason.StorageUnreachable);
        PatientWorker worker = worker(new Conditions(world.clock));
        var ending = start(worker);
        await(() -> says(worker, "StorageUnreachable"));
        world.clock.forward(Duration.ofHours(2));
        assertThatThrownBy(() -> ending.get(20, TimeUnit.SECONDS))
                .cause()
                .isInstanceOfSatisfying(
                        RoleFailedException.class,
                        e -> assertThat(e.reason()).isEqualTo(FailureReason.StorageUnreachable));
    }

    @Test
    void whatWaitingDoesNotHelpFailsAtOnce() {
        away.set(StoreException.Reason.StorageAccessDenied);
        assertThatThrownBy(() -> worker(new Conditions(world.clock)).run())
                .isInstanceOfSatisfying(
                        RoleFailedException.class,
                        e -> assertThat(e.reason()).isEqualTo(FailureReason.StorageAccessDenied));
    }

    @Test
    void aWorkerThatWaitsStopsWhenTold() throws Exception {
        away.set(StoreException.Reason.StorageUnreachable);
        PatientWorker worker = worker(new Conditions(world.clock));
        var ending = start(worker);
        await(() -> says(worker, "StorageUnreachable"));
        worker.stop();
        assertThat(ending.get(5, TimeUnit.SECONDS)).isEqualTo(GenerateWorker.Ending.STOPPED);
    }

    @Test
    void aSourceThatDoesNotAnswerYetIsWaitedFor() throws Exception {
        world.spec(spec -> {
            ObjectNode source =
                    (ObjectNode) spec.path("problems").path("sources").path(0);
            source.put("type", "HTTP").remove("configMap");
            source.putObject("http").put("url", "http://127.0.0.1:1/train.jsonl");
        });
        PatientWorker worker = worker(new Conditions(world.clock));
        var ending = start(worker);
        await(() -> says(worker, "InputUnreadable"));
        assertThat(ending).isNotDone();
        worker.stop();
        ending.get(5, TimeUnit.SECONDS);
    }

    @Test
    void concurrencyAndGrowthAreNoticedByARunningWorker() throws Exception {
        CompletableFuture<Void> proceed = new CompletableFuture<>();
        world.engine.trouble(request -> proceed.join());
        Conditions conditions = new Conditions(world.clock);
        GenerateWorker worker = world.worker(world.store, StartingWorkerTest::listingOften, conditions);
        CompletableFuture<GenerateWorker.Ending> ending = CompletableFuture.supplyAsync(() -> {
            try {
                return worker.run();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        await(() -> world.engine.requests() == 4);
        world.spec(spec -> spec.putObject("workers")
                .putObject("concurrency")
                .put("type", "Fixed")
                .put("initial", 9));
        await(() -> world.engine.requests() == 9);
        world.samplesPerProblem(6);
        world.addPrompt("more", 2);
        world.plan();
        await(() -> worker.progress().plan().samples() == 32);
        proceed.complete(null);
        assertThat(ending.get(20, TimeUnit.SECONDS)).isEqualTo(GenerateWorker.Ending.NOTHING_LEFT);
        assertThat(FinalizeRole.run(world.job(), world.store, folder.resolve("tmp"), null)
                        .rows()
                        .total())
                .isEqualTo(32);
    }

    private static GenerateOptions listingOften(GenerateOptions o) {
        return new GenerateOptions(
                o.tick(),
                o.flush(),
                o.flushBytes(),
                o.spoolBytes(),
                o.lease(),
                o.poll(),
                Duration.ofMillis(10),
                o.patience(),
                o.stop(),
                o.retries());
    }
}
