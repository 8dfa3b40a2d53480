package dev.openmath.worker.generate;

import dev.openmath.worker.FailureReason;
import dev.openmath.worker.JobContext;
import dev.openmath.worker.RoleFailedException;
import dev.openmath.worker.dataset.RowFactory;
import dev.openmath.worker.dataset.Usage;
import dev.openmath.worker.inference.InferenceClient;
import dev.openmath.worker.loop.SampleOutcome;
import dev.openmath.worker.loop.SampleRunner;
import dev.openmath.worker.loop.SampleTask;
import dev.openmath.worker.plan.Plan;
import dev.openmath.worker.plan.PlanEntry;
import dev.openmath.worker.plan.SampleKey;
import dev.openmath.worker.progress.Conditions;
import dev.openmath.worker.progress.ProgressDocument;
import dev.openmath.worker.progress.Rate;
import dev.openmath.worker.shard.CommitLedger;
import dev.openmath.worker.shard.Leases;
import dev.openmath.worker.shard.PartCodec;
import dev.openmath.worker.shard.ShardWork;
import dev.openmath.worker.store.ObjectStore;
import dev.openmath.worker.store.StoreException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One worker: leases shards as it needs them, starts samples as the engine has room, stores what is finished, until
 * nothing is left or it is told to stop.
 */
public final class GenerateWorker {
    private static final Logger LOG = Logger.getLogger(GenerateWorker.class);

    /** The executor's limit. */
    private static final int SESSION_KEY_LIMIT = 256;

    private final JobContext job;
    private final Plan plan;
    private final ObjectStore store;
    private final InferenceClient engine;
    private final SandboxProbe sandboxes;
    private final SampleRunner runner;
    private final RowFactory rows;
    private final EngineGate gate;
    private final Conditions conditions;
    private final GenerateOptions options;
    private final CommitLedger ledger;
    private final ShardKeeper keeper;
    private final ShardSupply supply;
    private final Rate rate;
    private final String sessionPrefix;

    private final BlockingQueue<QueuedSample> queue = new LinkedBlockingQueue<>();
    private final Set<Thread> samples = ConcurrentHashMap.newKeySet();
    private final AtomicReference<@Nullable Throwable> fatal = new AtomicReference<>();
    private volatile boolean stopping;
    private volatile boolean exhausted;

    private record QueuedSample(ShardWork work, int index) {}

    /** Whether sandboxes answer; the message says why not. */
    public interface SandboxProbe {
        InferenceClient.Health health() throws InterruptedException;
    }

    /** How the role ended. */
    public enum Ending {
        /** Nothing is left to lease. */
        NOTHING_LEFT,
        /** It was told to stop. */
        STOPPED
    }

    /**
     * @param owner names this worker in leases
     * @param sessionPrefix tells this job's sandbox sessions from another's
     */
    public GenerateWorker(
            JobContext job,
            Plan plan,
            ObjectStore store,
            InferenceClient engine,
            SandboxProbe sandboxes,
            SampleRunner runner,
            RowFactory rows,
            EngineGate gate,
            Conditions conditions,
            GenerateOptions options,
            String owner,
            String sessionPrefix,
            Clock clock) {
        this.job = job;
        this.plan = plan;
        this.store = store;
        this.engine = engine;
        this.sandboxes = sandboxes;
        this.runner = runner;
        this.rows = rows;
        this.gate = gate;
        this.conditions = conditions;
        this.options = options;
        this.sessionPrefix = sessionPrefix;
        this.rate = new Rate(clock);
        this.ledger = new CommitLedger(store, job.layout(), clock);
        Leases leases = new Leases(store, job.layout(), owner, options.lease(), clock);
        this.keeper = new ShardKeeper(store, leases, ledger, conditions, options, clock);
        this.supply = new ShardSupply(store, job.layout(), plan, leases, ledger);
    }

    /** Asks the worker to stop: it stores what is finished and gives its leases back. Returns at once. */
    public void stop() {
        stopping = true;
        gate.close();
    }

