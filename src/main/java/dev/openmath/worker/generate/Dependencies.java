package dev.openmath.worker.generate;

import dev.openmath.worker.FailureReason;
import dev.openmath.worker.RoleFailedException;
import dev.openmath.worker.inference.InferenceClient;
import dev.openmath.worker.progress.Conditions;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Engine and sandboxes: whether they are there, and for how long they may be away. */
final class Dependencies {
    private final InferenceClient engine;
    private final GenerateWorker.SandboxProbe sandboxes;
    private final EngineGate gate;
    private final Conditions conditions;
    private final Duration patience;

    Dependencies(
            InferenceClient engine,
            GenerateWorker.SandboxProbe sandboxes,
            EngineGate gate,
            Conditions conditions,
            Duration patience) {
        this.engine = engine;
        this.sandboxes = sandboxes;
        this.gate = gate;
        this.conditions = conditions;
        this.patience = patience;
    }

    /** Both may come up later than the worker: it waits and says so. */
    void await(Duration pause, BooleanSupplier ending) throws InterruptedException {
        while (!ending.getAsBoolean()) {
            boolean engineUp = checkEngine();
            boolean sandboxesUp = checkSandboxes();
            if (engineUp && sandboxesUp) {
                engine.load().ifPresent(gate::observed);
                return;
            }
            Thread.sleep(Math.min(1000, pause.toMillis()));
        }
    }

    /** While something is away, its own return is looked for, and patience runs out. */
    void watch() throws InterruptedException {
        if (!conditions.isGood(Conditions.Type.INFERENCE)) {
            checkEngine();
        } else {
            engine.load().ifPresent(gate::observed);
        }
        if (!conditions.isGood(Conditions.Type.SANDBOXES)) {
            checkSandboxes();
        }
        impatient(Conditions.Type.INFERENCE, FailureReason.EngineUnreachable);
        impatient(Conditions.Type.SANDBOXES, FailureReason.SandboxUnreachable);
        impatient(Conditions.Type.STORAGE, FailureReason.StorageUnreachable);
    }

    boolean areReady() {
        return conditions.isGood(Conditions.Type.INFERENCE) && conditions.isGood(Conditions.Type.SANDBOXES);
    }

    private boolean checkEngine() throws InterruptedException {
        InferenceClient.Health health = engine.health();
        if (health.ready()) {
            conditions.good(Conditions.Type.INFERENCE, "EngineReady", health.message());
        } else {
            conditions.bad(Conditions.Type.INFERENCE, "EngineUnreachable", health.message());
        }
        return health.ready();
    }

    private boolean checkSandboxes() throws InterruptedException {
        InferenceClient.Health health = sandboxes.health();
        if (health.ready()) {
            conditions.good(Conditions.Type.SANDBOXES, "SandboxesReady", health.message());
        } else {
            conditions.bad(Conditions.Type.SANDBOXES, "SandboxUnreachable", health.message());
        }
        return health.ready();
    }

    private void impatient(Conditions.Type type, FailureReason reason) {
        if (conditions.badFor(type).compareTo(patience) > 0) {
            throw new RoleFailedException(
                    reason, conditions.get(type).message() + ", for " + patience.toMinutes() + " minutes");
        }
    }
}
