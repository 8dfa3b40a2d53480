package dev.openmath.worker.store;

import dev.openmath.api.Output;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A prefix in a bucket.
 *
 * @param prefix without leading or trailing slash; empty for the whole bucket
 * @param endpoint null for AWS itself
 * @param certificateAuthority PEM file to trust beside the system's authorities
 */
public record S3Location(
        String bucket,
        String prefix,
        String region,
        @Nullable String endpoint,
        boolean pathStyle,
        @Nullable Path certificateAuthority) {

    /** Where a job's output goes. */
    public static S3Location of(Output.S3 s3, @Nullable Path certificateAuthority) {
        return new S3Location(
                s3.bucket(),
                s3.prefix(),
                s3.region() == null ? "us-east-1" : s3.region(),
                s3.endpoint(),
                s3.addressing() == Output.Addressing.Path,
                certificateAuthority);
    }

    /** Another bucket of the same store. */
    public S3Location at(String otherBucket, String otherPrefix) {
        return new S3Location(otherBucket, otherPrefix, region, endpoint, pathStyle, certificateAuthority);
    }

    /**
     * From {@code s3://bucket/prefix}, as people write it.
     *
     * @param endpoint overrides {@code AWS_ENDPOINT_URL_S3} and {@code AWS_ENDPOINT_URL} of the environment
     * @throws IllegalArgumentException if it is none
     */
    public static S3Location parse(String address, @Nullable String endpoint, Map<String, String> environment) {
        URI uri = URI.create(address);
        if (!"s3".equals(uri.getScheme()) || uri.getHost() == null && uri.getAuthority() == null) {
            throw new IllegalArgumentException("\"" + address + "\" is not of the form s3://bucket/prefix");
        }
        String path = uri.getPath() == null ? "" : uri.getPath();
        String prefix = path.replaceAll("^/+|/+$", "");
        String chosen = endpoint != null
                ? endpoint
                : environment.getOrDefault("AWS_ENDPOINT_URL_S3", environment.get("AWS_ENDPOINT_URL"));
        String region =
                environment.getOrDefault("AWS_REGION", environment.getOrDefault("AWS_DEFAULT_REGION", "us-east-1"));
        return new S3Location(uri.getAuthority(), prefix, region, chosen, chosen != null, null);
    }
}
