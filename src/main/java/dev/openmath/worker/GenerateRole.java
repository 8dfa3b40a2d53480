package dev.openmath.worker;

import dev.openmath.api.Inference;
import dev.openmath.worker.dataset.RowFactory;
import dev.openmath.worker.generate.ConcurrencyLimit;
import dev.openmath.worker.generate.EngineGate;
import dev.openmath.worker.generate.GenerateOptions;
import dev.openmath.worker.generate.GenerateWorker;
import dev.openmath.worker.grading.AnswerExtraction;
import dev.openmath.worker.grading.Grader;
import dev.openmath.worker.grading.GraderKind;
import dev.openmath.worker.grading.SymbolicVerifier;
import dev.openmath.worker.inference.InferenceClient;
import dev.openmath.worker.inference.LlamaCppClient;
import dev.openmath.worker.inference.SamplingParameters;
import dev.openmath.worker.inference.VllmClient;
import dev.openmath.worker.loop.SampleRunner;
import dev.openmath.worker.plan.Plan;
import dev.openmath.worker.plan.PlanStore;
import dev.openmath.worker.plan.Planning;
import dev.openmath.worker.plan.SourceAccess;
import dev.openmath.worker.progress.Conditions;
import dev.openmath.worker.sandbox.ExecutorClient;
import dev.openmath.worker.sandbox.ExecutorVerifier;
import dev.openmath.worker.sandbox.SandboxClient;
import dev.openmath.worker.store.ObjectStore;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Puts a worker together. */
public final class GenerateRole {
    /** A completion may wait in the engine's queue before it is even begun. */
    private static final Duration COMPLETION_TIMEOUT = Duration.ofMinutes(30);

    private GenerateRole() {}

    /** What a worker talks to. */
    public record Surroundings(
            ObjectStore store,
            InferenceClient engine,
            SandboxClient sandboxes,
            GenerateWorker.SandboxProbe sandboxProbe,
            SymbolicVerifier verifier,
            String owner,
            Clock clock) {}

    /**
     * What a worker reads, perhaps more than once.
     *
     * @param job reads the spec as it is now
     */
    public record Inputs(Supplier<JobFile> job, SourceAccess sources, Path promptMounts) {
        JobContext load() {
            return JobContext.load(job.get(), sources, promptMounts);
        }
    }

    /** The client of the engine a job names. */
    public static InferenceClient engine(JobFile job, URI address, @Nullable String apiKey) {
        Inference inference = job.spec().inference();
        boolean llama = inference.type() == Inference.Type.Colocated
                && inference.colocated() != null
                && inference.colocated().engine() == Inference.Engine.LlamaCpp;
        return llama
                ? new LlamaCppClient(address, apiKey, COMPLETION_TIMEOUT)
                : new VllmClient(address, job.spec().model().name(), apiKey, COMPLETION_TIMEOUT);
    }

    /** Surroundings of which the sandboxes are an executor's. */
    public static Surroundings surroundings(
            ObjectStore store, InferenceClient engine, ExecutorClient sandboxes, String owner) {
        return new Surroundings(
                store,
                engine,
                sandboxes,
                sandboxes::health,
                new ExecutorVerifier(sandboxes, Duration.ofHours(1)),
                owner,
                Clock.systemUTC());
    }

    /**
     * A worker for a job that is planned. Reads the inputs and the plan.
     *
     * @throws RoleFailedException SourceChanged if the inputs are not what was planned with; InternalError if there is
     *     no plan
     */
    public static GenerateWorker worker(
            Inputs inputs, Surroundings around, GenerateOptions options, Conditions conditions) {
        JobContext context = inputs.load();
        Plan plan = new PlanStore(around.store(), context.layout()).read();
        if (plan.entries().isEmpty()) {
            throw new RoleFailedException(
                    FailureReason.InternalError,
                    around.store().location() + " has no plan of run "
                            + context.layout().runId() + "; run the plan role first");
        }
        // Nothing is written here: this only finds out whether the inputs still are the plan's.
        Planning.missing(
                plan,
                context.layout().runId(),
                context.samplesPerShard(),
                context.problems().sources(),
                context.wanted());

        GraderKind kind = GraderKind.named(context.settings().grader().name());
        Grader grader = Grader.of(
                kind, around.verifier(), Duration.ofSeconds(context.settings().gradingTimeoutSeconds()));
        EngineGate gate = new EngineGate(
                new ConcurrencyLimit(
                        ConcurrencyLimit.Setting.of(context.job().spec().workers())),
                around.clock());
        SampleRunner runner = new SampleRunner(
                around.engine(),
                around.sandboxes(),
                grader,
                AnswerExtraction.STRICT,
                SamplingParameters.of(context.settings()),
                gate,
                conditions,
                options.retries());
        RowFactory rows = new RowFactory(
                context.settings(),
                context.job().spec().model(),
                context.layout().runId(),
                grader,
                AnswerExtraction.STRICT);
        return new GenerateWorker(
                context,
                plan,
                around.store(),
                around.engine(),
                around.sandboxProbe(),
                runner,
                rows,
                gate,
                conditions,
                options,
                around.owner(),
                sessionPrefix(context),
                inputs.job(),
                inputs::load,
                around.clock());
    }

    /** Two jobs may draw the same samples in the same pool. */
    private static String sessionPrefix(JobContext context) {
        JobFile.Metadata metadata = context.job().metadata();
        return metadata != null && metadata.uid() != null
                ? metadata.uid()
                : context.layout().runId();
    }
}
