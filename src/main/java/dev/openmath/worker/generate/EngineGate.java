package dev.openmath.worker.generate;

import dev.openmath.worker.inference.InferenceClient.EngineLoad;
import dev.openmath.worker.loop.EngineTurns;
import java.time.Clock;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Who may ask the engine. Continuations go before new samples: their prefix is still in the engine's cache, and a sample
 * that is finished frees memory. New samples are held back while something they will need is not there.
 */
public final class EngineGate implements EngineTurns {
    /** Samples open per request in flight: some wait for a sandbox. */
    private static final int OPEN_PER_REQUEST = 4;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ConcurrencyLimit limit;
    private final Clock clock;
    private int requests;
    private int open;
    private int waitingContinuations;
    private boolean held;
    private boolean closed;

    public EngineGate(ConcurrencyLimit limit, Clock clock) {
        this.limit = limit;
        this.clock = clock;
    }

    /**
     * Waits until a new sample may begin; its first request is counted from now on.
     *
     * @return false if the gate was closed meanwhile
     */
    public boolean admit() throws InterruptedException {
        lock.lock();
        try {
            while (!closed
                    && (held
                            || waitingContinuations > 0
                            || requests >= limit.current()
                            || open >= OPEN_PER_REQUEST * limit.current())) {
                changed.await();
            }
            if (closed) {
                return false;
            }
            requests++;
            open++;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** The sample that {@link #admit} let in has ended. */
    public void left() {
        locked(() -> open--);
    }

    @Override
    public void acquire() throws InterruptedException {
        lock.lock();
        try {
            waitingContinuations++;
            try {
                while (requests >= limit.current()) {
                    changed.await();
                }
                requests++;
            } finally {
                waitingContinuations--;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void release() {
        locked(() -> requests--);
    }

    @Override
    public void succeeded() {
        locked(() -> {
            if (requests >= limit.current()) {
                limit.succeeded();
            }
        });
    }

    @Override
    public void overloaded() {
        locked(() -> limit.overloaded(clock.instant()));
    }

    void observed(EngineLoad load) {
        locked(() -> limit.observed(load));
    }

    /** The job asks for another concurrency from now on; who is over it finishes first. */
    void change(ConcurrencyLimit.Setting setting) {
        locked(() -> limit.change(setting));
    }

    /** Whether new samples are held back. */
    void hold(boolean hold) {
        locked(() -> held = hold);
    }

    /** Lets nobody in any more. */
    void close() {
        locked(() -> closed = true);
    }

    int limit() {
        lock.lock();
        try {
            return limit.current();
        } finally {
            lock.unlock();
        }
    }

    int open() {
        lock.lock();
        try {
            return open;
        } finally {
            lock.unlock();
        }
    }

    private void locked(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
