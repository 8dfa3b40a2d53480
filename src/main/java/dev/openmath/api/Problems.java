package dev.openmath.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The problems to solve. */
public record Problems(
        @Required @Size(min = 1, max = 16) @JsonPropertyDescription("Where problems come from, in this order.")
        List<Source> sources,

        @JsonPropertyDescription("Takes a part of the problems.") @Nullable
        Filter filter) {

    /** One source of problems: a discriminated union by {@code type}. */
    @ValidationRule(value = "(self.type == 'S3') == has(self.s3)", message = "set s3 exactly when type is S3")
    @ValidationRule(
            value = "(self.type == 'ConfigMap') == has(self.configMap)",
            message = "set configMap exactly when type is ConfigMap")
    @ValidationRule(
            value = "(self.type == 'PersistentVolumeClaim') == has(self.persistentVolumeClaim)",
            message = "set persistentVolumeClaim exactly when type is PersistentVolumeClaim")
    @ValidationRule(value = "(self.type == 'HTTP') == has(self.http)", message = "set http exactly when type is HTTP")
    @ValidationRule(
            value = "!has(self.fields) || self.format == 'JSONLines'",
            message = "fields maps the columns of format JSONLines only; GSM8K and MATH have a layout of their own")
    public record Source(
            @Required
            @Size(min = 1, max = 40)
            @Pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
            @JsonPropertyDescription("Name of the source within this job.")
            String name,

            @Required
            @Size(min = 1, max = 63)
            @Pattern("^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$")
            @JsonPropertyDescription("Value of the rows' dataset field, and part of a sample's identity.")
            String dataset,

            @Required
            @JsonPropertyDescription(
                    "GSM8K: JSON Lines of question and answer with a last line of four number signs. MATH: JSON"
                            + " Lines, or a folder of JSON files, of problem, solution, level, type. JSONLines: any JSON Lines, see"
                            + " fields.")
            Format format,

            @Required @JsonPropertyDescription("Which of the members below is set.")
            Type type,

            @JsonPropertyDescription(
                    "An object, or a prefix ending in a slash, in S3. Credentials and endpoint are those of"
                            + " output.s3.")
            @Nullable
            S3Object s3,

            @JsonPropertyDescription("Keys of a ConfigMap.") @Nullable
            ConfigMapKeys configMap,

            @JsonPropertyDescription("A file or folder on a volume.") @Nullable
            VolumePath persistentVolumeClaim,

            @JsonPropertyDescription("A file fetched by HTTP or HTTPS.") @Nullable
            HttpFile http,

            @JsonPropertyDescription("Field names of format JSONLines.") @Nullable
            Fields fields) {}

    /** Layouts of problem files. */
    public enum Format {
        GSM8K,
        MATH,
        JSONLines
    }

    /** Kinds of sources. */
    public enum Type {
        S3,
        ConfigMap,
        PersistentVolumeClaim,
        HTTP
    }

    /** An object or prefix in S3. */
    public record S3Object(
            @Required @Size(min = 3, max = 63) @JsonPropertyDescription("Bucket.")
            String bucket,

            @Required
            @Size(min = 1, max = 1024)
            @JsonPropertyDescription("Key of an object, or a prefix ending in a slash.")
            String key) {}

    /** Keys of a ConfigMap of the same namespace. */
    public record ConfigMapKeys(
            @Required @Size(min = 1, max = 253) @JsonPropertyDescription("Name of the ConfigMap.")
            String name,

            @Size(min = 1, max = 253)
            @JsonPropertyDescription("Key to read; all keys in order of name when left out.")
            @Nullable
            String key) {}

    /** A file or folder on a PersistentVolumeClaim of the same namespace. */
    public record VolumePath(
            @Required @Size(min = 1, max = 253) @JsonPropertyDescription("Name of the PersistentVolumeClaim.")
            String claimName,

            @Required
            @Size(min = 1, max = 1024)
            @Pattern("^[^/].*$")
            @JsonPropertyDescription("Path of a file or folder in the volume, without a leading slash.")
            String path) {}

    /** A file fetched by HTTP(S). */
    public record HttpFile(
            @Required
            @Size(min = 8, max = 2048)
            @Pattern("^https?://[^\\s]+$")
            @JsonPropertyDescription("Address of the file, beginning with http:// or https://.")
            String url,

            @Pattern("^[0-9a-f]{64}$")
            @JsonPropertyDescription(
                    "SHA-256 of the file in lower-case hexadecimal; the job stops when the file differs.")
            @Nullable
            String sha256) {}

    /** Field names of format JSONLines. */
    public record Fields(
            @Size(min = 1, max = 253)
            @JsonPropertyDescription("Field of the id; left out: derived from the question.")
            @Nullable
            String id,

            @Default("\"question\"")
            @Size(min = 1, max = 253)
            @JsonPropertyDescription("Field of the question.")
            @Nullable
            String question,

            @Default("\"expected_answer\"")
            @Size(min = 1, max = 253)
            @JsonPropertyDescription("Field of the known answer.")
            @Nullable
            String expectedAnswer,

            @Size(min = 1, max = 253) @JsonPropertyDescription("Field of a worked solution.") @Nullable
            String referenceSolution,

            @Size(min = 1, max = 253) @JsonPropertyDescription("Field of the subject.") @Nullable
            String subject,

            @Size(min = 1, max = 253) @JsonPropertyDescription("Field of the level.") @Nullable
            String level) {}

    /** Takes a part of the problems; conditions add up. */
    public record Filter(
            @Size(min = 1, max = 1000) @JsonPropertyDescription("Only problems with these ids.") @Nullable
            List<String> ids,

            @Size(min = 1, max = 64) @JsonPropertyDescription("Only problems of these subjects.") @Nullable
            List<String> subjects,

            @Min(1) @Max(100000000) @JsonPropertyDescription("Only the first so many that are left.") @Nullable
            Integer limit) {}
}
