package dev.openmath.worker;

import dev.openmath.worker.plan.Plan;
import dev.openmath.worker.plan.PlanStore;
import dev.openmath.worker.plan.Planning;
import dev.openmath.worker.plan.SourceAccess;
import dev.openmath.worker.store.ConditionalWriteProbe;
import dev.openmath.worker.store.ObjectStore;
import dev.openmath.worker.store.RunLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jboss.logging.Logger;

/** Reads the problems and writes what is to be generated. Runs again harmlessly. */
public final class PlanRole {
    private static final Logger LOG = Logger.getLogger(PlanRole.class);

    private PlanRole() {}

    /**
     * The termination message.
     *
     * @param alreadyComplete whether every shard of the plan is committed
     */
    public record PlanSummary(
            String runId, int problems, long samples, int shards, String sha256, boolean alreadyComplete) {}

    /**
     * Plans.
     *
     * @throws RoleFailedException if the inputs, the spec or the prefix are not fit for it
     */
    public static PlanSummary run(JobFile job, ObjectStore store, SourceAccess sources, Path promptMounts) {
        ConditionalWriteProbe.run(store, RunLayout.PROBES);
        JobContext context = JobContext.load(job, sources, promptMounts);
        PlanStore plans = new PlanStore(store, context.layout());
        plans.claim();
        Plan existing = plans.read();
        Plan plan = Planning.missing(
                        existing,
                        context.layout().runId(),
                        context.samplesPerShard(),
                        context.problems().sources(),
                        context.wanted())
                .map(entry -> {
                    plans.add(entry);
                    List<dev.openmath.worker.plan.PlanEntry> entries = new ArrayList<>(existing.entries());
                    entries.add(entry);
                    LOG.infof(
                            "plan extended entry=%d samples=%d shards=%d",
                            entry.number(), entry.samples(), entry.shards());
                    return new Plan(entries);
                })
                .orElse(existing);
        report(context);
        boolean complete = new HashSet<>(plans.committedShards()).size() >= plan.shards();
        return new PlanSummary(
                context.layout().runId(), plan.problems(), plan.samples(), plan.shards(), plan.sha256(), complete);
    }

    private static void report(JobContext context) {
        context.problems()
                .sources()
                .forEach(source -> LOG.infof(
                        "problems read source=%s dataset=%s problems=%d sha256=%s",
                        source.name(), source.dataset(), source.problems(), source.sha256()));
        if (context.problems().repeated() > 0) {
            LOG.warnf(
                    "problems that occur more than once: %d; each got an id of its own",
                    context.problems().repeated());
        }
        if (context.problems().withoutAnswer() > 0) {
            LOG.warnf(
                    "problems without an expected answer: %d; none of their samples can be correct",
                    context.problems().withoutAnswer());
        }
    }
}
