package dev.openmath.worker.prompt;

import java.util.List;

/** Examples in the order in which they are shown; a variant shows the first few. */
public record FewShotSet(String name, List<FewShotExample> examples) {
    public FewShotSet {
        examples = List.copyOf(examples);
    }

    /**
     * The first examples.
     *
     * @throws IllegalArgumentException if there are fewer
     */
    public List<FewShotExample> first(int count) {
        if (count < 0 || count > examples.size()) {
            throw new IllegalArgumentException("few-shot set \"" + name + "\" has " + examples.size() + " examples, "
                    + count + " were asked for; use at most " + examples.size());
        }
        return examples.subList(0, count);
    }
}
