package dev.openmath.worker.generate;

import dev.openmath.worker.JobContext;
import dev.openmath.worker.dataset.RowFactory;
import dev.openmath.worker.dataset.Usage;
import dev.openmath.worker.loop.SampleOutcome;
import dev.openmath.worker.loop.SampleRunner;
import dev.openmath.worker.loop.SampleTask;
import dev.openmath.worker.plan.PlanEntry;
import dev.openmath.worker.plan.SampleKey;
import dev.openmath.worker.progress.Rate;
import dev.openmath.worker.shard.PartCodec;
import dev.openmath.worker.shard.ShardWork;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** The samples in the making, each on a virtual thread of its own. */
final class SampleThreads {
    private static final Logger LOG = Logger.getLogger(SampleThreads.class);

    /** The executor's limit. */
    private static final int SESSION_KEY_LIMIT = 256;

    private final Supplier<JobContext> job;
    private final SampleRunner runner;
    private final RowFactory rows;
    private final EngineGate gate;
    private final Rate rate;
    private final String sessionPrefix;
    private final Consumer<Throwable> onError;
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    /** @param sessionPrefix tells this job's sandbox sessions from another's */
    SampleThreads(
            Supplier<JobContext> job,
            SampleRunner runner,
            RowFactory rows,
            EngineGate gate,
            Rate rate,
            String sessionPrefix,
            Consumer<Throwable> onError) {
        this.job = job;
        this.runner = runner;
        this.rows = rows;
        this.gate = gate;
        this.rate = rate;
        this.sessionPrefix = sessionPrefix;
        this.onError = onError;
    }

    /** Starts a sample that the gate has admitted. */
    void start(ShardWork work, int index) {
        Thread sample = Thread.ofVirtual().unstarted(() -> make(work, index));
        threads.add(sample);
        sample.start();
    }

    private void make(ShardWork work, int index) {
        try {
            switch (runner.run(task(work, index))) {
                case SampleOutcome.Finished done -> {
                    work.finished(index, rows.row(done.transcript()));
                    rate.event();
                }
                case SampleOutcome.Failed failed -> {
                    work.failed(index, failed.reason(), failed.attempts(), failed.usage());
                    LOG.warnf(
                            "sample failed sample=%s reason=%s attempts=%d",
                            work.key(index), failed.reason(), failed.attempts());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the worker stops; whoever is next makes it again
        } catch (RuntimeException e) {
            work.failed(index, "InternalError", 1, Usage.ZERO);
            LOG.errorf(e, "sample failed sample=%s reason=InternalError", work.key(index));
        } catch (Error e) {
            onError.accept(e);
        } finally {
            gate.left();
            threads.remove(Thread.currentThread());
        }
    }

    private SampleTask task(ShardWork work, int index) {
        JobContext context = job.get();
        PlanEntry.Position position = work.shard().at(index);
        SampleKey key = position.key();
        JobContext.Variant variant = context.variants().get(key.variant());
        if (variant == null) {
            throw new IllegalStateException("prompt " + key.variant() + " is planned, but not in the spec");
        }
        return new SampleTask(
                key,
                context.problem(position),
                variant.renderer(),
                variant.rules(),
                context.settings().seedBase() + key.sampleIndex(),
                work.number(),
                sessionKey(key, work.lease().lease().epoch()));
    }

    /** An earlier owner's session of the same sample may still be open, so the epoch is part of the key. */
    private String sessionKey(SampleKey key, int epoch) {
        String plain = sessionPrefix + "/" + key + "/e" + epoch;
        return plain.length() <= SESSION_KEY_LIMIT ? plain : PartCodec.sha256(plain.getBytes(StandardCharsets.UTF_8));
    }

    /** Ends all; waits a little until they have closed what they hold. */
    void end() {
        threads.forEach(Thread::interrupt);
        long deadline = System.nanoTime() + Duration.ofSeconds(3).toNanos();
        for (Thread sample : threads) {
            try {
                sample.join(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
