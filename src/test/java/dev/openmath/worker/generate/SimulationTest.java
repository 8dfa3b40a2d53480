package dev.openmath.worker.generate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openmath.worker.JobFile;
import dev.openmath.worker.dataset.PrefixVerification;
import dev.openmath.worker.generate.SimulatedStore.Fault;
import dev.openmath.worker.plan.Plan;
import dev.openmath.worker.plan.PlanStore;
import dev.openmath.worker.store.IgnoringConditions;
import dev.openmath.worker.store.InMemoryObjectStore;
import dev.openmath.worker.store.ObjectHead;
import dev.openmath.worker.store.RunLayout;
import dev.openmath.worker.store.StoredObject;
import dev.openmath.worker.store.WriteCondition;
import dev.openmath.worker.support.TestWorld;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Workers, leases, parts, commits and the export under faults, deterministically. {@code -Dsimulation.runs=N} makes more
 * runs, {@code -Dsimulation.seed=S} begins with the seed of a run that failed.
 */
class SimulationTest {
    private static final int STEPS = 200_000;

    @TempDir
    Path folder;

    private List<Shape> shapes = List.of();

    /** A job that is planned. */
    private record Shape(JobFile job, Plan plan, InMemoryObjectStore planned) {
        InMemoryObjectStore copy() {
            InMemoryObjectStore copy = new InMemoryObjectStore();
            for (ObjectHead head : planned.list("")) {
                StoredObject object = planned.get(head.key()).orElseThrow();
                copy.put(head.key(), object.body(), object.head().metadata(), WriteCondition.none());
            }
            return copy;
        }
    }

    @BeforeEach
    void plan() {
        shapes = List.of(shape(1, 1, 1), shape(3, 2, 2), shape(4, 4, 3), shape(9, 10, 7), shape(5, 4, 50));
    }

    private Shape shape(int problems, int samples, int perShard) {
        TestWorld world = new TestWorld(folder.resolve(problems + "-" + samples), problems, samples, perShard);
        world.plan();
        JobFile job = world.job();
        return new Shape(job, new PlanStore(world.store, new RunLayout(job.runId())).read(), world.store);
    }

    /** Faults at random until they are switched off. */
    private static final class RandomScript implements Simulation.Script {
        private static final Fault[] ALL = Fault.values();
        private final Random random;
        private final double rate;
        private boolean calm;

        RandomScript(Random random) {
            this.random = random;
            this.rate = random.nextInt(4) * 0.03 + 0.01;
        }

        @Override
        public int turn(int alive) {
            return random.nextInt(alive);
        }

        @Override
        public Fault fault(int call, Simulation.Process process, String operation, String key) {
            if (calm || random.nextDouble() > rate) {
                return Fault.NONE;
            }
            Fault fault = ALL[random.nextInt(ALL.length)];
            return switch (fault) {
                case DELAYED, TWICE -> operation.equals("put") ? fault : Fault.ANSWER_LOST;
                case TORN ->
                    operation.equals("put") && (key.contains("/parts/") || key.contains("/leases/"))
                            ? fault
                            : Fault.REFUSED;
                default -> fault;
            };
        }

        @Override
        public Duration pause() {
            return random.nextInt(150) == 0 ? Duration.ofSeconds(70) : Duration.ofMillis(random.nextInt(1200));
        }
    }

    @Test
    void whateverHappensEachPlannedSampleIsThereExactlyOnce() throws IOException {
        long first = Long.getLong("simulation.seed", System.nanoTime() & 0xffff_ffffL);
        int runs = Integer.getInteger("simulation.runs", 300);
        Map<Fault, Integer> faults = new EnumMap<>(Fault.class);
        long planned = 0;
        long made = 0;
        long start = System.nanoTime();
        for (long seed = first; seed < first + runs; seed++) {
            Simulation simulation = randomRun(seed);
            simulation.faults.forEach((fault, n) -> faults.merge(fault, n, Integer::sum));
            planned += simulation.plan.samples();
            made += simulation.made;
        }
        System.out.printf(
                "simulation: %d runs from seed %d in %.1f s, %d samples planned, %d made, calls by fault %s%n",
                runs, first, (System.nanoTime() - start) / 1e9, planned, made, faults);
    }

    @Test
    void theSameSeedGivesTheSameRun() throws IOException {
        assertThat(randomRun(3).trace).isEqualTo(randomRun(3).trace);
    }

    /** The laws are watched: a store that does not keep its promise breaks them. */
    @Test
    void aStoreWithoutConditionalWritesIsFoundOut() {
        int found = 0;
        for (long seed = 1; seed <= 30; seed++) {
            Random random = new Random(seed);
            Shape shape = shapes.get(3);
            RandomScript script = new RandomScript(random);
            Simulation simulation = disturbed(
                    random,
                    script,
                    new Simulation(
                            shape.job(),
                            shape.plan(),
                            IgnoringConditions.over(shape.copy()),
                            folder.resolve("tmp"),
                            script),
                    seed);
            found += simulation.violations().isEmpty() ? 0 : 1;
        }
        assertThat(found).as("of 30 runs").isPositive();
    }

