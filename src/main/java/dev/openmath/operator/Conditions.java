package dev.openmath.operator;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Conditions in metav1 shape: the transition time moves only with the status. */
public final class Conditions {
    private static final int MAX_MESSAGE = 1024;

    private final List<Condition> previous;
    private final @Nullable Long generation;
    private final Clock clock;
    private final Map<String, Condition> wanted = new LinkedHashMap<>();

    /** Starts with none; {@code previous} only lends its transition times. */
    public Conditions(@Nullable List<Condition> previous, @Nullable Long generation, Clock clock) {
        this.previous = previous == null ? List.of() : previous;
        this.generation = generation;
        this.clock = clock;
    }

    public Conditions set(String type, boolean status, String reason, String message) {
        return set(type, status ? "True" : "False", reason, message);
    }

    public Conditions unknown(String type, String reason, String message) {
        return set(type, "Unknown", reason, message);
    }

    /** Keeps the previous condition of this type as it is, if there was one. */
    public Conditions keep(String type) {
        find(previous, type).ifPresent(c -> wanted.put(type, c));
        return this;
    }

    public List<Condition> build() {
        return new ArrayList<>(wanted.values());
    }

    private Conditions set(String type, String status, String reason, String message) {
        String since = find(previous, type)
                .filter(p -> Objects.equals(p.getStatus(), status))
                .map(Condition::getLastTransitionTime)
                .orElseGet(() -> timestamp(clock.instant()));
        wanted.put(
                type,
                new ConditionBuilder()
                        .withType(type)
                        .withStatus(status)
                        .withReason(reason(reason))
                        .withMessage(message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE))
                        .withLastTransitionTime(since)
                        .withObservedGeneration(generation)
                        .build());
        return this;
    }

    /** The condition of a type. */
    public static Optional<Condition> find(@Nullable List<Condition> conditions, String type) {
        return conditions == null
                ? Optional.empty()
                : conditions.stream().filter(c -> type.equals(c.getType())).findFirst();
    }

    public static boolean isTrue(@Nullable List<Condition> conditions, String type) {
        return find(conditions, type).filter(c -> "True".equals(c.getStatus())).isPresent();
    }

    /** RFC 3339 with whole seconds, as Kubernetes writes times. */
    public static String timestamp(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** Reasons come from pods too; the API server wants CamelCase words. */
    private static String reason(String text) {
        String clean = text.replaceAll("[^A-Za-z0-9_]", "");
        return clean.isEmpty() || !Character.isLetter(clean.charAt(0)) ? "Unknown" : clean;
    }
}
