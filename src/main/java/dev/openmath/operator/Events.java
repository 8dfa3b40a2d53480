package dev.openmath.operator;

import dev.openmath.api.ConditionTypes;
import dev.openmath.api.Labels;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Events of the custom resources: one for each transition, none for a state that lasts. */
public final class Events {
    private static final Logger LOG = LoggerFactory.getLogger(Events.class);
    private final KubernetesClient client;
    private final Clock clock;

    public Events(KubernetesClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
    }

    /** Tells when Ready's reason changed, or Degraded came. */
    public void transition(HasMetadata about, @Nullable List<Condition> before, List<Condition> now) {
        Optional<Condition> ready = Conditions.find(now, ConditionTypes.READY);
        String old = Conditions.find(before, ConditionTypes.READY)
                .map(Condition::getReason)
                .orElse("");
        ready.filter(c -> !Objects.equals(c.getReason(), old)).ifPresent(c -> {
            boolean bad = Conditions.isTrue(now, ConditionTypes.STALLED);
            emit(about, bad ? "Warning" : "Normal", c);
        });
        if (!Conditions.isTrue(before, ConditionTypes.DEGRADED)) {
            Conditions.find(now, ConditionTypes.DEGRADED)
                    .filter(c -> "True".equals(c.getStatus()))
                    .ifPresent(c -> emit(about, "Warning", c));
        }
    }

    private void emit(HasMetadata about, String type, Condition condition) {
        String now = Conditions.timestamp(clock.instant());
        Event event = new EventBuilder()
                .withNewMetadata()
                .withGenerateName(about.getMetadata().getName() + ".")
                .withNamespace(about.getMetadata().getNamespace())
                .endMetadata()
                .withNewInvolvedObject()
                .withApiVersion(about.getApiVersion())
                .withKind(about.getKind())
                .withName(about.getMetadata().getName())
                .withNamespace(about.getMetadata().getNamespace())
                .withUid(about.getMetadata().getUid())
                .endInvolvedObject()
                .withType(type)
                .withReason(condition.getReason())
                .withMessage(condition.getMessage())
                .withFirstTimestamp(now)
                .withLastTimestamp(now)
                .withCount(1)
                .withNewSource()
                .withComponent(Labels.OPERATOR)
                .endSource()
                .withReportingComponent(Labels.OPERATOR)
                .withReportingInstance(Labels.OPERATOR)
                .build();
        try {
            client.resource(event).create();
        } catch (KubernetesClientException e) {
            // An event is a courtesy: a full or terminating namespace must not stop the work.
            LOG.warn("Event {} could not be written: {}", condition.getReason(), e.getMessage());
        }
    }
}
