package dev.openmath.worker.store;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where things lie below the prefix of a job. */
public record RunLayout(String runId) {
    public static final String RUN = "_run.json";
    public static final String SUCCESS = "_SUCCESS.json";
    public static final String PROBES = "_probe";
    public static final String CARD = "README.md";
    public static final String STATISTICS = "statistics.json";
    public static final String DATA = "data/";
    public static final String INCORRECT = "incorrect/";
    public static final String PLOTS = "plots/";

    private static final Pattern PART = Pattern.compile(".*/parts/(\\d+)/e(\\d+)-p(\\d+)\\.jsonl\\.zst");
    private static final Pattern NUMBERED = Pattern.compile(".*/(\\d+)\\.json");

    /** Shard, epoch and number that a part's key tells. */
    public record PartKey(int shard, int epoch, int number) implements Comparable<PartKey> {
        /**
         * Takes a key apart.
         *
         * @throws IllegalArgumentException if it is no part's
         */
        public static PartKey parse(String key) {
            Matcher matcher = PART.matcher(key);
            if (!matcher.matches()) {
                throw new IllegalArgumentException("\"" + key + "\" is not the key of a part");
            }
            return new PartKey(
                    Integer.parseInt(matcher.group(1)),
                    Integer.parseInt(matcher.group(2)),
                    Integer.parseInt(matcher.group(3)));
        }

        public static boolean isOne(String key) {
            return PART.matcher(key).matches();
        }

        @Override
        public int compareTo(PartKey other) {
            int byShard = Integer.compare(shard, other.shard);
            int byEpoch = Integer.compare(epoch, other.epoch);
            return byShard != 0 ? byShard : byEpoch != 0 ? byEpoch : Integer.compare(number, other.number);
        }
    }

    public String root() {
        return "runs/" + runId + "/";
    }

    public String plans() {
        return root() + "plan/";
    }

    public String plan(int number) {
        return String.format(Locale.ROOT, "%s%04d.json", plans(), number);
    }

    public String lease(int shard) {
        return String.format(Locale.ROOT, "%sleases/%06d.json", root(), shard);
    }

    public String leases() {
        return root() + "leases/";
    }

    public String parts(int shard) {
        return String.format(Locale.ROOT, "%sparts/%06d/", root(), shard);
    }

    public String part(int shard, int epoch, int number) {
        return String.format(Locale.ROOT, "%se%04d-p%04d.jsonl.zst", parts(shard), epoch, number);
    }

    public String commits() {
        return root() + "commits/";
    }

    public String commit(int shard) {
        return String.format(Locale.ROOT, "%s%06d.json", commits(), shard);
    }

    /** The number in the key of a plan, lease or commit; -1 if it has none. */
    public static int numberIn(String key) {
        Matcher matcher = NUMBERED.matcher(key);
        return matcher.matches() ? Integer.parseInt(matcher.group(1)) : -1;
    }
}
