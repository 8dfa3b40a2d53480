package dev.openmath.worker.loop;

import dev.openmath.worker.dataset.Usage;
import dev.openmath.worker.grading.AnswerExtraction;
import dev.openmath.worker.grading.Grader;
import dev.openmath.worker.grading.Verdict;
import dev.openmath.worker.grading.VerdictClass;
import dev.openmath.worker.inference.CompletionRequest;
import dev.openmath.worker.inference.CompletionResult;
import dev.openmath.worker.inference.InferenceClient;
import dev.openmath.worker.inference.InferenceException;
import dev.openmath.worker.inference.SamplingParameters;
import dev.openmath.worker.progress.Conditions;
import dev.openmath.worker.sandbox.BlockResult;
import dev.openmath.worker.sandbox.SandboxClient;
import dev.openmath.worker.sandbox.SandboxClient.SandboxSession;
import dev.openmath.worker.sandbox.SandboxException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Drives one conversation after another; safe for use by many threads. Trouble of the infrastructure is waited out or
 * retried with jitter; trouble of the model or its program is the sample's result.
 */
public final class SampleRunner {
    /** Waiting for a sandbox is normal; waiting this long is worth a word. */
    private static final Duration FULL_FOR_TOO_LONG = Duration.ofSeconds(60);

    private final InferenceClient engine;
    private final SandboxClient sandboxes;
    private final Grader grader;
    private final AnswerExtraction extraction;
    private final SamplingParameters sampling;
    private final EngineTurns turns;
    private final Conditions conditions;
    private final RetryBudget budget;

    public SampleRunner(
            InferenceClient engine,
            SandboxClient sandboxes,
            Grader grader,
            AnswerExtraction extraction,
            SamplingParameters sampling,
            EngineTurns turns,
            Conditions conditions,
            RetryBudget budget) {
        this.engine = engine;
        this.sandboxes = sandboxes;
        this.grader = grader;
        this.extraction = extraction;
        this.sampling = sampling;
        this.turns = turns;
        this.conditions = conditions;
        this.budget = budget;
    }

    private static final class DefeatedException extends Exception {
        private static final long serialVersionUID = 1L;
        private final String reason;
        private final int attempts;

        DefeatedException(String reason, int attempts) {
            super(reason);
            this.reason = reason;
            this.attempts = attempts;
        }
    }

    /** Where a sample stands, for what has to be known even if it fails. */
    private static final class Journey {
        private Conversation conversation;
        private long engineMillis;
        private boolean hasTurn;

        Journey(Conversation start, boolean hasTurn) {
            this.conversation = start;
            this.hasTurn = hasTurn;
        }

        Usage usage() {
            return new Usage(
                    conversation.promptTokens(),
                    0,
                    conversation.outputTokens(),
                    engineMillis / 1000.0,
                    conversation.blocks().size());
        }
    }

    /**
     * Makes a sample. The caller holds a turn at the engine for its first round; it is given back here.
     *
     * @throws InterruptedException if the worker stops
     */
    public SampleOutcome run(SampleTask task) throws InterruptedException {
        Journey journey = new Journey(Conversation.start(task.rules()), true);
        try (SandboxSession session = sandboxes.session(task.sessionKey(), task.seed())) {
            String prompt = task.renderer().render(task.problem());
            while (true) {
                switch (journey.conversation.next()) {
                    case Step.Complete step -> complete(task, prompt, step, journey);
                    case Step.Execute step ->
                        journey.conversation = journey.conversation.executed(execute(session, step.code()));
                    case Step.Finished step -> {
                        session.close();
                        return new SampleOutcome.Finished(graded(task, journey, step.reason()));
                    }
                }
            }
        } catch (DefeatedException e) {
            return new SampleOutcome.Failed(e.reason, e.attempts, journey.usage());
        } finally {
            if (journey.hasTurn) {
                turns.release();
            }
        }
    }

    private void complete(SampleTask task, String prompt, Step.Complete step, Journey journey)
            throws InterruptedException, DefeatedException {
        CompletionRequest request = new CompletionRequest(
                prompt + journey.conversation.text(),
                step.maxTokens(),
                task.seed(),
                task.rules().stopStrings(),
                sampling);
        int faults = 0;
        for (int tries = 1; ; tries++) {
            if (!journey.hasTurn) {
                turns.acquire();
                journey.hasTurn = true;
            }
            Duration wait;
            long start = System.nanoTime();
            try {
                CompletionResult result = engine.complete(request);
                turns.succeeded();
                conditions.good(Conditions.Type.INFERENCE, "EngineReady", "the engine answers");
                journey.conversation = journey.conversation.completed(result);
                return;
            } catch (InferenceException e) {
                wait = e.retryAfter();
                switch (e.kind()) {
                    case OVERLOADED -> turns.overloaded();
                    case UNREACHABLE -> conditions.bad(Conditions.Type.INFERENCE, "EngineUnreachable", message(e));
                    case MISCONFIGURED -> conditions.bad(Conditions.Type.INFERENCE, "EngineRefuses", message(e));
                    case FAULTY -> {
                        turns.overloaded();
                        if (++faults >= budget.maxFaults()) {
                            throw new DefeatedException("EngineFaulty", faults);
                        }
                    }
                    case REJECTED -> throw new DefeatedException("EngineRejected", 1);
                }
            } finally {
                journey.engineMillis += (System.nanoTime() - start) / 1_000_000;
                journey.hasTurn = false;
                turns.release();
            }
            budget.pause(tries, wait);
        }
    }

    private BlockResult execute(SandboxSession session, String code) throws InterruptedException, DefeatedException {
        long start = System.nanoTime();
        for (int tries = 1; ; tries++) {
            try {
                BlockResult result = session.execute(code);
                conditions.good(Conditions.Type.SANDBOXES, "SandboxesReady", "sandboxes answer");
                return result;
            } catch (SandboxException e) {
                switch (e.kind()) {
                    case UNAVAILABLE -> conditions.bad(Conditions.Type.SANDBOXES, "SandboxUnreachable", message(e));
                    case FULL -> {
                        if (System.nanoTime() - start > FULL_FOR_TOO_LONG.toNanos()) {
                            conditions.bad(Conditions.Type.SANDBOXES, "SandboxesFull", message(e));
                        }
                    }
                    case POISONED -> throw new DefeatedException("SandboxLost", tries);
                    case REJECTED -> throw new DefeatedException("SandboxRejected", 1);
                }
            }
            budget.pause(tries, null);
        }
    }

    private Transcript graded(SampleTask task, Journey journey, FinishReason reason)
            throws InterruptedException, DefeatedException {
        String predicted = extraction.extract(journey.conversation.solution());
        for (int tries = 1; ; tries++) {
            Verdict verdict = grader.grade(predicted, task.problem().expectedAnswer());
            if (verdict.verdictClass() != VerdictClass.INFRA) {
                return new Transcript(task, journey.conversation, reason, predicted, verdict, journey.engineMillis);
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (tries >= budget.maxFaults()) {
                throw new DefeatedException("GradingUnavailable", tries);
            }
            budget.pause(tries, null);
        }
    }

    private static String message(@Nullable Exception e) {
        return e == null ? "" : String.valueOf(e.getMessage());
    }
}
