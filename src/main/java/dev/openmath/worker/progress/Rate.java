package dev.openmath.worker.progress;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** Events per second over the last minute, or since the start if that is shorter. */
public final class Rate {
    private static final Duration WINDOW = Duration.ofSeconds(60);

    private record Second(long second, int count) {}

    private final Clock clock;
    private final long start;
    private final Deque<Second> seconds = new ArrayDeque<>();
    private long inWindow;

    public Rate(Clock clock) {
        this.clock = clock;
        this.start = clock.instant().getEpochSecond();
    }

    public synchronized void event() {
        long now = clock.instant().getEpochSecond();
        Second last = seconds.peekLast();
        if (last != null && last.second() == now) {
            seconds.removeLast();
            seconds.addLast(new Second(now, last.count() + 1));
        } else {
            seconds.addLast(new Second(now, 1));
        }
        inWindow++;
        expire(now);
    }

    public synchronized double perSecond() {
        long now = clock.instant().getEpochSecond();
        expire(now);
        long span = Math.max(1, Math.min(WINDOW.toSeconds(), now - start));
        return Math.round(100.0 * inWindow / span) / 100.0;
    }

    private void expire(long now) {
        while (!seconds.isEmpty() && seconds.getFirst().second() <= now - WINDOW.toSeconds()) {
            inWindow -= seconds.removeFirst().count();
        }
    }
}
