package dev.openmath.worker.loop;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * How hard infrastructure is tried for one sample.
 *
 * @param maxFaults answers of a broken kind before the sample is given up; outages don't count
 * @param firstPause before the first repetition; doubles with each
 * @param longestPause between two tries
 */
public record RetryBudget(int maxFaults, Duration firstPause, Duration longestPause) {
    public static final RetryBudget DEFAULT = new RetryBudget(8, Duration.ofMillis(250), Duration.ofSeconds(10));

    /**
     * Waits before the next try: full jitter, so that a thousand samples do not come back at once.
     *
     * @param asked what the other side asks for; null if nothing
     */
    void pause(int tries, @Nullable Duration asked) throws InterruptedException {
        long ceiling = Math.min(longestPause.toMillis(), firstPause.toMillis() << Math.min(tries - 1, 16));
        long jittered = ThreadLocalRandom.current().nextLong(ceiling / 2, ceiling + 1);
        long floor = asked == null ? 0 : Math.min(asked.toMillis(), longestPause.toMillis());
        Thread.sleep(Math.max(jittered, floor));
    }
}
