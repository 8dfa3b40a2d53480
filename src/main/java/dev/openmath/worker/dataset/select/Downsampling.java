package dev.openmath.worker.dataset.select;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Takes a given number of solutions. */
public enum Downsampling {
    /** A question's first solution each, then the second ones, until there are enough: rare questions keep theirs. */
    FAIR {
        @Override
        public <T> List<T> take(List<List<T>> byQuestion, int size) {
            List<T> kept = new ArrayList<>();
            int longest = byQuestion.stream().mapToInt(List::size).max().orElse(0);
            for (int round = 0; round < longest; round++) {
                for (List<T> solutions : byQuestion) {
                    if (round < solutions.size()) {
                        if (kept.size() == size) {
                            return kept;
                        }
                        kept.add(solutions.get(round));
                    }
                }
            }
            return kept;
        }
    },
    /** The first ones, whosever they are. */
    RANDOM {
        @Override
        public <T> List<T> take(List<List<T>> byQuestion, int size) {
            return byQuestion.stream().flatMap(List::stream).limit(size).toList();
        }
    };

    /**
     * Takes solutions in the order given; shuffle first.
     *
     * @param byQuestion the solutions of each question
     * @param size at most so many; all, if there are fewer
     */
    public abstract <T> List<T> take(List<List<T>> byQuestion, int size);

    /** The same order for the same seed and elements, on every machine: Java specifies both algorithms. */
    public static <T> List<T> shuffled(List<T> elements, long seed) {
        List<T> shuffled = new ArrayList<>(elements);
        Collections.shuffle(shuffled, new Random(seed));
        return shuffled;
    }
}
