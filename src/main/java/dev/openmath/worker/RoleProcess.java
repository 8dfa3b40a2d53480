package dev.openmath.worker;

import dev.openmath.worker.generate.GenerateOptions;
import dev.openmath.worker.generate.GenerateWorker;
import dev.openmath.worker.generate.PatientWorker;
import dev.openmath.worker.progress.Conditions;
import dev.openmath.worker.progress.ManagementServer;
import dev.openmath.worker.sandbox.ExecutorClient;
import dev.openmath.worker.sandbox.SandboxSettings;
import dev.openmath.worker.store.JsonDocuments;
import dev.openmath.worker.store.ObjectStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The shell around the worker's roles: environment in, exit code and termination message out. */
public final class RoleProcess {
    private static final Logger LOG = Logger.getLogger(RoleProcess.class);
    /** Stopped by SIGTERM; the pod's replacement goes on. */
    private static final int STOPPED = 75;

    private static final int MESSAGE_LIMIT = 4096;
    private static final int TEXT_LIMIT = 1500;

    private final WorkerEnvironment environment;

    private RoleProcess(WorkerEnvironment environment) {
        this.environment = environment;
    }

    /** Content of the termination message of a role that failed. */
    public record Failure(Error error) {
        /** What is wrong and what to do. */
        public record Error(String reason, String message) {}
    }

    /**
     * Runs a role of this pod.
     *
     * @param role plan, generate or finalize
     * @return exit code
     */
    public static int run(String role) {
        Map<String, String> variables = System.getenv();
        temporaryFilesIn(variables.get("TMPDIR"));
        WorkerLogging.start(Level.parse(variables.getOrDefault("OPENMATH_LOG_LEVEL", "INFO")));
        return new RoleProcess(new WorkerEnvironment(variables)).start(role);
    }

    /** The root file system is read-only: Java and the zstd library look for a writable folder in these properties. */
    private static void temporaryFilesIn(@Nullable String folder) {
        if (folder != null && !folder.isBlank()) {
            System.setProperty("java.io.tmpdir", folder);
            System.setProperty("ZstdTempFolder", folder);
        }
    }

    private int start(String role) {
        try {
            JobFile job = JobFile.read(environment.jobFile());
            LOG.infof("role starts role=%s runId=%s", role, job.runId());
            return switch (role) {
                case "plan" -> plan(job);
                case "generate" -> generate(job);
                case "finalize" -> finalizeJob(job);
                default -> throw new IllegalArgumentException(role);
            };
        } catch (InterruptedException e) {
            return STOPPED;
        } catch (Exception e) {
            return failed(e);
        }
    }

    private int plan(JobFile job) {
        try (ObjectStore store = environment.output(job)) {
            terminated(PlanRole.run(job, store, environment.sourceAccess(job), environment.prompts()));
            return 0;
        }
    }

    private int finalizeJob(JobFile job) throws IOException {
        try (ObjectStore store = environment.output(job)) {
            terminated(FinalizeRole.run(
                    job, store, Path.of(System.getProperty("java.io.tmpdir")), environment.revision()));
            return 0;
        }
    }

    private int generate(JobFile job) throws IOException, InterruptedException {
        try (ObjectStore store = environment.output(job);
                ExecutorClient sandboxes = ExecutorClient.ofPool(
                        environment.sandboxHost(),
                        environment.sandboxPort(),
                        environment.sandboxToken(),
                        SandboxSettings.of(job.settings()),
                        Clock.systemUTC());
                var engine = GenerateRole.engine(job, environment.engine(), environment.engineApiKey())) {
            GenerateRole.Inputs inputs = new GenerateRole.Inputs(
                    () -> JobFile.read(environment.jobFile()), environment.sourceAccess(job), environment.prompts());
            GenerateRole.Surroundings around = GenerateRole.surroundings(store, engine, sandboxes, environment.owner());
            GenerateOptions options = GenerateOptions.of(job.spec().sharding());
            Conditions conditions = new Conditions(around.clock());
            PatientWorker worker = new PatientWorker(
                    job.runId(), () -> GenerateRole.worker(inputs, around, options, conditions), conditions, options);
            try (ManagementServer management = ManagementServer.start(environment.managementPort(), worker::progress)) {
                return supervised(worker);
            }
        }
    }

    /** On SIGTERM the JVM would exit with 143 and at once; the hook keeps it until the last rows are stored. */
    private int supervised(PatientWorker worker) throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        Thread hook = new Thread(() -> {
            worker.stop();
            try {
                if (!ended.await(20, TimeUnit.SECONDS)) {
                    LOG.warnf("stopping takes too long: what is not stored is made again");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            Runtime.getRuntime().halt(STOPPED);
        });
        Runtime.getRuntime().addShutdownHook(hook);
        int code;
        try {
            GenerateWorker.Ending ending = worker.run();
            LOG.infof("worker ends ending=%s", ending);
            terminated(worker.progress());
            code = ending == GenerateWorker.Ending.STOPPED ? STOPPED : 0;
        } catch (RuntimeException e) {
            code = failed(e);
        } finally {
            ended.countDown();
        }
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            Thread.sleep(30_000); // the hook is running and ends the process
        }
        return code;
    }

    private int failed(Exception e) {
        RoleFailedException failure = RoleFailedException.of(e);
        if (failure.reason() == FailureReason.InternalError) {
            LOG.errorf(e, "role fails reason=%s", failure.reason());
        } else {
            LOG.errorf("role fails reason=%s: %s", failure.reason(), failure.getMessage());
        }
        String message = String.valueOf(failure.getMessage());
        terminated(new Failure(new Failure.Error(
                failure.reason().name(), message.length() > TEXT_LIMIT ? message.substring(0, TEXT_LIMIT) : message)));
        return failure.reason().exitCode();
    }

    private void terminated(Object message) {
        byte[] json = JsonDocuments.write(message);
        LOG.infof("termination message %s", new String(json, StandardCharsets.UTF_8));
        Path file = environment.terminationLog();
        if (json.length > MESSAGE_LIMIT || !Files.isWritable(file)) {
            return;
        }
        try {
            Files.write(file, json, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        } catch (IOException e) {
            LOG.warnf("termination message could not be written to %s", file);
        }
    }
}
