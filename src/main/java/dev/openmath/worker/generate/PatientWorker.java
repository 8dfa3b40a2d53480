package dev.openmath.worker.generate;

import dev.openmath.worker.RoleFailedException;
import dev.openmath.worker.dataset.ResultCounts;
import dev.openmath.worker.dataset.Usage;
import dev.openmath.worker.progress.Conditions;
import dev.openmath.worker.progress.ProgressDocument;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A worker from its very start: storage and sources that do not answer yet are waited for, and {@code /progress} says
 * so, as it does for what goes away later.
 */
public final class PatientWorker {
    private static final long FIRST_PAUSE_MILLIS = 500;
    private static final long LONGEST_PAUSE_MILLIS = 10_000;

    private final String runId;
    private final Supplier<GenerateWorker> make;
    private final Conditions conditions;
    private final GenerateOptions options;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private @Nullable GenerateWorker worker;

    /** @param make reads plan and inputs; called again while what it throws may pass */
    public PatientWorker(String runId, Supplier<GenerateWorker> make, Conditions conditions, GenerateOptions options) {
        this.runId = runId;
        this.make = make;
        this.conditions = conditions;
        this.options = options;
    }

    /** Asks the worker to stop. Returns at once. */
    public synchronized void stop() {
        stopped.countDown();
        if (worker != null) {
            worker.stop();
        }
    }

    /**
     * Waits, then works.
     *
     * @throws RoleFailedException at once if waiting would not help, else when patience is at its end
     */
    public GenerateWorker.Ending run() throws InterruptedException {
        long pause = Math.min(FIRST_PAUSE_MILLIS, options.poll().toMillis());
        while (stopped.getCount() > 0) {
            try {
                return started(make.get()).run();
            } catch (RuntimeException e) {
                RoleFailedException trouble = RoleFailedException.of(e);
                if (!trouble.isPassing() || began()) {
                    throw trouble;
                }
                conditions.bad(Conditions.Type.STORAGE, trouble.reason().name(), String.valueOf(trouble.getMessage()));
                if (conditions.badFor(Conditions.Type.STORAGE).compareTo(options.patience()) > 0) {
                    throw trouble;
                }
            }
            if (stopped.await(ThreadLocalRandom.current().nextLong(pause / 2, pause + 1), TimeUnit.MILLISECONDS)) {
                break;
            }
            pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
        }
        return GenerateWorker.Ending.STOPPED;
    }

    private synchronized boolean began() {
        return worker != null;
    }

    private synchronized GenerateWorker started(GenerateWorker made) {
        worker = made;
        if (stopped.getCount() == 0) {
            made.stop();
        }
        return made;
    }

    /** What is to be told now; before the plan is read, its size and everything else is zero. */
    public synchronized ProgressDocument progress() {
        return worker != null
                ? worker.progress()
                : new ProgressDocument(
                        runId,
                        new ProgressDocument.Planned(0, 0),
                        ProgressDocument.Committed.of(ResultCounts.ZERO, 0, 0, 0),
                        ProgressDocument.Uncommitted.of(ResultCounts.ZERO),
                        0,
                        0,
                        0,
                        Usage.ZERO,
                        conditions.all(),
                        null);
    }
}