    /**
     * Works.
     *
     * @throws RoleFailedException if something stayed away for longer than the worker's patience
     */
    public Ending run() throws InterruptedException {
        try (Background background = new Background(this::failed)) {
            background.every(options.tick(), keeper::tend);
            background.every(options.lease().dividedBy(3), keeper::renewLeases);
            background.every(options.list(), this::refreshLedger);
            background.every(Duration.ofSeconds(2), this::watchEngine);
            background.every(options.tick(), this::holdOrAdmit);
            awaitDependencies();
            background.every(options.tick(), this::supplyShards);
            dispatch();
        } finally {
            gate.close();
            endSamples();
        }
        Throwable trouble = fatal.get();
        if (trouble == null || trouble instanceof RoleFailedException) {
            keeper.letGo();
        }
        if (trouble instanceof Error error) {
            throw error;
        }
        if (trouble != null) {
            throw RoleFailedException.of(trouble);
        }
        return stopping ? Ending.STOPPED : Ending.NOTHING_LEFT;
    }

    private void failed(Throwable trouble) {
        if (fatal.compareAndSet(null, trouble) && !(trouble instanceof RoleFailedException)) {
            LOG.errorf(trouble, "worker fails");
        }
        gate.close();
    }

    private boolean isEnding() {
        return stopping || fatal.get() != null;
    }

    /** Engine and sandboxes may come up later than the worker: it waits and says so. */
    private void awaitDependencies() throws InterruptedException {
        while (!isEnding()) {
            boolean engineUp = checkEngine();
            boolean sandboxesUp = checkSandboxes();
            if (engineUp && sandboxesUp) {
                engine.load().ifPresent(gate::observed);
                return;
            }
            Thread.sleep(Math.min(1000, options.poll().toMillis()));
        }
    }

    private boolean checkEngine() throws InterruptedException {
        InferenceClient.Health health = engine.health();
        if (health.ready()) {
            conditions.good(Conditions.Type.INFERENCE, "EngineReady", health.message());
        } else {
            conditions.bad(Conditions.Type.INFERENCE, "EngineUnreachable", health.message());
        }
        return health.ready();
    }

    private boolean checkSandboxes() throws InterruptedException {
        InferenceClient.Health health = sandboxes.health();
        if (health.ready()) {
            conditions.good(Conditions.Type.SANDBOXES, "SandboxesReady", health.message());
        } else {
            conditions.bad(Conditions.Type.SANDBOXES, "SandboxUnreachable", health.message());
        }
        return health.ready();
    }

    /** While something is away, its own return is looked for, and patience runs out. */
    private void watchEngine() throws InterruptedException {
        if (!conditions.isGood(Conditions.Type.INFERENCE)) {
            checkEngine();
        } else {
            engine.load().ifPresent(gate::observed);
        }
        if (!conditions.isGood(Conditions.Type.SANDBOXES)) {
            checkSandboxes();
        }
        impatient(Conditions.Type.INFERENCE, FailureReason.EngineUnreachable);
        impatient(Conditions.Type.SANDBOXES, FailureReason.SandboxUnreachable);
        impatient(Conditions.Type.STORAGE, FailureReason.StorageUnreachable);
    }

    private void impatient(Conditions.Type type, FailureReason reason) {
        if (conditions.badFor(type).compareTo(options.patience()) > 0) {
            throw new RoleFailedException(
                    reason,
                    conditions.get(type).message() + ", for "
                            + options.patience().toMinutes() + " minutes");
        }
    }

    private void refreshLedger() throws InterruptedException {
        try {
            ledger.refresh();
            keeper.reached();
        } catch (StoreException e) {
            keeper.storageBad(e);
        }
    }

    private void holdOrAdmit() {
        gate.hold(!conditions.isGood(Conditions.Type.INFERENCE)
                || !conditions.isGood(Conditions.Type.SANDBOXES)
                || keeper.spooledBytes() > options.spoolBytes());
    }

