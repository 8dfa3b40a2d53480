package dev.openmath.operator;

import dev.openmath.api.Labels;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Map;

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

    @Produces
    @Singleton
    LeaderElectionConfiguration leaderElection(OperatorConfig config) {
        return new LeaderElectionConfiguration(config.leaderElection().leaseName(), config.namespace());
    }
}