    private Simulation randomRun(long seed) throws IOException {
        Random random = new Random(seed);
        Shape shape = shapes.get(random.nextInt(shapes.size()));
        RandomScript script = new RandomScript(random);
        Simulation simulation = new Simulation(shape.job(), shape.plan(), shape.copy(), folder.resolve("tmp"), script);
        disturbed(random, script, simulation, seed);
        check(simulation, "seed " + seed);
        return simulation;
    }

    private static Simulation disturbed(Random random, RandomScript script, Simulation simulation, long seed) {
        int workers = 1 + random.nextInt(5);
        int disturbed = 100 + random.nextInt(1500);
        List<String> free = new ArrayList<>();
        for (int i = 0; i < workers; i++) {
            free.add("worker-" + i);
        }
        int fresh = workers;
        for (int step = 0; !simulation.isComplete() || simulation.isAlive(); step++) {
            assertThat(step).as("steps without an end, seed %d", seed).isLessThan(STEPS);
            script.calm = step > disturbed;
            if (!free.isEmpty() && !simulation.isComplete() && random.nextInt(20) == 0) {
                // A container that starts again has its old name, a new pod a new one.
                String owner = free.remove(random.nextInt(free.size()));
                owner = random.nextBoolean() ? owner : "worker-" + fresh++;
                simulation.start(owner, new SimulatedWorker(simulation, owner, random.nextLong(), !script.calm));
            }
            if (random.nextInt(300) == 0) {
                simulation.start("finalizer", simulation::finalizer);
            }
            if (script.calm) {
                simulation.deliverAll();
            } else if (random.nextInt(10) == 0) {
                simulation.deliver(random);
            }
            if (simulation.isAlive()) {
                Simulation.Process ended = simulation.step();
                if (ended != null && ended.name().startsWith("worker-")) {
                    free.add(ended.name().substring(0, ended.name().indexOf('#')));
                }
            }
        }
        simulation.deliverAll();
        script.calm = true;
        return simulation;
    }

    private static void check(Simulation simulation, String which) throws IOException {
        assertThat(simulation.violations()).as(which).isEmpty();
        assertThat(ExactlyOnce.flaws(simulation.store, simulation.layout, simulation.plan))
                .as(which)
                .isEmpty();
        for (int tries = 0;
                tries < 3 && simulation.store.head(RunLayout.SUCCESS).isEmpty();
                tries++) {
            simulation.start("finalizer", simulation::finalizer); // the one fault may be its
            while (simulation.isAlive()) {
                simulation.step();
            }
        }
        assertThat(simulation.violations()).as(which).isEmpty();
        PrefixVerification.Report report = PrefixVerification.verify(simulation.store);
        assertThat(report.problems()).as(which).isEmpty();
        assertThat(report.ok()).as(which).isTrue();
        assertThat(report.rows() + report.failed()).as(which).isEqualTo(simulation.plan.samples());
    }

    /** Two workers alternate as a seed says; one call meets one fault. */
    private static final class OneFault implements Simulation.Script {
        private final Random random;
        private final int at;
        private final Fault fault;

        OneFault(long seed, int at, Fault fault) {
            this.random = new Random(seed);
            this.at = at;
            this.fault = fault;
        }

        @Override
        public int turn(int alive) {
            return random.nextInt(alive);
        }

        @Override
        public Fault fault(int call, Simulation.Process process, String operation, String key) {
            return call == at ? fault : Fault.NONE;
        }

        @Override
        public Duration pause() {
            return Duration.ofMillis(random.nextInt(1000));
        }
    }

    @Test
    void ofTwoWorkersOneDiesOrStallsAtEachCall() throws IOException {
        int runs = 0;
        for (long seed = 1; seed <= 3; seed++) {
            int calls = twoWorkers(seed, 0, Fault.NONE).calls();
            assertThat(calls).as("calls of two undisturbed workers").isBetween(30, 600);
            for (Fault fault : List.of(
                    Fault.DIES_BEFORE, Fault.DIES_AFTER, Fault.STALLS_BEFORE, Fault.STALLS_AFTER, Fault.ANSWER_LOST)) {
                for (int at = 1; at <= calls; at++, runs++) {
                    twoWorkers(seed, at, fault);
                }
            }
        }
        System.out.printf("simulation: %d runs of two workers, one fault at each storage call%n", runs);
    }

    private Simulation twoWorkers(long seed, int at, Fault fault) throws IOException {
        Shape shape = shapes.get(1);
        Simulation simulation = new Simulation(
                shape.job(), shape.plan(), shape.copy(), folder.resolve("tmp"), new OneFault(seed, at, fault));
        simulation.start("a", new SimulatedWorker(simulation, "a", seed, false));
        simulation.start("b", new SimulatedWorker(simulation, "b", seed + 100, false));
        int successors = 0;
        for (int step = 0; !simulation.isComplete() || simulation.isAlive(); step++) {
            String which = "seed " + seed + " call " + at + " " + fault;
            assertThat(step).as("steps without an end, %s", which).isLessThan(STEPS);
            if (!simulation.isAlive()) {
                simulation.start("c", new SimulatedWorker(simulation, "c" + ++successors, seed + successors, false));
            }
            simulation.step();
        }
        check(simulation, "seed " + seed + " call " + at + " " + fault);
        return simulation;
    }
}
