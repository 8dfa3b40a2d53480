package dev.openmath.operator.generation;

import dev.openmath.api.GenerationJobSpec.FailurePolicy;
import io.fabric8.kubernetes.api.model.IntOrString;
import org.jspecify.annotations.Nullable;

/** How many samples infrastructure may defeat. Pure. */
final class FailedSamples {
    private FailedSamples() {}

    /** The number itself, or the percentage of the planned samples rounded up; 1 % when nothing is said. */
    static long allowed(@Nullable FailurePolicy policy, long planned) {
        IntOrString limit = policy == null ? null : policy.maxFailedSamples();
        if (limit == null) {
            return percent(1, planned);
        }
        if (limit.getIntVal() != null) {
            return limit.getIntVal();
        }
        String text = limit.getStrVal().strip();
        return text.endsWith("%")
                ? percent(Double.parseDouble(text.substring(0, text.length() - 1)), planned)
                : Long.parseLong(text);
    }

    private static long percent(double percent, long planned) {
        return (long) Math.ceil(planned * percent / 100.0);
    }
}
