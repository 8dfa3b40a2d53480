package dev.openmath.worker.generate;

import dev.openmath.worker.FinalizeRole;
import dev.openmath.worker.JobFile;
import dev.openmath.worker.RoleFailedException;
import dev.openmath.worker.generate.SimulatedStore.Fault;
import dev.openmath.worker.plan.Plan;
import dev.openmath.worker.store.FaultyObjectStore.ProcessDied;
import dev.openmath.worker.store.ObjectStore;
import dev.openmath.worker.store.RunLayout;
import dev.openmath.worker.store.StoreException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Several processes over one store, one step at a time: a step goes from one storage call to the next, and the script
 * says whose it is, what the call meets and how much time passes. The same script gives the same run.
 */
final class Simulation {
    /** Where time begins. */
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    final JobFile job;
    final Plan plan;
    final RunLayout layout;
    final ObjectStore store;
    final Path temporary;
    final VirtualClock clock = new VirtualClock();
    final Map<Fault, Integer> faults = new EnumMap<>(Fault.class);
    private final Script script;
    private final Semaphore back = new Semaphore(0);
    private final List<Process> processes = new ArrayList<>();
    private final List<Runnable> delayed = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();
    final List<String> trace = new ArrayList<>();
    int made;
    private int names;
    private int calls;

    /** Decides all that is left open. */
    interface Script {
        /** Index of the process whose turn it is. */
        int turn(int alive);

        Fault fault(int call, Process process, String operation, String key);

        /** How much time passes before this step. */
        Duration pause();
    }

    static final class VirtualClock extends Clock {
        private Instant now = START;

        @Override
        public synchronized Instant instant() {
            return now;
        }

        synchronized void forward(Duration by) {
            now = now.plus(by);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    /** What a process does; its storage calls go through the view. */
    interface Program {
        void run(Process self, SimulatedStore view) throws Exception;
    }

    final class Process {
        private final String name;
        private final Thread thread;
        private final Semaphore go = new Semaphore(0);
        private @Nullable Instant stalledUntil;
        private boolean ended;
        private boolean died;

        private Process(String name, Program program) {
            this.name = name;
            this.thread = Thread.ofVirtual().unstarted(() -> {
                go.acquireUninterruptibly();
                try {
                    program.run(this, new SimulatedStore(Simulation.this, this, store));
                } catch (ProcessDied e) {
                    died = true;
                } catch (Throwable e) {
                    violations.add(name + " threw " + e);
                } finally {
                    ended = true;
                    back.release();
                }
            });
            thread.start();
        }

        String name() {
            return name;
        }

        Thread thread() {
            return thread;
        }

        boolean died() {
            return died;
        }

        void handOver() {
            back.release();
            go.acquireUninterruptibly();
        }

        /** Does nothing until its lease has long run out. */
        void stall() {
            stalledUntil = clock.instant().plus(Duration.ofSeconds(150));
            handOver();
        }
    }

    Simulation(JobFile job, Plan plan, ObjectStore store, Path temporary, Script script) {
        this.job = job;
        this.plan = plan;
        this.layout = new RunLayout(job.runId());
        this.store = store;
        this.temporary = temporary;
        this.script = script;
    }

    Process start(String name, Program program) {
        Process process = new Process(name + "#" + ++names, program);
        processes.add(process);
        return process;
    }

    /** Whether anybody still runs. */
    boolean isAlive() {
        return !processes.isEmpty();
    }

    List<Process> alive() {
        return processes;
    }

    int calls() {
        return calls;
    }

    /**
     * Lets one process go to its next storage call.
     *
     * @return the process if it ended
     */
    @Nullable
    Process step() {
        clock.forward(script.pause());
        List<Process> ready = processes.stream()
                .filter(p -> p.stalledUntil == null || !clock.instant().isBefore(p.stalledUntil))
                .toList();
        if (ready.isEmpty()) {
            clock.forward(Duration.ofSeconds(30)); // all that are alive are stalled
            return null;
        }
        Process next = ready.get(script.turn(ready.size()));
        next.stalledUntil = null;
        next.go.release();
        back.acquireUninterruptibly();
        if (next.ended) {
            processes.remove(next);
            return next;
        }
        return null;
    }

    Fault fault(Process process, String operation, String key) {
        Fault fault = script.fault(++calls, process, operation, key);
        faults.merge(fault, 1, Integer::sum);
        trace.add(process.name() + " " + operation + " " + key + " " + fault);
        return fault;
    }

    void later(Runnable write) {
        delayed.add(write);
    }

    /** One of the writes under way arrives. */
    void deliver(Random random) {
        if (!delayed.isEmpty()) {
            delayed.remove(random.nextInt(delayed.size())).run();
        }
    }

    void deliverAll() {
        while (!delayed.isEmpty()) {
            delayed.removeFirst().run();
        }
    }

    void violated(String what) {
        violations.add(what);
    }

    /** Somebody says that all is done. */
    void success() {
        violations.addAll(ExactlyOnce.flaws(store, layout, plan).stream()
                .map(flaw -> "_SUCCESS although " + flaw)
                .toList());
    }

    boolean isComplete() {
        return store.list(layout.commits()).size() == plan.shards();
    }

    List<String> violations() {
        return violations;
    }

    /** Exports the data set; what is not complete yet is no violation. */
    void finalizer(Process self, SimulatedStore view) throws Exception {
        try {
            FinalizeRole.run(job, view, temporary, null);
        } catch (StoreException e) {
            // the role fails and is started again
        } catch (RoleFailedException e) {
            switch (e.reason()) {
                case ShardsOpen, StorageUnreachable -> {}
                default -> throw e;
            }
        }
    }
}
