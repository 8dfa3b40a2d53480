package dev.openmath.worker.support;

import dev.openmath.worker.inference.CompletionRequest;
import dev.openmath.worker.inference.CompletionResult;
import dev.openmath.worker.inference.InferenceClient;
import dev.openmath.worker.inference.InferenceException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A model that writes one code block and then an answer: its seed for even seeds, no box for seed 1, and otherwise an
 * answer that is wrong.
 */
public final class ScriptedEngine implements InferenceClient {
    private final AtomicInteger requests = new AtomicInteger();
    private volatile Trouble trouble = request -> {};

    /** What happens before an answer. */
    public interface Trouble {
        void before(int request) throws InferenceException, InterruptedException;
    }

    public void trouble(Trouble next) {
        trouble = next;
    }

    public int requests() {
        return requests.get();
    }

    @Override
    public CompletionResult complete(CompletionRequest request) throws InferenceException, InterruptedException {
        trouble.before(requests.incrementAndGet());
        String sofar = request.prompt().substring(request.prompt().lastIndexOf("My solution:\n"));
        String text;
        if (sofar.contains("<llm-code-output>")) {
            text = request.seed() == 1
                    ? "I do not know.\n\n\n\n\n\n"
                    : "So \\boxed{" + (request.seed() % 2 == 0 ? "42" : "wrong") + "}.\n\n\n\n\n\n";
        } else {
            text = "Let us compute.\n<llm-code>\nprint(" + request.seed() + ")\n</llm-code>";
        }
        return new CompletionResult.Completion(text, CompletionResult.Finish.STOP, 100, 20);
    }

    @Override
    public Health health() {
        return new Health(true, "scripted");
    }

    @Override
    public Optional<EngineLoad> load() {
        return Optional.empty();
    }
}
