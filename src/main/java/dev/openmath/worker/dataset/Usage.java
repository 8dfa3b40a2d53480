package dev.openmath.worker.dataset;

/**
 * What samples cost.
 *
 * @param promptTokens as the engine counts them, cached ones included
 * @param wastedTokens output of attempts that became no row
 * @param engineSeconds time in completions, summed over requests
 */
public record Usage(long promptTokens, long outputTokens, long wastedTokens, double engineSeconds, long executions) {
    public static final Usage ZERO = new Usage(0, 0, 0, 0, 0);

    public Usage plus(Usage o) {
        return new Usage(
                promptTokens + o.promptTokens,
                outputTokens + o.outputTokens,
                wastedTokens + o.wastedTokens,
                engineSeconds + o.engineSeconds,
                executions + o.executions);
    }
}
