package dev.openmath.operator;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Decides when a status is worth a write: at once when anything but figures differs, figures once in an interval. It
 * also remembers the last write, since a reconciliation may begin before the watch has brought it back.
 */
public final class StatusWrites<S> {
    /** A write that the watch did not bring back within this time has failed. */
    private static final Duration WATCH_LAG = Duration.ofSeconds(2);

    /** From here on, entries that no longer matter are dropped: nobody tells when an object is gone. */
    private static final int MANY = 1000;

    private record Written<S>(S status, String basedOn, Instant at) {}

    private final Map<String, Written<S>> written = new ConcurrentHashMap<>();
    private final UnaryOperator<S> withoutFigures;
    private final Duration interval;
    private final Clock clock;

    public StatusWrites(UnaryOperator<S> withoutFigures, Duration interval, Clock clock) {
        this.withoutFigures = withoutFigures;
        this.interval = interval;
        this.clock = clock;
    }

    /** The newest status known: the one just written, while the cache still holds the version it was written over. */
    public @Nullable S newest(String uid, String resourceVersion, @Nullable S cached) {
        Written<S> last = written.get(uid);
        return last != null
                        && last.basedOn.equals(resourceVersion)
                        && Duration.between(last.at, clock.instant()).compareTo(WATCH_LAG) < 0
                ? last.status
                : cached;
    }

    /** Whether to write {@code now} over {@code before}; a true answer counts as written. */
    public boolean due(String uid, String resourceVersion, @Nullable S before, S now) {
        if (now.equals(before)) {
            return false;
        }
        boolean onlyFigures = before != null && Objects.equals(withoutFigures.apply(before), withoutFigures.apply(now));
        Instant time = clock.instant();
        Written<S> last = written.get(uid);
        if (onlyFigures && last != null && Duration.between(last.at, time).compareTo(interval) < 0) {
            return false;
        }
        if (written.size() > MANY) {
            written.values().removeIf(w -> Duration.between(w.at, time).compareTo(interval.plus(WATCH_LAG)) > 0);
        }
        written.put(uid, new Written<>(now, resourceVersion, time));
        return true;
    }
}
