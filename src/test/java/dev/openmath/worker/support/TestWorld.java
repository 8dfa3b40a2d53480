package dev.openmath.worker.support;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.openmath.worker.GenerateRole;
import dev.openmath.worker.JobFile;
import dev.openmath.worker.PlanRole;
import dev.openmath.worker.generate.GenerateOptions;
import dev.openmath.worker.generate.GenerateWorker;
import dev.openmath.worker.grading.SymbolicVerifier;
import dev.openmath.worker.grading.Verdict;
import dev.openmath.worker.inference.InferenceClient;
import dev.openmath.worker.loop.RetryBudget;
import dev.openmath.worker.plan.SourceAccess;
import dev.openmath.worker.progress.Conditions;
import dev.openmath.worker.store.InMemoryObjectStore;
import dev.openmath.worker.store.JsonDocuments;
import dev.openmath.worker.store.ObjectStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A job over a few problems with an engine, sandboxes and a store in memory, and a clock that can be put forward. */
public final class TestWorld {
    /** Compares texts: what the scripted engine writes needs no algebra. */
    public static final SymbolicVerifier TEXT = (pairs, grader, timeout) -> pairs.stream()
            .map(pair -> Verdict.of(String.valueOf(pair.predicted()).equals(pair.expected()), "text"))
            .toList();

    /** Hundreds of workers run in the tests; what they do well is not news. */
    private static final java.util.logging.Logger LOG = java.util.logging.Logger.getLogger("dev.openmath.worker");

    static {
        LOG.setLevel(java.util.logging.Level.OFF);
    }

    public final InMemoryObjectStore store = new InMemoryObjectStore();
    public final ScriptedEngine engine = new ScriptedEngine();
    public final ScriptedSandbox sandbox = new ScriptedSandbox();
    public final MovableClock clock = new MovableClock();
    public final Path folder;
    private ObjectNode spec;
    private int workers;

    /** The real time plus an offset. */
    public static final class MovableClock extends Clock {
        private final AtomicLong offsetMillis = new AtomicLong();

        public void forward(Duration by) {
            offsetMillis.addAndGet(by.toMillis());
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return Instant.now().plusMillis(offsetMillis.get());
        }
    }

    public TestWorld(Path folder, int problems, int samplesPerProblem, int samplesPerShard) {
        this.folder = folder;
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < problems; i++) {
            lines.append("{\"question\":\"What is problem ")
                    .append(i)
                    .append("?\",\"answer\":\"It is 42.\\n#### 42\"}\n");
        }
        source("train.jsonl", lines.toString());
        spec = (ObjectNode) read("""
                {"profile": "openmathinstruct-1",
                 "problems": {"sources": [{"name": "gsm8k", "dataset": "gsm8k", "format": "GSM8K", "type": "ConfigMap",
                                           "configMap": {"name": "problems"}}]},
                 "prompts": [{"name": "default", "type": "WithoutReference", "samplesPerProblem": 1,
                              "fewShot": {"type": "BuiltIn", "builtIn": {"set": "gsm8k-text-with-code", "count": 2}}}],
                 "codeInterpreter": {"sandboxPoolRef": {"name": "default"}},
                 "model": {"name": "scripted", "maxModelLength": 4096},
                 "inference": {"type": "Endpoint", "endpoint": {"url": "http://127.0.0.1:1"}},
                 "workers": {"concurrency": {"type": "Fixed", "initial": 4}},
                 "output": {"s3": {"bucket": "datasets", "prefix": "test"}}}
                """);
        spec.putObject("sharding").put("samplesPerShard", samplesPerShard);
        samplesPerProblem(samplesPerProblem);
    }

    public void source(String name, String content) {
        try {
            Path file = folder.resolve("sources/gsm8k").resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void samplesPerProblem(int samples) {
        ((ObjectNode) spec.path("prompts").path(0)).put("samplesPerProblem", samples);
    }

    public void addPrompt(String name, int samples) {
        ArrayNode prompts = (ArrayNode) spec.path("prompts");
        prompts.addObject().put("name", name).put("type", "WithoutReference").put("samplesPerProblem", samples);
    }

    public void spec(Consumer<ObjectNode> change) {
        change.accept(spec);
    }

    public JobFile job() {
        ObjectNode object = JsonDocuments.mapper().createObjectNode();
        object.put("apiVersion", "openmath.dev/v1alpha1").put("kind", "GenerationJob");
        object.putObject("metadata").put("name", "test").put("uid", "u-1");
        object.set("spec", spec);
        return JsonDocuments.read(JsonDocuments.write(object), JobFile.class);
    }

    public SourceAccess sources() {
        return new SourceAccess(folder.resolve("sources"), bucket -> store);
    }

    public PlanRole.PlanSummary plan() {
        return plan(store);
    }

    public PlanRole.PlanSummary plan(ObjectStore view) {
        return PlanRole.run(job(), view, sources(), folder.resolve("prompts"));
    }

    public GenerateWorker worker() {
        return worker(store, options -> options);
    }

    /** @param view what this worker sees of the store */
    public GenerateWorker worker(ObjectStore view, UnaryOperator<GenerateOptions> change) {
        return worker(view, change, new Conditions(clock));
    }

    public GenerateWorker worker(ObjectStore view, UnaryOperator<GenerateOptions> change, Conditions conditions) {
        GenerateRole.Inputs inputs = new GenerateRole.Inputs(this::job, sources(), folder.resolve("prompts"));
        GenerateRole.Surroundings around = new GenerateRole.Surroundings(
                view,
                engine,
                sandbox,
                () -> new InferenceClient.Health(true, "scripted"),
                TEXT,
                "worker-" + ++workers,
                clock);
        return GenerateRole.worker(inputs, around, change.apply(options()), conditions);
    }

    /** Everything at once: rows are stored one by one, and nobody waits for anything. */
    public static GenerateOptions options() {
        return new GenerateOptions(
                Duration.ofMillis(2),
                Duration.ZERO,
                8 << 20,
                64 << 20,
                Duration.ofSeconds(60),
                Duration.ofMillis(5),
                Duration.ofHours(1),
                Duration.ofMinutes(10),
                Duration.ofSeconds(5),
                new RetryBudget(3, Duration.ofMillis(1), Duration.ofMillis(5)));
    }

    private static com.fasterxml.jackson.databind.JsonNode read(String json) {
        try {
            return JsonDocuments.mapper().readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
