package dev.openmath.operator;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Decides when a status is worth a write: at once when anything but figures differs, figures once in an interval. */
public final class StatusWrites<S> {
    private final Map<String, Instant> lastWrites = new ConcurrentHashMap<>();
    private final UnaryOperator<S> withoutFigures;
    private final Duration interval;
    private final Clock clock;

    public StatusWrites(UnaryOperator<S> withoutFigures, Duration interval, Clock clock) {
        this.withoutFigures = withoutFigures;
        this.interval = interval;
        this.clock = clock;
    }

    /** Whether to write {@code now} over {@code before}; a true answer counts as written. */
    public boolean due(String uid, @Nullable S before, S now) {
        if (now.equals(before)) {
            return false;
        }
        boolean onlyFigures = before != null && Objects.equals(withoutFigures.apply(before), withoutFigures.apply(now));
        Instant time = clock.instant();
        Instant last = lastWrites.get(uid);
        if (onlyFigures && last != null && Duration.between(last, time).compareTo(interval) < 0) {
            return false;
        }
        lastWrites.put(uid, time);
        return true;
    }

    public void forget(String uid) {
        lastWrites.remove(uid);
    }
}
