package dev.openmath.worker.plan;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One object of the plan: a rectangle of new samples, described by ranges, never one by one.
 *
 * <p>The samples are numbered problem by problem (all of a problem's samples lie together, so that they share the
 * engine's prefix cache), within a problem variant by variant, within a variant by sample index. Shard {@code firstShard
 * + i} holds the samples {@code [i * samplesPerShard, (i + 1) * samplesPerShard)} of this numbering.
 *
 * @param number 0 for the first; each growth of the job adds one
 * @param sources in the job's order; the problems of a job are theirs, one after another
 * @param variants the ranges this entry adds
 */
public record PlanEntry(
        String apiVersion,
        String runId,
        int number,
        int firstShard,
        int samplesPerShard,
        List<SourceEntry> sources,
        List<VariantEntry> variants) {

    public PlanEntry {
        sources = List.copyOf(sources);
        variants = List.copyOf(variants);
    }

    /**
     * A source as it was when planned.
     *
     * @param sha256 of its content, see {@link SourceContent}
     * @param problems how many of its problems the filter left
     * @param ids of these problems, in order
     */
    public record SourceEntry(String name, String dataset, String sha256, int problems, List<String> ids) {
        public SourceEntry {
            ids = List.copyOf(ids);
        }
    }

    /**
     * New samples of one variant: indexes {@code from} (inclusive) to {@code to} (exclusive) for each of its problems.
     *
     * @param promptSha256 over template and examples
     * @param sources names of the sources it uses; null for all
     */
    public record VariantEntry(
            String name, String promptSha256, @Nullable List<String> sources, int from, int to) {
        boolean uses(String source) {
            return sources == null || sources.contains(source);
        }
    }

    /**
     * What a sample number stands for.
     *
     * @param problem position of its problem, counted over all sources
     */
    public record Position(int problem, SampleKey key) {}

    /** Number of samples. */
    @JsonIgnore
    public long samples() {
        long sum = 0;
        for (SourceEntry source : sources) {
            sum += (long) source.problems() * perProblem(source);
        }
        return sum;
    }

    /** Number of shards. */
    @JsonIgnore
    public int shards() {
        return Math.toIntExact((samples() + samplesPerShard - 1) / samplesPerShard);
    }

    /** Where the {@code sample}-th sample of this entry belongs. */
    public Position at(long sample) {
        long rest = sample;
        int problem = 0;
        for (SourceEntry source : sources) {
            int perProblem = perProblem(source);
            long here = (long) source.problems() * perProblem;
            if (rest < here) {
                int index = (int) (rest / perProblem);
                return new Position(problem + index, within(source, index, (int) (rest % perProblem)));
            }
            rest -= here;
            problem += source.problems();
        }
        throw new IndexOutOfBoundsException("sample " + sample + " of " + samples());
    }

    private SampleKey within(SourceEntry source, int problem, int sample) {
        int rest = sample;
        for (VariantEntry variant : variants) {
            if (variant.uses(source.name())) {
                int width = variant.to() - variant.from();
                if (rest < width) {
                    return new SampleKey(
                            source.dataset(), source.ids().get(problem), variant.name(), variant.from() + rest);
                }
                rest -= width;
            }
        }
        throw new IndexOutOfBoundsException("sample " + sample + " of a problem of " + source.name());
    }

    private int perProblem(SourceEntry source) {
        int sum = 0;
        for (VariantEntry variant : variants) {
            if (variant.uses(source.name())) {
                sum += variant.to() - variant.from();
            }
        }
        return sum;
    }
}
