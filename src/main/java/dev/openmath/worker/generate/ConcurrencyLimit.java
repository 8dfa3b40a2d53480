package dev.openmath.worker.generate;

import dev.openmath.worker.inference.InferenceClient.EngineLoad;
import java.time.Duration;
import java.time.Instant;

/**
 * How many requests an engine gets at once: additive increase while it keeps up, multiplicative decrease when it is
 * overloaded, never more than what it holds plus a tenth. Not safe for use by many threads; {@link EngineGate} guards it.
 */
public final class ConcurrencyLimit {
    private static final double DECREASE = 0.7;
    /** A burst of refusals is one event. */
    private static final Duration PAUSE_AFTER_DECREASE = Duration.ofSeconds(2);

    private final boolean adaptive;
    private double max;
    private double limit;
    private double slotsCap = Double.MAX_VALUE;
    private boolean queueing;
    private Instant lastDecrease = Instant.MIN;

    /**
     * @param adaptive if false, the limit stays at {@code initial}
     */
    public ConcurrencyLimit(boolean adaptive, int initial, int max) {
        this.adaptive = adaptive;
        this.max = adaptive ? max : initial;
        this.limit = Math.min(initial, this.max);
    }

    public int current() {
        return (int) Math.max(1, Math.min(limit, slotsCap));
    }

    /** A request was answered while others waited for the limit. */
    public void succeeded() {
        if (adaptive && !queueing) {
            limit = Math.min(max, limit + 1 / limit);
        }
    }

    public void overloaded(Instant now) {
        if (adaptive && (lastDecrease == Instant.MIN || now.isAfter(lastDecrease.plus(PAUSE_AFTER_DECREASE)))) {
            limit = Math.max(1, Math.min(limit, slotsCap) * DECREASE);
            lastDecrease = now;
        }
    }

    /** What the engine says of itself. */
    public void observed(EngineLoad load) {
        if (!adaptive) {
            return;
        }
        if (load.slots() > 0) {
            slotsCap = Math.max(load.slots() + 1.0, Math.ceil(load.slots() * 1.1));
        }
        queueing = load.waiting() > Math.max(2, load.running() / 10);
        if (queueing && load.running() > 0) {
            limit = Math.max(1, Math.min(limit, load.running() * 1.1 + 1));
        }
    }

    /** The job's spec changed while it runs. */
    public void resize(int newMax) {
        max = newMax;
        limit = Math.min(limit, max);
        if (!adaptive) {
            limit = max;
        }
    }
}
