package dev.openmath.cli;

import dev.openmath.api.Inference;
import dev.openmath.api.Problems;
import dev.openmath.worker.FinalizeRole;
import dev.openmath.worker.GenerateRole;
import dev.openmath.worker.JobFile;
import dev.openmath.worker.PlanRole;
import dev.openmath.worker.WorkerLogging;
import dev.openmath.worker.generate.GenerateOptions;
import dev.openmath.worker.generate.GenerateWorker;
import dev.openmath.worker.generate.PatientWorker;
import dev.openmath.worker.plan.SourceAccess;
import dev.openmath.worker.progress.Conditions;
import dev.openmath.worker.sandbox.ExecutorClient;
import dev.openmath.worker.sandbox.SandboxSettings;
import dev.openmath.worker.store.FileObjectStore;
import dev.openmath.worker.store.JsonDocuments;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A whole job on this machine: plan, generate, finalize. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description =
                "Runs a GenerationJob manifest here, into a folder; started again it goes on where it was. The"
                        + " options stand in for its sources, its endpoint, its pool and its bucket. Prints the summary as JSON.")
final class RunCommand implements Callable<Integer> {
    @Option(names = "-f", required = true, paramLabel = "job.yaml", description = "The manifest, YAML or JSON.")
    @SuppressWarnings("NullAway.Init")
    Path manifest;

    @Option(
            names = "--problems",
            paramLabel = "[SOURCE=]FILE",
            description = "File or folder read instead of a problem source; the name may be left out where there is one"
                    + " source. In the format that the manifest gives for it.")
    List<String> problems = List.of();

    @Option(
            names = "--prompts",
            paramLabel = "DIR",
            description = "Where the ConfigMaps of few-shot examples are: one folder per prompt, one file per key.")
    Path prompts = Path.of("prompts");

    @Option(
            names = "--engine",
            paramLabel = "URL",
            description = "The engine; by default the manifest's endpoint, for Colocated http://127.0.0.1:8000. Its API"
                    + " key in OPENMATH_ENGINE_API_KEY.")
    @Nullable
    URI engine;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "Where the data set goes; by default a folder with the name of the job.")
    @Nullable
    Path output;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    SandboxOptions sandbox;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        WorkerLogging.start(Level.WARNING);
        JobFile job = JobFile.read(manifest);
        Path folder = output != null ? output : Path.of(name(job));
        try (FileObjectStore store = new FileObjectStore(Files.createDirectories(folder))) {
            SourceAccess sources = new SourceAccess(manifest.resolveSibling("sources"), bucket -> {
                        throw new WrongInputException("bucket " + bucket + " is not read here; give --problems FILE");
                    })
                    .standingIn(standIns(job));
            PlanRole.PlanSummary plan = PlanRole.run(job, store, sources, prompts);
            say("%d samples of %d problems are planned in %s", plan.samples(), plan.problems(), folder);
            if (!plan.alreadyComplete() && !generated(job, store, sources)) {
                say("stopped; the same command goes on");
                return ExitCodes.FAILED;
            }
            Path temporary = Files.createTempDirectory("openmath-run-");
            var summary = FinalizeRole.run(job, store, temporary, null);
            Files.deleteIfExists(temporary);
            spec.commandLine().getOut().println(new String(JsonDocuments.write(summary), StandardCharsets.UTF_8));
            return ExitCodes.DONE;
        }
    }

    private boolean generated(JobFile job, FileObjectStore store, SourceAccess sources) throws InterruptedException {
        try (SandboxOptions.Executor executor = sandbox.executor();
                ExecutorClient sandboxes = ExecutorClient.at(
                        executor.url(), executor.token(), SandboxSettings.of(job.settings()), Clock.systemUTC());
                var client = GenerateRole.engine(job, engineOf(job), System.getenv("OPENMATH_ENGINE_API_KEY"))) {
            GenerateRole.Surroundings around =
                    GenerateRole.surroundings(store, client, sandboxes, "run/" + UUID.randomUUID());
            GenerateOptions options = GenerateOptions.of(job.spec().sharding());
            Conditions conditions = new Conditions(around.clock());
            GenerateRole.Inputs inputs = new GenerateRole.Inputs(() -> job, sources, prompts);
            PatientWorker worker = new PatientWorker(
                    job.runId(), () -> GenerateRole.worker(inputs, around, options, conditions), conditions, options);
            return supervised(worker);
        }
    }

    /** Ctrl-C stores what is finished before the process ends. */
    private boolean supervised(PatientWorker worker) throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        Thread hook = Thread.ofPlatform().unstarted(() -> {
            worker.stop();
            try {
                ended.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Runtime.getRuntime().addShutdownHook(hook);
        Thread news = Thread.ofVirtual().start(() -> tell(worker));
        try {
            return worker.run() == GenerateWorker.Ending.NOTHING_LEFT;
        } finally {
            news.interrupt();
            ended.countDown();
        }
    }

    private void tell(PatientWorker worker) {
        try {
            while (true) {
                TimeUnit.SECONDS.sleep(5);
                var now = worker.progress();
                say(
                        "%d of %d samples, %.1f/s, %d in flight",
                        now.committed().samples() + now.uncommitted().samples(),
                        now.plan().samples(),
                        now.samplesPerSecond(),
                        now.inFlight());
                now.conditions().stream()
                        .filter(condition -> !condition.status().equals("True"))
                        .forEach(condition -> say("waiting: %s", condition.message()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void say(String format, Object... values) {
        spec.commandLine().getErr().println(format.formatted(values));
        spec.commandLine().getErr().flush();
    }

    private Map<String, Path> standIns(JobFile job) {
        List<String> names = job.spec().problems().sources().stream()
                .map(Problems.Source::name)
                .toList();
        Map<String, Path> files = new HashMap<>();
        for (String given : problems) {
            int cut = given.indexOf('=');
            String name = cut > 0 ? given.substring(0, cut) : names.getFirst();
            if (cut <= 0 && names.size() > 1 || !names.contains(name)) {
                throw new WrongInputException("--problems: name the source, one of " + String.join(", ", names)
                        + ": --problems " + names.getFirst() + "=FILE");
            }
            Path file = Path.of(given.substring(cut + 1));
            if (!Files.isReadable(file)) {
                throw new WrongInputException("--problems: can't read " + file);
            }
            files.put(name, file);
        }
        for (Problems.Source source : job.spec().problems().sources()) {
            if (!files.containsKey(source.name()) && source.type() != Problems.Type.HTTP) {
                throw new WrongInputException("source " + source.name() + " is a " + source.type()
                        + ", which is not there without a cluster; give --problems " + source.name() + "=FILE");
            }
        }
        return files;
    }

    private URI engineOf(JobFile job) {
        if (engine != null) {
            return engine;
        }
        Inference inference = job.spec().inference();
        return URI.create(
                inference.type() == Inference.Type.Endpoint && inference.endpoint() != null
                        ? inference.endpoint().url()
                        : "http://127.0.0.1:8000");
    }

    private static String name(JobFile job) {
        return job.metadata() != null && job.metadata().name() != null
                ? job.metadata().name()
                : "openmath-run";
    }
}
