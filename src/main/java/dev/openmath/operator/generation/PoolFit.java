package dev.openmath.operator.generation;

import dev.openmath.api.ConditionTypes;
import dev.openmath.api.EffectiveSettings;
import dev.openmath.api.GenerationJob;
import dev.openmath.api.SandboxPool;
import dev.openmath.api.SandboxPoolSpec;
import dev.openmath.api.SandboxPoolStatus;
import dev.openmath.operator.Conditions;
import dev.openmath.operator.Trouble;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether a job's pool serves, and allows what the job asks for. Pure. */
final class PoolFit {
    private PoolFit() {}

    /** Why no session can be opened yet, if so. */
    static Optional<Decision.AwaitPool> missing(GenerationJob job, @Nullable SandboxPool pool) {
        String name = job.getSpec().codeInterpreter().sandboxPoolRef().name();
        if (pool == null || pool.isMarkedForDeletion()) {
            return Optional.of(new Decision.AwaitPool(
                    new Trouble(
                            "PoolNotFound",
                            "SandboxPool %s does not exist in namespace %s; create it, or name another one in codeInterpreter.sandboxPoolRef"
                                    .formatted(name, job.getMetadata().getNamespace())),
                    false));
        }
        SandboxPoolStatus status = pool.getStatus();
        if (status != null && status.readyReplicas() != null && status.readyReplicas() > 0) {
            return Optional.empty();
        }
        if (Integer.valueOf(0).equals(pool.getSpec().replicas())) {
            return Optional.of(new Decision.AwaitPool(
                    new Trouble(
                            "PoolScaledToZero", "SandboxPool %s has no pods; raise its spec.replicas".formatted(name)),
                    false));
        }
        if (status != null && Conditions.isTrue(status.conditions(), ConditionTypes.STALLED)) {
            String message = Conditions.find(status.conditions(), ConditionTypes.STALLED)
                    .map(Condition::getMessage)
                    .orElse("");
            return Optional.of(new Decision.AwaitPool(
                    new Trouble("PoolStalled", "SandboxPool %s can't serve: %s".formatted(name, message)), false));
        }
        return Optional.of(new Decision.AwaitPool(
                new Trouble("PoolStarting", "SandboxPool %s is starting".formatted(name)), true));
    }

    /** Which field asks for more than the pool allows; the pool's smaller limit wins. */
    static Optional<Trouble> limits(GenerationJob job, @Nullable SandboxPool pool) {
        if (pool == null) {
            return Optional.empty();
        }
        EffectiveSettings wanted = EffectiveSettings.of(job.getSpec());
        SandboxPoolSpec allowed = pool.getSpec();
        String name = pool.getMetadata().getName();
        SandboxPoolSpec.Execution execution = allowed.execution();
        SandboxPoolSpec.Session session = allowed.session();
        if (execution != null) {
            Optional<Trouble> timeout = exceeds(
                    name,
                    "timeoutSeconds",
                    wanted.timeoutSeconds(),
                    "execution.timeoutSeconds",
                    execution.timeoutSeconds());
            if (timeout.isPresent()) {
                return timeout;
            }
            if (execution.output() != null) {
                Optional<Trouble> output = exceeds(
                        name,
                        "maxOutputCharacters",
                        wanted.maxOutputCharacters(),
                        "execution.output.maxCharacters",
                        execution.output().maxCharacters());
                if (output.isPresent()) {
                    return output;
                }
            }
        }
        return session == null
                ? Optional.empty()
                : exceeds(
                        name,
                        "maxExecutions",
                        wanted.maxExecutions(),
                        "session.maxExecutions",
                        session.maxExecutions());
    }

    private static Optional<Trouble> exceeds(
            String pool, String field, int wanted, String poolField, @Nullable Integer allowed) {
        return allowed == null || wanted <= allowed
                ? Optional.empty()
                : Optional.of(new Trouble(
                        "PoolLimitExceeded",
                        "codeInterpreter.%s is %d but SandboxPool %s allows %d, which wins; raise its spec.%s"
                                .formatted(field, wanted, pool, allowed, poolField)));
    }
}
