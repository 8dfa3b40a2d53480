package dev.openmath.operator.generation;

import dev.openmath.api.GenerationJob;
import dev.openmath.api.GenerationJobStatus;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Progress of a job: the newest job-wide figures of any worker, and the sum of what each has beyond them. Where no
 * worker answers, the last known figures stay. Pure.
 *
 * @param finished committed samples and those waiting for their shard's commit
 * @param usage {@code null} until a worker told it
 * @param live whether a running worker answered
 */
record Figures(
        long committed,
        long finished,
        long failed,
        long inFlight,
        long shardsCommitted,
        long shardsLeased,
        long correct,
        long incorrect,
        long noAnswer,
        long codeErrors,
        long timeouts,
        long textOnly,
        long problemsSolved,
        double samplesPerSecond,
        GenerationJobStatus.@Nullable Usage usage,
        boolean live) {

    static Figures of(GenerationJob job, Observation seen) {
        Figures before = known(job.getStatus());
        List<WorkerReport> live = seen.reports(job);
        if (!live.isEmpty()) {
            return merge(live, before, true);
        }
        List<WorkerReport> last = seen.lastReports(job);
        if (last.isEmpty()) {
            return before;
        }
        Figures words = merge(List.of(last.getLast()), before, false);
        return isNewer(words, before, job.getStatus()) ? words : before;
    }

    /** A worker's last words may be older than what another one, or finalize, told before. */
    private static boolean isNewer(Figures words, Figures before, @Nullable GenerationJobStatus status) {
        if (words.shardsCommitted != before.shardsCommitted) {
            return words.shardsCommitted > before.shardsCommitted;
        }
        boolean verified = status != null && status.output() != null;
        return words.finished > before.finished || (words.finished == before.finished && !verified);
    }

    private static Figures merge(List<WorkerReport> reports, Figures before, boolean live) {
        WorkerReport newest =
                reports.stream().max(Comparator.comparing(WorkerReport::listed)).orElseThrow();
        WorkerReport.Counts c = newest.committedCounts();
        long uncommitted = sum(reports, WorkerReport.Counts::samples);
        long committed = Math.max(before.committed, c.samples());
        return new Figures(
                committed,
                committed + uncommitted,
                Math.max(before.failed, c.failed()),
                live ? reports.stream().mapToLong(WorkerReport::inFlight).sum() : 0,
                Math.max(before.shardsCommitted, c.shards()),
                live ? reports.stream().mapToLong(WorkerReport::leasedShards).sum() : 0,
                c.correct() + sum(reports, WorkerReport.Counts::correct),
                c.incorrect() + sum(reports, WorkerReport.Counts::incorrect),
                c.noAnswer() + sum(reports, WorkerReport.Counts::noAnswer),
                c.codeErrors() + sum(reports, WorkerReport.Counts::codeErrors),
                c.timeouts() + sum(reports, WorkerReport.Counts::timeouts),
                c.textOnly() + sum(reports, WorkerReport.Counts::textOnly),
                Math.max(before.problemsSolved, c.problemsSolved()),
                live
                        ? reports.stream()
                                .mapToDouble(WorkerReport::samplesPerSecond)
                                .sum()
                        : 0,
                usage(newest.usage()).orElse(before.usage),
                live);
    }

    private static long sum(List<WorkerReport> reports, java.util.function.ToLongFunction<WorkerReport.Counts> of) {
        return reports.stream()
                .mapToLong(r -> of.applyAsLong(r.uncommittedCounts()))
                .sum();
    }

    private static Optional<GenerationJobStatus.Usage> usage(WorkerReport.@Nullable Usage u) {
        return Optional.ofNullable(u)
                .map(x -> new GenerationJobStatus.Usage(
                        x.promptTokens(),
                        x.outputTokens(),
                        x.wastedTokens(),
                        Math.round(x.engineSeconds()),
                        x.executions()));
    }

    /** What the status already says. */
    private static Figures known(@Nullable GenerationJobStatus status) {
        GenerationJobStatus.Progress p = status == null ? null : status.progress();
        GenerationJobStatus.SampleCounts samples = p == null ? null : p.samples();
        GenerationJobStatus.ShardCounts shards = p == null ? null : p.shards();
        GenerationJobStatus.Results r = status == null ? null : status.results();
        return new Figures(
                samples == null ? 0 : or(samples.committed()),
                samples == null ? 0 : or(samples.finished()),
                samples == null ? 0 : or(samples.failed()),
                0,
                shards == null ? 0 : or(shards.committed()),
                0,
                r == null ? 0 : or(r.correct()),
                r == null ? 0 : or(r.incorrect()),
                r == null ? 0 : or(r.noAnswer()),
                r == null ? 0 : or(r.codeErrors()),
                r == null ? 0 : or(r.timeouts()),
                r == null ? 0 : or(r.textOnly()),
                r == null ? 0 : or(r.problemsSolved()),
                0,
                status == null ? null : status.usage(),
                false);
    }

    private static long or(@Nullable Long value) {
        return value == null ? 0 : value;
    }
}
