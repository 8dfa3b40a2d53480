package dev.openmath.worker.sandbox;

/**
 * What came of a block.
 *
 * @param output what goes between the output tags, cut to the limit already
 * @param errorMessage the value of the rows' {@code error_message}; empty on success
 * @param wallMillis time it ran, queueing not included
 */
public record BlockResult(BlockClass blockClass, String output, String errorMessage, long wallMillis) {
    public boolean failed() {
        return !errorMessage.isEmpty();
    }
}
