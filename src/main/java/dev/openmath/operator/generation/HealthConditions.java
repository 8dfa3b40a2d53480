package dev.openmath.operator.generation;

import dev.openmath.api.ConditionTypes;
import dev.openmath.api.GenerationJob;
import dev.openmath.operator.Conditions;
import dev.openmath.operator.Trouble;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Conditions of what a job depends on: sandboxes, inference, storage. One place for which reason means which. Pure. */
final class HealthConditions {
    private static final List<String> TYPES =
            List.of(ConditionTypes.SANDBOXES_READY, ConditionTypes.INFERENCE_READY, ConditionTypes.STORAGE_HEALTHY);

    private static final Map<String, String> TYPE_OF_REASON = Map.ofEntries(
            Map.entry("BucketNotFound", ConditionTypes.STORAGE_HEALTHY),
            Map.entry("StorageUnreachable", ConditionTypes.STORAGE_HEALTHY),
            Map.entry("StorageAccessDenied", ConditionTypes.STORAGE_HEALTHY),
            Map.entry("ConditionalWritesUnsupported", ConditionTypes.STORAGE_HEALTHY),
            Map.entry("EngineUnreachable", ConditionTypes.INFERENCE_READY),
            Map.entry("EngineNotStarting", ConditionTypes.INFERENCE_READY),
            Map.entry("SandboxUnreachable", ConditionTypes.SANDBOXES_READY),
            Map.entry("PoolNotFound", ConditionTypes.SANDBOXES_READY),
            Map.entry("PoolScaledToZero", ConditionTypes.SANDBOXES_READY),
            Map.entry("PoolStalled", ConditionTypes.SANDBOXES_READY),
            Map.entry("PoolStarting", ConditionTypes.SANDBOXES_READY));

    private HealthConditions() {}

    /** Sets the condition that a trouble is about, if it is about one. */
    static void of(Trouble trouble, Conditions conditions) {
        String type = TYPE_OF_REASON.get(trouble.reason());
        if (type != null) {
            conditions.set(type, false, trouble.reason(), trouble.message());
        }
    }

    /** What running workers say: a condition is false as soon as one of them says so. */
    static void ofReports(List<WorkerReport> reports, Conditions conditions) {
        Map<String, WorkerReport.Health> worst = new LinkedHashMap<>();
        for (WorkerReport report : reports) {
            for (WorkerReport.Health health : health(report)) {
                if (health.type() != null
                        && TYPES.contains(health.type())
                        && (health.isFalse() || !worst.containsKey(health.type()))) {
                    worst.put(health.type(), health);
                }
            }
        }
        worst.forEach((type, h) -> conditions.set(
                type,
                !h.isFalse(),
                h.reason() == null ? (h.isFalse() ? "NotReady" : "Ready") : h.reason(),
                h.message() == null ? "" : h.message()));
    }

    /** What stops every running worker: its engine or the storage. Sandboxes alone only slow them down. */
    static Optional<Trouble> stopping(List<WorkerReport> reports) {
        if (reports.isEmpty()) {
            return Optional.empty();
        }
        return List.of(ConditionTypes.INFERENCE_READY, ConditionTypes.STORAGE_HEALTHY).stream()
                .filter(type ->
                        reports.stream().allMatch(r -> falseHealth(r, type).isPresent()))
                .findFirst()
                .flatMap(type -> falseHealth(reports.getFirst(), type))
                .map(h -> new Trouble(
                        h.reason() == null ? "NotReady" : h.reason(), h.message() == null ? "" : h.message()));
    }

    /** What slows some workers down. */
    static Optional<Trouble> slowing(List<WorkerReport> reports) {
        return reports.stream()
                .flatMap(r -> health(r).stream())
                .filter(WorkerReport.Health::isFalse)
                .findFirst()
                .map(h -> new Trouble(
                        h.reason() == null ? "NotReady" : h.reason(), h.message() == null ? "" : h.message()));
    }

    /** While workers run but none has answered yet, what was known stays. */
    static void keep(GenerationJob job, Conditions conditions) {
        if (job.getStatus() != null) {
            TYPES.forEach(conditions::keep);
        }
    }

    private static Optional<WorkerReport.Health> falseHealth(WorkerReport report, String type) {
        return health(report).stream()
                .filter(h -> type.equals(h.type()) && h.isFalse())
                .findFirst();
    }

    private static List<WorkerReport.Health> health(WorkerReport report) {
        return report.conditions() == null
                ? List.of()
                : report.conditions().stream()
                        .filter(WorkerReport.Health::isKnown)
                        .toList();
    }
}
