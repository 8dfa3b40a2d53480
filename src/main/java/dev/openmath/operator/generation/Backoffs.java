package dev.openmath.operator.generation;

import dev.openmath.api.GenerationJobStatus.Backoff;
import dev.openmath.operator.Conditions;
import dev.openmath.operator.Trouble;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** When a failed Job is tried again: 10 s, doubled for each failure in a row, up to a cap. Pure. */
record Backoffs(Backoff backoff) {
    /** For Jobs of one small pod. */
    static final Duration CAP = Duration.ofMinutes(1);
    /** For Jobs that load a model into accelerators first. */
    static final Duration GENERATE_CAP = Duration.ofMinutes(5);

    private static final Duration FIRST = Duration.ofSeconds(10);

    /** What no further attempt mends: only another spec or other data does. */
    private static final Set<String> FINAL = Set.of("InputUnreadable", "SourceChanged", "PrefixInUse", "SpecInvalid");

    /** The backoff after this Job failed; a Job that was counted before counts no more. */
    static Backoffs after(String jobUid, @Nullable Backoff before, Trouble trouble, Duration cap, Instant now) {
        if (before != null && jobUid.equals(before.jobUid())) {
            return new Backoffs(before);
        }
        int failures = before == null ? 1 : before.failures() + 1;
        // Bad input is rarely mended within seconds.
        Duration longest = isFinal(trouble) ? GENERATE_CAP : cap;
        Duration delay = FIRST.multipliedBy(1L << Math.min(failures - 1, 10));
        Duration wait = delay.compareTo(longest) > 0 ? longest : delay;
        return new Backoffs(new Backoff(failures, jobUid, Conditions.timestamp(now.plus(wait))));
    }

    static boolean isFinal(Trouble trouble) {
        return FINAL.contains(trouble.reason());
    }

    boolean isDue(Instant now) {
        return !now.isBefore(Instant.parse(backoff.retryTime()));
    }
}
