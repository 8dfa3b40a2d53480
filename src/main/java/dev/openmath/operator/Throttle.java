package dev.openmath.operator;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Remembers the last answer to a question for a while, so that a burst of watch events asks nobody again. */
public final class Throttle<V> {
    private static final int MANY = 1000;

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
        if (answers.size() > MANY) {
            answers.values().removeIf(a -> Duration.between(a.at, now).compareTo(interval) >= 0);
        }
        V value = question.get();
        answers.put(key, new Answer<>(value, now));
        return value;
    }
}
