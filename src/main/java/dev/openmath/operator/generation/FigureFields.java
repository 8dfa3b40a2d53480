package dev.openmath.operator.generation;

import dev.openmath.api.GenerationJob;
import dev.openmath.api.GenerationJobStatus;
import dev.openmath.operator.Conditions;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The parts of a status that are figures. Pure but for the clock it is given. */
record FigureFields(
        GenerationJobStatus.@Nullable Progress progress,
        GenerationJobStatus.@Nullable Results results,
        GenerationJobStatus.@Nullable Throughput throughput,
        GenerationJobStatus.@Nullable Usage usage) {

    static FigureFields of(GenerationJob job, Figures f, Decision decision, Clock clock) {
        GenerationJobStatus status = job.getStatus();
        GenerationJobStatus.Plan plan = status == null ? null : status.plan();
        return switch (decision) {
            case Decision.Planned(PlanResult p) -> planned(p, f);
            case Decision.Finalized(FinalizeResult r) -> finalized(plan, r, f);
            default -> generated(plan, f, clock).withSteadyEstimate(status);
        };
    }

    /** While no figure moves, the estimate doesn't either: a time that always moves would be written for ever. */
    private FigureFields withSteadyEstimate(@Nullable GenerationJobStatus before) {
        if (progress == null
                || before == null
                || before.progress() == null
                || progress.estimatedCompletionTime() == null
                || before.progress().estimatedCompletionTime() == null
                || !Objects.equals(progress.samples(), before.progress().samples())
                || !Objects.equals(throughput, before.throughput())) {
            return this;
        }
        return new FigureFields(
                new GenerationJobStatus.Progress(
                        progress.samples(),
                        progress.shards(),
                        progress.percent(),
                        progress.summary(),
                        before.progress().estimatedCompletionTime(),
                        progress.remaining()),
                results,
                throughput,
                usage);
    }

    /** Whether more samples are finished than {@code before} said. */
    boolean advancedSince(GenerationJobStatus before) {
        return finished(progress) > finished(before.progress());
    }

    private static long finished(GenerationJobStatus.@Nullable Progress p) {
        return p == null || p.samples() == null || p.samples().finished() == null
                ? 0
                : p.samples().finished();
    }

    private static FigureFields planned(PlanResult p, Figures f) {
        long committedShards = p.alreadyComplete() ? p.shards() : Math.min(f.shardsCommitted(), p.shards());
        long committed = p.alreadyComplete() ? p.samples() : f.committed();
        return fields(p.problems(), p.samples(), p.shards(), committed, committed, committedShards, f, null, false);
    }

    private static FigureFields finalized(GenerationJobStatus.@Nullable Plan plan, FinalizeResult r, Figures f) {
        long problems = plan == null || plan.problems() == null ? 0 : plan.problems();
        long shards = plan == null || plan.shards() == null ? 0 : plan.shards();
        Figures verified = new Figures(
                r.total(),
                r.total(),
                r.failed(),
                0,
                shards,
                0,
                r.correct(),
                r.incorrect(),
                r.noAnswer(),
                r.codeErrors(),
                r.timeouts(),
                r.textOnly(),
                r.problemsSolved(),
                0,
                f.usage(),
                false);
        long samples = plan == null || plan.samples() == null ? r.total() + r.failed() : plan.samples();
        return fields(problems, samples, shards, r.total(), r.total(), shards, verified, null, true);
    }

    private static FigureFields generated(GenerationJobStatus.@Nullable Plan plan, Figures f, Clock clock) {
        if (plan == null || plan.samples() == null) {
            return new FigureFields(null, null, null, null);
        }
        long problems = plan.problems() == null ? 0 : plan.problems();
        long shards = plan.shards() == null ? 0 : plan.shards();
        return fields(
                problems, plan.samples(), shards, f.committed(), f.finished(), f.shardsCommitted(), f, clock, false);
    }

    private static FigureFields fields(
            long problems,
            long samples,
            long shards,
            long committed,
            long finished,
            long shardsCommitted,
            Figures f,
            @Nullable Clock clock,
            boolean done) {
        long over = finished + f.failed();
        long open = Math.max(0, samples - over);
        @Nullable
        Duration left = clock != null && f.live() && f.samplesPerSecond() > 0 && open > 0
                ? Duration.ofSeconds((long) Math.ceil(open / f.samplesPerSecond()))
                : null;
        int percent = samples == 0 ? (done ? 100 : 0) : (int) Math.min(100, over * 100 / samples);
        var progress = new GenerationJobStatus.Progress(
                new GenerationJobStatus.SampleCounts(samples, committed, finished, f.inFlight(), f.failed()),
                new GenerationJobStatus.ShardCounts(shards, shardsCommitted, f.shardsLeased()),
                percent,
                over + "/" + samples,
                left == null || clock == null
                        ? null
                        : Conditions.timestamp(clock.instant().plus(left)),
                left == null ? null : text(left));
        int coverage = problems == 0 ? 0 : (int) (f.problemsSolved() * 1000 / problems);
        var results = new GenerationJobStatus.Results(
                f.correct(),
                f.incorrect(),
                f.noAnswer(),
                f.codeErrors(),
                f.timeouts(),
                f.textOnly(),
                f.problemsSolved(),
                coverage,
                String.format(Locale.ROOT, "%d.%d%%", coverage / 10, coverage % 10));
        var throughput = f.live()
                ? new GenerationJobStatus.Throughput(
                        String.format(Locale.ROOT, f.samplesPerSecond() < 1 ? "%.2f" : "%.1f", f.samplesPerSecond()))
                : null;
        return new FigureFields(progress, results, throughput, f.usage());
    }

    /** Such as 1m 20s, 3h 5m or 2d 4h. */
    static String text(Duration d) {
        if (d.toDays() > 0) {
            return d.toDays() + "d " + d.toHoursPart() + "h";
        }
        if (d.toHours() > 0) {
            return d.toHours() + "h " + d.toMinutesPart() + "m";
        }
        return d.toMinutes() > 0 ? d.toMinutes() + "m " + d.toSecondsPart() + "s" : d.toSeconds() + "s";
    }
}
