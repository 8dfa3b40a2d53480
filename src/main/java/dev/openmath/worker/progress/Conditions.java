package dev.openmath.worker.progress;

import dev.openmath.api.ConditionTypes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;

/** What a worker waits for. Safe for use by many threads; logs every transition once. */
public final class Conditions {
    private static final Logger LOG = Logger.getLogger(Conditions.class);

    private final Clock clock;
    private final Map<Type, Condition> current = new LinkedHashMap<>();
    private final Map<Type, Instant> since = new LinkedHashMap<>();

    /** The things a worker depends on. */
    public enum Type {
        INFERENCE(ConditionTypes.INFERENCE_READY),
        STORAGE(ConditionTypes.STORAGE_HEALTHY),
        SANDBOXES(ConditionTypes.SANDBOXES_READY);

        private final String label;

        Type(String label) {
            this.label = label;
        }
    }

    /** As in metav1, without times. */
    public record Condition(String type, String status, String reason, String message) {}

    public Conditions(Clock clock) {
        this.clock = clock;
        for (Type type : Type.values()) {
            set(type, false, "Starting", "not asked yet");
        }
    }

    public synchronized void good(Type type, String reason, String message) {
        set(type, true, reason, message);
    }

    public synchronized void bad(Type type, String reason, String message) {
        set(type, false, reason, message);
    }

    public synchronized boolean isGood(Type type) {
        Condition condition = current.get(type);
        return condition != null && condition.status().equals("True");
    }

    public synchronized Condition get(Type type) {
        Condition condition = current.get(type);
        if (condition == null) {
            throw new IllegalStateException("every type is set from the start");
        }
        return condition;
    }

    /** How long it has been bad; zero if it is good. */
    public synchronized Duration badFor(Type type) {
        Instant start = since.get(type);
        return isGood(type) || start == null ? Duration.ZERO : Duration.between(start, clock.instant());
    }

    public synchronized List<Condition> all() {
        return List.copyOf(current.values());
    }

    private void set(Type type, boolean status, String reason, String message) {
        Condition before = current.get(type);
        Condition now = new Condition(type.label, status ? "True" : "False", reason, message);
        current.put(type, now);
        if (before == null || !before.status().equals(now.status())) {
            since.put(type, clock.instant());
        }
        if (before != null
                && !(before.status().equals(now.status()) && before.reason().equals(reason))) {
            LOG.infof("condition %s=%s reason=%s: %s", now.type(), now.status(), reason, message);
        }
    }
}
