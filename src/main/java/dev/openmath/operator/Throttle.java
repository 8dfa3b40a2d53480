package dev.openmath.operator;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Remembers the last answer to a question for a while, so that a burst of watch events asks nobody again. */
public final class Throttle<V> {
    private record Answer<V>(V value, Instant at) {}

    private final Map<String, Answer<V>> answers = new ConcurrentHashMap<>();
    private final Duration interval;
    private final Clock clock;

    public Throttle(Duration interval, Clock clock) {
        this.interval = interval;
        this.clock = clock;
    }

    /** The answer for {@code key}: the remembered one while it is younger than the interval, else a new one. */
    public V get(String key, Supplier<V> question) {
        Answer<V> known = answers.get(key);
        Instant now = clock.instant();
        if (known != null && Duration.between(known.at, now).compareTo(interval) < 0) {
            return known.value;
        }
        V value = question.get();
        answers.put(key, new Answer<>(value, now));
        return value;
    }

    /** Whether the interval has passed since this last answered true for {@code key}. */
    public static boolean due(Map<String, Instant> last, String key, Duration interval, Instant now) {
        Instant before = last.get(key);
        if (before != null && Duration.between(before, now).compareTo(interval) < 0) {
            return false;
        }
        last.put(key, now);
        return true;
    }

    public void forget(String key) {
        answers.remove(key);
    }
}