    /** Keeps as many samples queued as the engine could start at once. */
    private void supplyShards() throws InterruptedException {
        if (exhausted || isEnding() || queue.size() >= gate.limit()) {
            return;
        }
        try {
            switch (supply.next(keeper.numbers())) {
                case ShardSupply.Found.Work found -> {
                    keeper.add(found.work());
                    found.work().pending().forEach(index -> queue.add(new QueuedSample(found.work(), index)));
                }
                case ShardSupply.Found.Wait wait -> Thread.sleep(options.poll().toMillis());
                case ShardSupply.Found.Nothing nothing -> exhausted = true;
            }
        } catch (StoreException e) {
            keeper.storageBad(e);
            Thread.sleep(options.poll().toMillis());
        }
    }

    private void dispatch() throws InterruptedException {
        while (!isEnding()) {
            QueuedSample next = queue.poll(options.tick().toMillis(), TimeUnit.MILLISECONDS);
            if (next == null) {
                if (exhausted && keeper.all().isEmpty()) {
                    return;
                }
            } else if (!next.work().isAbandoned() && gate.admit()) {
                Thread sample = Thread.ofVirtual().unstarted(() -> make(next));
                samples.add(sample);
                sample.start();
            }
        }
    }

    private void make(QueuedSample sample) {
        ShardWork work = sample.work();
        try {
            switch (runner.run(task(work, sample.index()))) {
                case SampleOutcome.Finished done -> {
                    work.finished(sample.index(), rows.row(done.transcript()));
                    rate.event();
                }
                case SampleOutcome.Failed failed -> {
                    work.failed(sample.index(), failed.reason(), failed.attempts(), failed.usage());
                    LOG.warnf(
                            "sample failed sample=%s reason=%s attempts=%d",
                            work.key(sample.index()), failed.reason(), failed.attempts());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the worker stops; whoever is next makes it again
        } catch (RuntimeException e) {
            work.failed(sample.index(), "InternalError", 1, Usage.ZERO);
            LOG.errorf(e, "sample failed sample=%s reason=InternalError", work.key(sample.index()));
        } catch (Error e) {
            failed(e);
        } finally {
            gate.left();
            samples.remove(Thread.currentThread());
        }
    }

    private SampleTask task(ShardWork work, int index) {
        PlanEntry.Position position = work.shard().at(index);
        SampleKey key = position.key();
        JobContext.Variant variant = job.variants().get(key.variant());
        if (variant == null) {
            throw new IllegalStateException("prompt " + key.variant() + " is planned, but not in the spec");
        }
        return new SampleTask(
                key,
                job.problem(position),
                variant.renderer(),
                variant.rules(),
                job.settings().seedBase() + key.sampleIndex(),
                work.number(),
                sessionKey(key, work.lease().lease().epoch()));
    }

    /** An earlier owner's session of the same sample may still be open, so the epoch is part of the key. */
    private String sessionKey(SampleKey key, int epoch) {
        String plain = sessionPrefix + "/" + key + "/e" + epoch;
        return plain.length() <= SESSION_KEY_LIMIT ? plain : PartCodec.sha256(plain.getBytes(StandardCharsets.UTF_8));
    }

    private void endSamples() {
        samples.forEach(Thread::interrupt);
        long deadline = System.nanoTime() + Duration.ofSeconds(3).toNanos();
        for (Thread sample : samples) {
            try {
                sample.join(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** What is to be told about this worker now. */
    public ProgressDocument progress() {
        CommitLedger.Totals totals = ledger.totals();
        return new ProgressDocument(
                job.layout().runId(),
                new ProgressDocument.Planned(plan.samples(), plan.shards()),
                ProgressDocument.Committed.of(
                        totals.counts(), totals.shards(), totals.failed(), totals.problemsSolved()),
                ProgressDocument.Uncommitted.of(keeper.uncommitted()),
                gate.open(),
                keeper.numbers().size(),
                rate.perSecond(),
                totals.usage(),
                conditions.all(),
                totals.listedAt());
    }
}
