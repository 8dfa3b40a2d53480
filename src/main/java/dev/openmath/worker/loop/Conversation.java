package dev.openmath.worker.loop;

import dev.openmath.api.SandboxPoolSpec.Semantics;
import dev.openmath.worker.inference.CompletionResult;
import dev.openmath.worker.inference.CompletionResult.Completion;
import dev.openmath.worker.inference.CompletionResult.Finish;
import dev.openmath.worker.prompt.CodeMarkers;
import dev.openmath.worker.sandbox.BlockClass;
import dev.openmath.worker.sandbox.BlockResult;
import java.util.ArrayList;
import java.util.List;

/**
 * One sample on its way: what was said so far and what comes next. Immutable; knows no engine and no sandbox.
 *
 * @param text everything after the prompt
 * @param errorMessage the rows' {@code error_message} so far
 * @param rounds completions so far
 * @param blocks classes of the blocks executed so far
 * @param promptTokens summed over rounds
 */
public record Conversation(
        LoopRules rules,
        String text,
        String errorMessage,
        int rounds,
        List<BlockClass> blocks,
        long promptTokens,
        int outputTokens,
        Step next) {
    /** Nothing was executed; text-only solutions carry it, it is no error. */
    public static final String NOT_EXECUTED = "<not_executed>";

    public static final String MAX_EXECUTIONS_REACHED = "Max code executions reached";
    public static final String TIMEOUT = "timeout";

    public Conversation {
        blocks = List.copyOf(blocks);
    }

    /** A sample before its first word. */
    public static Conversation start(LoopRules rules) {
        return new Conversation(rules, "", NOT_EXECUTED, 0, List.of(), 0, 0, new Step.Complete(rules.maxTokens()));
    }

    /** The conversation after the model's answer to {@link Step.Complete}. */
    public Conversation completed(CompletionResult result) {
        return switch (result) {
            case CompletionResult.ContextOverflow overflow ->
                with(text, errorMessage, new Step.Finished(FinishReason.CONTEXT_OVERFLOW));
            case Completion completion -> said(completion);
        };
    }

    private Conversation said(Completion completion) {
        String reply = completion.text();
        int used = outputTokens + completion.outputTokens();
        Step step;
        if (completion.finish() == Finish.CONTEXT) {
            step = new Step.Finished(FinishReason.CONTEXT_OVERFLOW);
        } else if (rules.sharedTokenBudget() && used >= rules.maxTokens()) {
            // A pending block is not executed any more: nothing could follow it.
            step = new Step.Finished(
                    completion.finish() == Finish.LENGTH || asksForExecution(reply)
                            ? FinishReason.LENGTH
                            : FinishReason.STOP);
        } else if (asksForExecution(reply)) {
            step = blocks.size() < rules.maxExecutions()
                    ? new Step.Execute(code(reply))
                    : new Step.Finished(FinishReason.MAX_EXECUTIONS);
        } else {
            step = new Step.Finished(completion.finish() == Finish.LENGTH ? FinishReason.LENGTH : FinishReason.STOP);
        }
        return new Conversation(
                rules,
                text + reply,
                errorMessage,
                rounds + 1,
                blocks,
                promptTokens + completion.promptTokens(),
                used,
                step);
    }

    /** The conversation after the outcome of {@link Step.Execute}. */
    public Conversation executed(BlockResult result) {
        List<BlockClass> ran = new ArrayList<>(blocks);
        ran.add(result.blockClass());
        boolean last = ran.size() >= rules.maxExecutions();
        if (result.failed() && rules.stopOnError()) {
            return with(text, result.errorMessage(), ran, new Step.Finished(FinishReason.CODE_ERROR));
        }
        String shown = text + rules.markers().outputBlock(shown(result));
        if (last && !rules.completionAfterLastExecution()) {
            return with(shown, MAX_EXECUTIONS_REACHED, ran, new Step.Finished(FinishReason.MAX_EXECUTIONS));
        }
        int tokens = rules.sharedTokenBudget() ? rules.maxTokens() - outputTokens : rules.maxTokens();
        return with(shown, result.errorMessage(), ran, new Step.Complete(tokens));
    }

    /** The solution: all that was said, up to the first delimiter. */
    public String solution() {
        int end = text.indexOf(rules.delimiter());
        return end < 0 ? text : text.substring(0, end);
    }

    /** Exactly the end tag must end the reply; one character more, even a newline, and the model has finished. */
    private boolean asksForExecution(String reply) {
        CodeMarkers markers = rules.markers();
        if (rules.maxExecutions() == 0 || !reply.endsWith(markers.codeEnd())) {
            return false;
        }
        if (!rules.openBlockOnly()) {
            return true;
        }
        int end = reply.length() - markers.codeEnd().length();
        int begin = reply.lastIndexOf(markers.codeBegin(), end);
        return begin >= 0 && begin > reply.lastIndexOf(markers.codeEnd(), end - 1);
    }

    /** From the last begin tag of the reply, or its start if there is none, to the first end tag after it. */
    private String code(String reply) {
        CodeMarkers markers = rules.markers();
        int begin = reply.lastIndexOf(markers.codeBegin());
        int from = begin < 0 ? 0 : begin + markers.codeBegin().length();
        return reply.substring(from, reply.indexOf(markers.codeEnd(), from));
    }

    /** What the model sees of a block. The pipeline of 2024 showed the text None where a block had no result. */
    private String shown(BlockResult result) {
        boolean lost = result.errorMessage().equals(TIMEOUT);
        if (rules.semantics() == Semantics.OpenMath2024) {
            return lost ? "None" : result.output();
        }
        String notice = lost
                ? "Execution timed out after " + rules.timeoutSeconds() + " seconds"
                : switch (result.blockClass()) {
                    case CRASHED, MEMORY_EXCEEDED, PIDS_EXCEEDED, DISK_EXCEEDED -> result.errorMessage();
                    case EXITED -> result.output().isEmpty() ? result.errorMessage() : "";
                    default -> "";
                };
        if (notice.isEmpty()) {
            return result.output();
        }
        return result.output().isEmpty() ? notice : result.output() + "\n" + notice;
    }

    private Conversation with(String text, String errorMessage, Step next) {
        return with(text, errorMessage, blocks, next);
    }

    private Conversation with(String text, String errorMessage, List<BlockClass> blocks, Step next) {
        return new Conversation(rules, text, errorMessage, rounds, blocks, promptTokens, outputTokens, next);
    }
}
