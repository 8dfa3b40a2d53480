package dev.openmath.operator.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import dev.openmath.api.ConditionTypes;
import dev.openmath.api.SandboxPool;
import dev.openmath.api.SandboxPoolStatus;
import dev.openmath.operator.Conditions;
import dev.openmath.operator.PodStates;
import dev.openmath.operator.Settings;
import dev.openmath.operator.Trouble;
import dev.openmath.operator.sandbox.PoolPlan.State;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes whole statuses of a SandboxPool. Pure but for the clock it is given. */
public final class SandboxPoolStatusFactory {
    /** From the strongest to the weakest. */
    private static final List<String> TIERS = List.of("GVisor", "UserNamespace", "Process", "PodPerSession");

    private final Settings settings;
    private final Clock clock;

    public SandboxPoolStatusFactory(Settings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /** Status of a pool whose children could be applied. */
    public SandboxPoolStatus of(SandboxPool pool, PoolObservation seen) {
        String hash = SandboxDeployment.templateHash(pool, settings);
        State state = PoolPlan.decide(pool, seen, hash, clock.instant());
        SandboxPoolStatus.@Nullable Isolation isolation =
                isolation(seen.capabilities().values());
        Conditions conditions = conditions(pool);
        switch (state) {
            case State.ScaledToZero _ ->
                conditions.set(ConditionTypes.READY, true, "ScaledToZero", "replicas is 0; raise it to serve sessions");
            case State.Serving _ ->
                conditions.set(ConditionTypes.READY, true, "Serving", "All pods of the pool serve sessions");
            case State.RollingOut(boolean serving) -> {
                if (serving) {
                    conditions.set(ConditionTypes.READY, true, "RollingOut", "Old pods serve until new ones do");
                } else {
                    conditions.set(ConditionTypes.READY, false, "Starting", "Pods of the pool are starting");
                }
                conditions.set(ConditionTypes.RECONCILING, true, "RollingOut", "Pods of the pool are starting");
            }
            case State.Hindered(Trouble trouble, boolean serving) -> {
                if (serving) {
                    conditions.set(ConditionTypes.READY, true, "Serving", "Old pods serve; new ones don't come up");
                    conditions.set(ConditionTypes.DEGRADED, true, trouble.reason(), trouble.message());
                } else {
                    conditions.set(ConditionTypes.READY, false, trouble.reason(), trouble.message());
                    conditions.set(ConditionTypes.STALLED, true, trouble.reason(), trouble.message());
                }
            }
        }
        isolationProven(
                conditions,
                isolation,
                PoolPlan.ready(seen.pods()),
                seen.capabilities().size());
        return status(pool, seen, hash, isolation, conditions.build());
    }

    /** Status of a pool that can't have its children. */
    public SandboxPoolStatus stalled(SandboxPool pool, PoolObservation seen, Trouble trouble) {
        Conditions conditions = conditions(pool)
                .set(ConditionTypes.READY, false, trouble.reason(), trouble.message())
                .set(ConditionTypes.STALLED, true, trouble.reason(), trouble.message())
                .keep(ConditionTypes.ISOLATION_PROVEN);
        return status(
                pool,
                seen,
                SandboxDeployment.templateHash(pool, settings),
                isolation(seen.capabilities().values()),
                conditions.build());
    }

    private Conditions conditions(SandboxPool pool) {
        return new Conditions(
                pool.getStatus() == null ? null : pool.getStatus().conditions(),
                pool.getMetadata().getGeneration(),
                clock);
    }

    private static SandboxPoolStatus status(
            SandboxPool pool,
            PoolObservation seen,
            String hash,
            SandboxPoolStatus.@Nullable Isolation isolation,
            List<Condition> conditions) {
        int existing =
                (int) seen.pods().stream().filter(p -> !PodStates.isOver(p)).count();
        return new SandboxPoolStatus(
                pool.getMetadata().getGeneration(),
                existing,
                PoolPlan.ready(seen.pods()),
                PoolPlan.updatedReady(seen.pods(), hash),
                SandboxDeployment.selectorText(PoolNames.selector(pool)),
                sessions(seen.demand().values()),
                isolation,
                PoolNames.accessSecret(pool.getMetadata().getName()),
                conditions);
    }

    private static SandboxPoolStatus.Sessions sessions(Collection<JsonNode> demand) {
        int open = sum(demand, "open");
        int running = sum(demand, "running");
        return new SandboxPoolStatus.Sessions(open, sum(demand, "capacity"), Math.max(0, open - running), running);
    }

    private static int sum(Collection<JsonNode> demand, String field) {
        return demand.stream()
                .mapToInt(d -> Math.max(0, d.path(field).asInt(0)))
                .sum();
    }

    /** The weakest answer counts. */
    private static SandboxPoolStatus.@Nullable Isolation isolation(Collection<JsonNode> capabilities) {
        Optional<JsonNode> weakest = capabilities.stream().max((a, b) -> Integer.compare(weakness(a), weakness(b)));
        return weakest.map(w -> new SandboxPoolStatus.Isolation(
                        w.path("tier").asText("Unknown"),
                        w.path("runtime").asText("unknown"),
                        capabilities.stream().allMatch(c -> c.path("proven").asBoolean(false))))
                .orElse(null);
    }

    private static int weakness(JsonNode capabilities) {
        int index = TIERS.indexOf(capabilities.path("tier").asText());
        return index < 0 ? TIERS.size() : index;
    }

    private static void isolationProven(
            Conditions conditions, SandboxPoolStatus.@Nullable Isolation isolation, int ready, int answered) {
        if (ready == 0) {
            return;
        }
        if (isolation == null || answered < ready) {
            conditions.unknown(
                    ConditionTypes.ISOLATION_PROVEN,
                    "NoAnswer",
                    "Not every ready pod has told its self-test's result on port 8081 yet; if this stays, a network"
                            + " policy may keep the operator out");
        } else if (Boolean.TRUE.equals(isolation.proven())) {
            conditions.set(
                    ConditionTypes.ISOLATION_PROVEN,
                    true,
                    "SelfTestPassed",
                    "Every ready pod proved isolation tier " + isolation.tier());
        } else {
            conditions.set(
                    ConditionTypes.ISOLATION_PROVEN,
                    false,
                    "SelfTestFailed",
                    "A pod could not prove isolation tier " + isolation.tier()
                            + "; see /v1/capabilities on port 8081 of the pods, or use a runtimeClassName such as gvisor");
        }
    }
}
