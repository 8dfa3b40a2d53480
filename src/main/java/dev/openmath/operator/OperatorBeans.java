package dev.openmath.operator;

import dev.openmath.api.Labels;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What reconcilers are made of. */
@Singleton
public class OperatorBeans {
    @Produces
    @Singleton
    Clock clock() {
        return Clock.systemUTC();
    }

    @Produces
    @Singleton
    PodRequests podRequests() {
        return new HttpPodRequests();
    }

    @Produces
    @Singleton
    Settings settings(OperatorConfig config) {
        return new Settings(
                config.images().worker(),
                config.images().sandbox(),
                config.images().vllm(),
                config.namespace(),
                Map.of(Labels.NAME, Labels.OPERATOR, Labels.INSTANCE, config.instance()),
                config.figuresInterval());
    }

    /** None without an election: only a dependent bean may be absent. */
    @Produces
    @Dependent
    @Nullable
    LeaderElectionConfiguration leaderElection(OperatorConfig config) {
        return config.leaderElection().enabled()
                ? new LeaderElectionConfiguration(config.leaderElection().leaseName(), config.namespace())
                : null;
    }
}
