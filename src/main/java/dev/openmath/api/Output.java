package dev.openmath.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the data set goes, and in what form. */
public record Output(
        @Required @JsonPropertyDescription("Object storage. Frozen once planned.")
        S3 s3,

        @Default("[\"JSONLines\"]")
        @Size(min = 1, max = 4)
        @JsonPropertyDescription("File formats of the data set.")
        @Nullable
        List<Format> formats,

        @Default("\"All\"")
        @JsonPropertyDescription(
                "All: correct rows under data/, the others under incorrect/. CorrectOnly: the others are left"
                        + " out. Default All.")
        @Nullable
        Rows rows) {

    /** File formats. */
    public enum Format {
        JSONLines
    }

    /** Which rows are exported. */
    public enum Rows {
        All,
        CorrectOnly
    }

    /** A prefix in a bucket of S3 or of a store that honours If-None-Match and If-Match. */
    public record S3(
            @Required
            @Size(min = 3, max = 63)
            @Pattern("^[a-z0-9][a-z0-9.-]*[a-z0-9]$")
            @JsonPropertyDescription("Bucket; it must exist.")
            String bucket,

            @Required
            @Size(min = 1, max = 512)
            @Pattern("^[A-Za-z0-9!_.*'()-]+(/[A-Za-z0-9!_.*'()-]+)*$")
            @JsonPropertyDescription("Key prefix of everything the job writes, without leading or trailing slash.")
            @ValidationRule(
                    value = "!self.split('/').exists(p, p == '..' || p == '.')",
                    message = "prefix must not contain . or .. as a part; write the folder itself")
            String prefix,

            @Size(min = 1, max = 63) @JsonPropertyDescription("Region. Default us-east-1.") @Nullable
            String region,

            @Size(min = 8, max = 2048)
            @Pattern("^https?://[^\\s]+$")
            @JsonPropertyDescription("Address of a store that is not AWS, beginning with http:// or https://.")
            @Nullable
            String endpoint,

            @JsonPropertyDescription(
                    "Path: endpoint/bucket/key. VirtualHosted: bucket.endpoint/key. Default VirtualHosted.")
            @Nullable
            Addressing addressing,

            @JsonPropertyDescription(
                    "Secret with the keys AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. Left out: the identity of"
                            + " the pods' service account.")
            @Nullable
            LocalReference credentialsSecretRef,

            @JsonPropertyDescription("Secret with a certificate authority under the key ca.crt.") @Nullable
            LocalReference caSecretRef) {}

    /** How a bucket is addressed. */
    public enum Addressing {
        Path,
        VirtualHosted
    }
}
