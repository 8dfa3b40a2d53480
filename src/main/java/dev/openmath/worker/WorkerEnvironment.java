package dev.openmath.worker;

import dev.openmath.worker.plan.SourceAccess;
import dev.openmath.worker.store.ObjectStore;
import dev.openmath.worker.store.S3Location;
import dev.openmath.worker.store.S3ObjectStore;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Where a worker pod finds its configuration: environment variables and mounted files. */
public record WorkerEnvironment(Map<String, String> variables) {
    private static final Path ROOT = Path.of("/etc/openmath");

    public Path jobFile() {
        return Path.of(variables.getOrDefault("OPENMATH_JOB_FILE", ROOT + "/job/job.json"));
    }

    public Path sources() {
        return Path.of(variables.getOrDefault("OPENMATH_SOURCES_DIR", ROOT + "/sources"));
    }

    public Path prompts() {
        return Path.of(variables.getOrDefault("OPENMATH_PROMPTS_DIR", ROOT + "/prompts"));
    }

    public Path terminationLog() {
        return Path.of(variables.getOrDefault("OPENMATH_TERMINATION_LOG", "/dev/termination-log"));
    }

    /** Port of {@code /progress} and {@code /healthz}. */
    public int managementPort() {
        return Integer.parseInt(variables.getOrDefault("OPENMATH_MANAGEMENT_PORT", "8082"));
    }

    public URI engine() {
        return URI.create(variables.getOrDefault("OPENMATH_ENGINE_URL", "http://127.0.0.1:8000"));
    }

    public @Nullable String engineApiKey() {
        return variables.get("OPENMATH_ENGINE_API_KEY");
    }

    /**
     * Name of the pool's headless service.
     *
     * @throws RoleFailedException SpecInvalid if it is not set
     */
    public String sandboxHost() {
        String host = variables.get("OPENMATH_SANDBOX_HOST");
        if (host == null || host.isBlank()) {
            throw new RoleFailedException(
                    FailureReason.SpecInvalid,
                    "OPENMATH_SANDBOX_HOST is not set; it names the pool's headless service");
        }
        return host;
    }

    public int sandboxPort() {
        return Integer.parseInt(variables.getOrDefault("OPENMATH_SANDBOX_PORT", "8080"));
    }

    public Path sandboxToken() {
        return Path.of(variables.getOrDefault("OPENMATH_SANDBOX_TOKEN_FILE", ROOT + "/sandbox/token"));
    }

    /** Number of the export that finalize makes; null where nobody counts them. */
    public @Nullable String revision() {
        return variables.get("OPENMATH_REVISION");
    }

    /** Names this worker in leases: a pod's container that starts again takes its own leases back at once. */
    public String owner() {
        String uid = variables.get("POD_UID");
        return uid != null && !uid.isBlank()
                ? variables.getOrDefault("POD_NAME", "worker") + "/" + uid
                : "worker/" + UUID.randomUUID();
    }

    /** Where the job's output goes. */
    public ObjectStore output(JobFile job) {
        return S3ObjectStore.at(location(job));
    }

    /** Opens the job's problem sources. */
    public SourceAccess sourceAccess(JobFile job) {
        S3Location output = location(job);
        return new SourceAccess(sources(), bucket -> S3ObjectStore.at(output.at(bucket, "")));
    }

    private S3Location location(JobFile job) {
        if (job.spec().output() == null || job.spec().output().s3() == null) {
            throw new RoleFailedException(FailureReason.SpecInvalid, "output.s3 is missing");
        }
        Path authority = Path.of(variables.getOrDefault("OPENMATH_S3_CA_FILE", ROOT + "/s3-ca/ca.crt"));
        return S3Location.of(job.spec().output().s3(), Files.exists(authority) ? authority : null);
    }
}
