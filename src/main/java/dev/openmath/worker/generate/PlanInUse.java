package dev.openmath.worker.generate;

import dev.openmath.worker.JobContext;
import dev.openmath.worker.RoleFailedException;
import dev.openmath.worker.plan.Plan;
import dev.openmath.worker.plan.PlanEntry;
import dev.openmath.worker.plan.PlanStore;
import dev.openmath.worker.store.ObjectStore;
import dev.openmath.worker.store.StoreException;
import java.util.List;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** The plan a worker works on, which may grow while it does, and the inputs that belong to it. */
final class PlanInUse {
    private static final Logger LOG = Logger.getLogger(PlanInUse.class);

    private final PlanStore plans;
    private final Supplier<JobContext> reload;
    /** Looks in vain so far, and how many calls are still let pass before the next. */
    private int refusals;

    private int pause;
    private volatile State state;

    /** Plan and inputs that fit each other. */
    record State(JobContext job, Plan plan) {}

    /** @param reload reads spec and inputs anew, for prompts that were added */
    PlanInUse(ObjectStore store, JobContext job, Plan plan, Supplier<JobContext> reload) {
        this.plans = new PlanStore(store, job.layout());
        this.reload = reload;
        this.state = new State(job, plan);
    }

    Plan plan() {
        return state.plan();
    }

    JobContext job() {
        return state.job();
    }

    /**
     * Looks for entries that were added.
     *
     * @return whether there is more to do now
     * @throws StoreException if the store does not answer
     */
    synchronized boolean grow() {
        State before = state;
        int entries = plans.entries();
        if (entries <= before.plan().entries().size() || --pause > 0) {
            return false;
        }
        Plan plan = plans.read();
        JobContext job = before.job();
        try {
            if (!covers(job, plan)) {
                job = reload.get();
            }
        } catch (RoleFailedException e) {
            return refused(String.valueOf(e.getMessage()));
        }
        if (!covers(job, plan)) {
            return refused("the mounted spec or prompts do not have it");
        }
        state = new State(job, plan);
        refusals = 0;
        LOG.infof("plan grew entries=%d samples=%d shards=%d", entries, plan.samples(), plan.shards());
        return true;
    }

    /** A mounted file follows within minutes, or never: the inputs are read again ever more rarely. */
    private boolean refused(String why) {
        LOG.infof("plan growth not taken up yet: %s", why);
        pause = 1 << Math.min(refusals++, 8);
        return false;
    }

    private static boolean covers(JobContext job, Plan plan) {
        for (PlanEntry entry : plan.entries()) {
            for (PlanEntry.VariantEntry variant : entry.variants()) {
                JobContext.Variant mine = job.variants().get(variant.name());
                if (mine == null || !mine.renderer().contentHash().equals(variant.promptSha256())) {
                    return false;
                }
            }
        }
        List<PlanEntry.SourceEntry> sources = job.problems().sources();
        return plan.entries().stream().allMatch(entry -> entry.sources().equals(sources));
    }
}
