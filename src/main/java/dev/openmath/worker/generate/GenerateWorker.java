package dev.openmath.worker.generate;

import dev.openmath.worker.JobContext;
import dev.openmath.worker.JobFile;
import dev.openmath.worker.RoleFailedException;
import dev.openmath.worker.dataset.RowFactory;
import dev.openmath.worker.inference.InferenceClient;
import dev.openmath.worker.loop.SampleRunner;
import dev.openmath.worker.plan.Plan;
import dev.openmath.worker.progress.Conditions;
import dev.openmath.worker.progress.ProgressDocument;
import dev.openmath.worker.progress.Rate;
import dev.openmath.worker.shard.CommitLedger;
import dev.openmath.worker.shard.Leases;
import dev.openmath.worker.shard.ShardWork;
import dev.openmath.worker.store.ObjectStore;
import dev.openmath.worker.store.StoreException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One worker: leases shards as it needs them, starts samples as the engine has room, stores what is finished, until
 * nothing is left or it is told to stop.
 */
public final class GenerateWorker {
    private static final Logger LOG = Logger.getLogger(GenerateWorker.class);

    private final PlanInUse plan;
    private final Supplier<JobFile> liveJob;
    private final Dependencies dependencies;
    private final EngineGate gate;
    private final Conditions conditions;
    private final GenerateOptions options;
    private final CommitLedger ledger;
    private final ShardKeeper keeper;
    private final ShardSupply supply;
    private final Rate rate;
    private final SampleThreads samples;

    private final BlockingQueue<QueuedSample> queue = new LinkedBlockingQueue<>();
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
     * @param liveJob reads the spec as it is now
     * @param reload reads spec and inputs anew
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
            Supplier<JobFile> liveJob,
            Supplier<JobContext> reload,
            Clock clock) {
        this.plan = new PlanInUse(store, job, plan, reload);
        this.liveJob = liveJob;
        this.dependencies = new Dependencies(engine, sandboxes, gate, conditions, options.patience());
        this.gate = gate;
        this.conditions = conditions;
        this.options = options;
        this.rate = new Rate(clock);
        this.ledger = new CommitLedger(store, job.layout(), clock);
        Leases leases = new Leases(store, job.layout(), owner, options.lease(), clock);
        this.keeper = new ShardKeeper(store, leases, ledger, conditions, options, clock);
        this.supply = new ShardSupply(store, job.layout(), this.plan::plan, leases, ledger);
        this.samples = new SampleThreads(this.plan::job, runner, rows, gate, rate, sessionPrefix, this::failed);
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
            background.every(options.list(), this::followSpec);
            background.every(Duration.ofSeconds(2), dependencies::watch);
            background.every(options.tick(), this::holdOrAdmit);
            dependencies.await(options.poll(), this::isEnding);
            background.every(options.tick(), this::supplyShards);
            dispatch();
        } finally {
            gate.close();
            samples.end();
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

    private void refreshLedger() throws InterruptedException {
        try {
            ledger.refresh();
            plan.grow();
            keeper.reached();
        } catch (StoreException e) {
            keeper.storageBad(e);
        }
    }

    /** Concurrency is a live field of the spec; a file that can't be read for a moment changes nothing. */
    private void followSpec() {
        try {
            gate.change(ConcurrencyLimit.Setting.of(liveJob.get().spec().workers()));
        } catch (RoleFailedException e) {
            LOG.debugf("spec not read again: %s", e.getMessage());
        }
    }

    private void holdOrAdmit() {
        gate.hold(!dependencies.areReady() || keeper.spooledBytes() > options.spoolBytes());
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
                case ShardSupply.Found.Nothing nothing -> exhausted = !plan.grow();
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
                samples.start(next.work(), next.index());
            }
        }
    }

    /** What is to be told about this worker now. */
    public ProgressDocument progress() {
        CommitLedger.Totals totals = ledger.totals();
        return new ProgressDocument(
                plan.job().layout().runId(),
                new ProgressDocument.Planned(plan.plan().samples(), plan.plan().shards()),
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
