package dev.openmath.worker.generate;

import dev.openmath.worker.dataset.Row;
import dev.openmath.worker.dataset.Usage;
import dev.openmath.worker.plan.SampleKey;
import dev.openmath.worker.progress.Conditions;
import dev.openmath.worker.shard.CommitLedger;
import dev.openmath.worker.shard.Leases;
import dev.openmath.worker.shard.ShardWork;
import dev.openmath.worker.store.StoreException;
import dev.openmath.worker.support.TestWorld;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/**
 * What a worker does between engine and store, in an order that its random numbers choose: the real supply, keeper,
 * leases and ledger, with samples that are made in no time.
 */
final class SimulatedWorker implements Simulation.Program {
    private static final int SHARDS_AT_ONCE = 2;

    private final Simulation simulation;
    private final String owner;
    private final Random random;
    private final boolean mayStop;

    SimulatedWorker(Simulation simulation, String owner, long seed, boolean mayStop) {
        this.simulation = simulation;
        this.owner = owner;
        this.random = new Random(seed);
        this.mayStop = mayStop;
    }

    @Override
    public void run(Simulation.Process self, SimulatedStore view) throws Exception {
        GenerateOptions plain = TestWorld.options();
        GenerateOptions options = new GenerateOptions(
                plain.tick(),
                Duration.ofSeconds(3),
                plain.flushBytes(),
                plain.spoolBytes(),
                Duration.ofSeconds(60),
                plain.poll(),
                plain.list(),
                plain.patience(),
                plain.stop(),
                plain.retries());
        CommitLedger ledger = new CommitLedger(view, simulation.layout, simulation.clock);
        Leases leases = new Leases(view, simulation.layout, owner, options.lease(), simulation.clock);
        ShardKeeper keeper =
                new ShardKeeper(view, leases, ledger, new Conditions(simulation.clock), options, simulation.clock);
        ShardSupply supply = new ShardSupply(view, simulation.layout, () -> simulation.plan, leases, ledger);
        while (true) {
            self.handOver();
            int action = random.nextInt(mayStop ? 400 : 399);
            if (action < 150) {
                make(keeper);
            } else if (action < 250) {
                keeper.tend();
            } else if (action < 330) {
                if (keeper.all().size() < SHARDS_AT_ONCE && !supplied(supply, keeper)) {
                    return;
                }
            } else if (action < 370) {
                keeper.renewLeases();
            } else if (action < 399) {
                refresh(ledger);
            } else {
                keeper.letGo();
                return;
            }
        }
    }

    private static void refresh(CommitLedger ledger) throws InterruptedException {
        try {
            ledger.refresh();
        } catch (StoreException e) {
            // the next look may do better
        }
    }

    /** False if this worker is not needed any more. */
    private static boolean supplied(ShardSupply supply, ShardKeeper keeper) throws InterruptedException {
        try {
            return switch (supply.next(keeper.numbers())) {
                case ShardSupply.Found.Work found -> {
                    keeper.add(found.work());
                    yield true;
                }
                case ShardSupply.Found.Wait wait -> true;
                case ShardSupply.Found.Nothing nothing -> false;
            };
        } catch (StoreException e) {
            return true;
        }
    }

    private void make(ShardKeeper keeper) {
        List<ShardWork> held = keeper.all();
        if (held.isEmpty()) {
            return;
        }
        ShardWork work = held.get(random.nextInt(held.size()));
        List<Integer> pending = work.pending();
        for (int i = 1 + random.nextInt(4); i > 0 && !pending.isEmpty(); i--) {
            int index = pending.get(random.nextInt(pending.size()));
            if (random.nextInt(40) == 0) {
                work.failed(index, "EngineFaulty", 3, Usage.ZERO);
            } else {
                work.finished(index, row(work.key(index), work.number()));
                simulation.made++;
            }
            pending = work.pending();
        }
    }

    /** Whoever makes a sample makes another text. */
    private Row row(SampleKey key, int shard) {
        boolean correct = random.nextBoolean();
        return new Row(
                "What?",
                "42",
                correct ? "42" : null,
                "",
                correct,
                "without_reference_solution",
                key.dataset(),
                owner + " " + random.nextInt(),
                key.problemId(),
                key.variant(),
                key.sampleIndex(),
                key.sampleIndex(),
                1,
                0,
                List.of(),
                "stop",
                10,
                5,
                1,
                "openmathinstruct-1",
                "scripted",
                null,
                "OpenMath2024",
                "Strict",
                "OpenMath2024",
                "text",
                "ok",
                simulation.layout.runId(),
                shard);
    }
}
