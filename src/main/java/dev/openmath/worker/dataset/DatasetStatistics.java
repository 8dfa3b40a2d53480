package dev.openmath.worker.dataset;

import dev.openmath.worker.shard.Commit;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Gathers the figures of a data set, row by row, in memory that grows with problems and 8 bytes per correct row. */
public final class DatasetStatistics {
    private static final List<Integer> PASS_AT = List.of(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024);

    private final int[] samplesOf;
    private final int[] correctOf;
    private final Map<String, Variant> variants = new LinkedHashMap<>();
    private final Map<String, Long> errors = new TreeMap<>();
    private final Map<String, Long> finishReasons = new TreeMap<>();
    private final Map<String, Long> codeBlocks = new TreeMap<>();
    private ResultCounts counts = ResultCounts.ZERO;
    private Usage usage = Usage.ZERO;
    private long failed;

    private static final class Variant {
        private ResultCounts counts = ResultCounts.ZERO;
        private final BitSet solved = new BitSet();
        private long[] hashes = new long[16];
        private int size;

        void correct(int problem, String solution) {
            solved.set(problem);
            if (size == hashes.length) {
                hashes = Arrays.copyOf(hashes, size * 2);
            }
            hashes[size++] = hash(problem, solution);
        }

        long unique() {
            long[] sorted = Arrays.copyOf(hashes, size);
            Arrays.sort(sorted);
            long distinct = 0;
            for (int i = 0; i < size; i++) {
                distinct += i == 0 || sorted[i] != sorted[i - 1] ? 1 : 0;
            }
            return distinct;
        }

        /** FNV-1a over the text, mixed with the problem: 64 bits are enough to count by. */
        private static long hash(int problem, String solution) {
            long h = 0xcbf29ce484222325L ^ problem;
            for (byte b : solution.getBytes(StandardCharsets.UTF_8)) {
                h = (h ^ (b & 0xff)) * 0x100000001b3L;
            }
            h ^= h >>> 33;
            h *= 0xff51afd7ed558ccdL;
            return h ^ h >>> 33;
        }
    }

    /** @param problems how many the job has */
    public DatasetStatistics(int problems) {
        samplesOf = new int[problems];
        correctOf = new int[problems];
    }

    public void add(CommittedShards.ShardRows shard) {
        Commit commit = shard.commit();
        usage = usage.plus(commit.usage());
        failed += commit.failed().size();
        for (CommittedShards.Positioned positioned : shard.rows()) {
            add(positioned.problem(), positioned.row());
        }
    }

    private void add(int problem, Row row) {
        counts = counts.plus(row.counts());
        samplesOf[problem]++;
        Variant variant = variants.computeIfAbsent(row.variant(), name -> new Variant());
        variant.counts = variant.counts.plus(row.counts());
        if (row.isCorrect()) {
            correctOf[problem]++;
            variant.correct(problem, row.generatedSolution());
        }
        errors.merge(errorClass(row.errorMessage()), 1L, Long::sum);
        finishReasons.merge(row.finishReason(), 1L, Long::sum);
        codeBlocks.merge(row.codeBlocks() >= 3 ? "3+" : Integer.toString(row.codeBlocks()), 1L, Long::sum);
    }

    private static String errorClass(String message) {
        if (message.isEmpty()) {
            return "none";
        }
        int colon = message.indexOf(':');
        return switch (message) {
            case "<not_executed>" -> "not executed";
            default -> colon > 0 ? message.substring(0, colon) : message;
        };
    }

    public ResultCounts counts() {
        return counts;
    }

    public long failed() {
        return failed;
    }

    public int problemsSolved() {
        return (int) Arrays.stream(correctOf).filter(c -> c > 0).count();
    }

    /**
     * The document {@code statistics.json}.
     *
     * @param coverage share of the problems with at least one correct row
     * @param passAtK unbiased estimate that one of k samples is correct, mean over problems with at least k samples
     * @param correctPerProblem number of problems by number of correct rows, in classes
     */
    public record Summary(
            int problems,
            int problemsSolved,
            double coverage,
            ResultCounts rows,
            long failed,
            Map<String, VariantSummary> variants,
            Map<Integer, Double> passAtK,
            Map<String, Integer> correctPerProblem,
            Map<String, Long> codeBlocks,
            Map<String, Long> errors,
            Map<String, Long> finishReasons,
            Usage usage) {}

    /** Figures of one prompt variant. */
    public record VariantSummary(ResultCounts rows, long uniqueCorrect, int problemsSolved, double coverage) {}

    public Summary summary() {
        Map<String, VariantSummary> byVariant = new LinkedHashMap<>();
        variants.forEach((name, variant) -> byVariant.put(
                name,
                new VariantSummary(
                        variant.counts,
                        variant.unique(),
                        variant.solved.cardinality(),
                        share(variant.solved.cardinality()))));
        return new Summary(
                samplesOf.length,
                problemsSolved(),
                share(problemsSolved()),
                counts,
                failed,
                byVariant,
                passAtK(),
                histogram(),
                codeBlocks,
                errors,
                finishReasons,
                usage);
    }

    private double share(int solved) {
        return samplesOf.length == 0 ? 0 : rounded((double) solved / samplesOf.length);
    }

    private Map<Integer, Double> passAtK() {
        Map<Integer, Double> result = new TreeMap<>();
        for (int k : PASS_AT) {
            double sum = 0;
            int problems = 0;
            for (int i = 0; i < samplesOf.length; i++) {
                if (samplesOf[i] >= k) {
                    problems++;
                    sum += passAt(k, samplesOf[i], correctOf[i]);
                }
            }
            if (problems > 0) {
                result.put(k, rounded(sum / problems));
            }
        }
        return result;
    }

    /** {@code 1 - C(n - c, k) / C(n, k)}. */
    static double passAt(int k, int n, int c) {
        if (n - c < k) {
            return 1;
        }
        double none = 1;
        for (int i = n - c + 1; i <= n; i++) {
            none *= 1 - (double) k / i;
        }
        return 1 - none;
    }

    private Map<String, Integer> histogram() {
        Map<String, Integer> classes = new LinkedHashMap<>();
        classes.put("0", 0);
        int most = Arrays.stream(correctOf).max().orElse(0);
        for (int from = 1; from <= most; from *= 2) {
            classes.put(className(from), 0);
        }
        for (int correct : correctOf) {
            String name = correct == 0 ? "0" : className(Integer.highestOneBit(correct));
            classes.merge(name, 1, Integer::sum);
        }
        return classes;
    }

    private static String className(int from) {
        return from == 1 ? "1" : from + "-" + (2 * from - 1);
    }

    private static double rounded(double share) {
        return Math.round(share * 1_000_000) / 1_000_000.0;
    }
}
