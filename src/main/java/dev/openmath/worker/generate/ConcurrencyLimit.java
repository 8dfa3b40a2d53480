package dev.openmath.worker.generate;

import dev.openmath.api.Workers;
import dev.openmath.worker.inference.InferenceClient.EngineLoad;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How many requests an engine gets at once: additive increase while it keeps up, multiplicative decrease when it is
 * overloaded, never more than what it holds plus a tenth. Not safe for use by many threads; {@link EngineGate} guards it.
 */
public final class ConcurrencyLimit {
    private static final double DECREASE = 0.7;
    /** A burst of refusals is one event. */
    private static final Duration PAUSE_AFTER_DECREASE = Duration.ofSeconds(2);

    private Setting setting;
    private double limit;
    private double slotsCap = Double.MAX_VALUE;
    private boolean queueing;
    private Instant lastDecrease = Instant.MIN;

    /**
     * What the job asks for.
     *
     * @param adaptive if false, the limit stays at {@code initial}
     */
    public record Setting(boolean adaptive, int initial, int max) {
        /** That of a job, with defaults filled in. */
        public static Setting of(@Nullable Workers workers) {
            Workers.Concurrency c = workers == null ? null : workers.concurrency();
            int initial = c == null || c.initial() == null ? 64 : c.initial();
            int max = c == null || c.max() == null ? 1024 : c.max();
            boolean adaptive = c == null || c.type() != Workers.ConcurrencyType.Fixed;
            return new Setting(adaptive, initial, adaptive ? Math.max(initial, max) : initial);
        }
    }

    public ConcurrencyLimit(Setting setting) {
        this.setting = setting;
        this.limit = Math.min(setting.initial(), setting.max());
    }

    public int current() {
        return (int) Math.max(1, Math.min(limit, slotsCap));
    }

    /** A request was answered while others waited for the limit. */
    public void succeeded() {
        if (setting.adaptive() && !queueing) {
            limit = Math.min(setting.max(), limit + 1 / limit);
        }
    }

    public void overloaded(Instant now) {
        if (setting.adaptive()
                && (lastDecrease == Instant.MIN || now.isAfter(lastDecrease.plus(PAUSE_AFTER_DECREASE)))) {
            limit = Math.max(1, Math.min(limit, slotsCap) * DECREASE);
            lastDecrease = now;
        }
    }

    /** What the engine says of itself. */
    public void observed(EngineLoad load) {
        if (!setting.adaptive()) {
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

    /** The job's spec changed while it runs: what was learnt of the engine stays, within the new bounds. */
    public void change(Setting now) {
        if (now.equals(setting)) {
            return;
        }
        boolean keepLearning = now.adaptive() && setting.adaptive() && now.initial() == setting.initial();
        limit = Math.min(keepLearning ? limit : now.initial(), now.max());
        if (!now.adaptive()) {
            slotsCap = Double.MAX_VALUE;
            queueing = false;
        }
        setting = now;
    }
}
