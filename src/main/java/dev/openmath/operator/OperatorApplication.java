package dev.openmath.operator;

import io.javaoperatorsdk.operator.Operator;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import jakarta.inject.Inject;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The role {@code operator}: starts the reconcilers and waits until it is told to stop. */
public class OperatorApplication implements QuarkusApplication {
    private static final Logger LOG = LoggerFactory.getLogger(OperatorApplication.class);

    private final Operator operator;

    @Inject
    public OperatorApplication(Operator operator) {
        this.operator = operator;
    }

    @Override
    public int run(String... args) {
        try {
            operator.start();
            LOG.info("Started");
            Quarkus.waitForExit();
            return 0;
        } finally {
            // Reconciliations in progress end; none begins.
            operator.stop();
            LOG.info("Stopped");
        }
    }
}
