package dev.openmath.worker.support;

import dev.openmath.worker.sandbox.BlockClass;
import dev.openmath.worker.sandbox.BlockResult;
import dev.openmath.worker.sandbox.SandboxClient;
import dev.openmath.worker.sandbox.SandboxException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers every block with its length; seed 3 fails, so that error messages occur. */
public final class ScriptedSandbox implements SandboxClient {
    private final AtomicInteger executions = new AtomicInteger();
    private final Map<String, Integer> openSessions = new ConcurrentHashMap<>();
    private volatile Trouble trouble = execution -> {};

    /** What happens before an answer. */
    public interface Trouble {
        void before(int execution) throws SandboxException, InterruptedException;
    }

    public void trouble(Trouble next) {
        trouble = next;
    }

    public int executions() {
        return executions.get();
    }

    public Map<String, Integer> openSessions() {
        return openSessions;
    }

    @Override
    public SandboxSession session(String key, long seed) {
        return new SandboxSession() {
            @Override
            public BlockResult execute(String code) throws SandboxException, InterruptedException {
                openSessions.put(key, 1);
                trouble.before(executions.incrementAndGet());
                return seed == 3
                        ? new BlockResult(BlockClass.ERROR, "", "Execution error: three", 1)
                        : new BlockResult(BlockClass.OK, Integer.toString(code.length()), "", 1);
            }

            @Override
            public void close() {
                openSessions.remove(key);
            }
        };
    }
}
