package dev.openmath.worker.dataset;

/**
 * Figures over rows: {@code samples = correct + incorrect + noAnswer}.
 *
 * @param noAnswer rows without a predicted answer
 * @param codeErrors rows whose last block failed other than by time
 * @param textOnly rows without any executed block
 */
public record ResultCounts(
        long samples, long correct, long incorrect, long noAnswer, long codeErrors, long timeouts, long textOnly) {
    public static final ResultCounts ZERO = new ResultCounts(0, 0, 0, 0, 0, 0, 0);

    public ResultCounts plus(ResultCounts o) {
        return new ResultCounts(
                samples + o.samples,
                correct + o.correct,
                incorrect + o.incorrect,
                noAnswer + o.noAnswer,
                codeErrors + o.codeErrors,
                timeouts + o.timeouts,
                textOnly + o.textOnly);
    }
}
