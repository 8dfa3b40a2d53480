package dev.openmath.worker.store;

import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** S3, or a store that speaks its language and honours {@code If-None-Match} and {@code If-Match}. */
public final class S3ObjectStore implements ObjectStore {
    private static final Set<String> REFUSED_CREDENTIALS = Set.of(
            "AccessDenied",
            "InvalidAccessKeyId",
            "SignatureDoesNotMatch",
            "ExpiredToken",
            "InvalidToken",
            // versitygw for an access key it does not know, with HTTP 404
            "XAdminUserNotFound");

    private final S3Client client;
    private final S3Location where;
    private final String base;

    private S3ObjectStore(S3Client client, S3Location where) {
        this.client = client;
        this.where = where;
        this.base = where.prefix().isEmpty() ? "" : where.prefix() + "/";
    }

    /** Connects; nothing is sent yet. Credentials come from the standard places of the AWS SDK. */
    public static S3ObjectStore at(S3Location where) {
        Apache5HttpClient.Builder http = Apache5HttpClient.builder()
                .maxConnections(64)
                .connectionTimeout(Duration.ofSeconds(5))
                .socketTimeout(Duration.ofSeconds(60));
        Path certificateAuthority = where.certificateAuthority();
        if (certificateAuthority != null) {
            http.tlsTrustManagersProvider(() -> TrustedAuthority.fromFile(certificateAuthority));
        }
        var builder = S3Client.builder()
                .httpClientBuilder(http)
                .region(Region.of(where.region()))
                .forcePathStyle(where.pathStyle())
                // Stores that are not AWS may reject the checksum trailers that the SDK adds by default.
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
        if (where.endpoint() != null) {
            builder.endpointOverride(URI.create(where.endpoint()));
        }
        return new S3ObjectStore(builder.build(), where);
    }

    @Override
    public Optional<StoredObject> get(String key) {
        return optional(key, () -> {
            var answer = client.getObjectAsBytes(r -> r.bucket(where.bucket()).key(base + key));
            byte[] body = answer.asByteArrayUnsafe();
            GetObjectResponse head = answer.response();
            return new StoredObject(new ObjectHead(key, head.eTag(), body.length, head.metadata()), body);
        });
    }

    @Override
    public Optional<InputStream> open(String key) {
        return optional(key, () -> {
            ResponseInputStream<GetObjectResponse> stream =
                    client.getObject(r -> r.bucket(where.bucket()).key(base + key));
            return stream;
        });
    }

    @Override
    public Optional<ObjectHead> head(String key) {
        return optional(key, () -> {
            var answer = client.headObject(r -> r.bucket(where.bucket()).key(base + key));
            return new ObjectHead(key, answer.eTag(), answer.contentLength(), answer.metadata());
        });
    }

    @Override
    public @Nullable String put(String key, byte[] body, Map<String, String> metadata, WriteCondition condition) {
        PutObjectRequest.Builder request = PutObjectRequest.builder()
                .bucket(where.bucket())
                .key(base + key)
                .metadata(metadata);
        switch (condition) {
            case WriteCondition.None none -> {}
            case WriteCondition.Absent absent -> request.ifNoneMatch("*");
            case WriteCondition.Matches(String etag) -> request.ifMatch(etag);
        }
        // 409: another conditional write to the key is under way; it may fail, so the answer is asked again.
        for (int attempt = 1; ; attempt++) {
            try {
                return client.putObject(request.build(), RequestBody.fromBytes(body))
                        .eTag();
            } catch (S3Exception e) {
                if (e.statusCode() == 412 || (isMissingKey(e) && condition instanceof WriteCondition.Matches)) {
                    return null;
                }
                if (e.statusCode() != 409 || attempt == 5) {
                    throw translated(key, e);
                }
                pause(attempt);
            } catch (SdkException e) {
                throw translated(key, e);
            }
        }
    }

    @Override
    public void putFile(String key, Path file, Map<String, String> metadata) {
        translating(
                key,
                () -> client.putObject(
                        r -> r.bucket(where.bucket()).key(base + key).metadata(metadata), RequestBody.fromFile(file)));
    }

    @Override
    public List<ObjectHead> list(String keyPrefix) {
        return translating(keyPrefix, () -> {
            List<ObjectHead> found = new ArrayList<>();
            client.listObjectsV2Paginator(r -> r.bucket(where.bucket()).prefix(base + keyPrefix))
                    .contents()
                    .forEach(object -> found.add(new ObjectHead(
                            object.key().substring(base.length()), object.eTag(), object.size(), Map.of())));
            found.sort((a, b) -> a.key().compareTo(b.key()));
            return List.copyOf(found);
        });
    }

    @Override
    public void delete(String key) {
        translating(key, () -> client.deleteObject(r -> r.bucket(where.bucket()).key(base + key)));
    }

    @Override
    public String location() {
        return "s3://" + where.bucket() + "/" + where.prefix();
    }

    @Override
    public void close() {
        client.close();
    }

    private <T> Optional<T> optional(String key, Supplier<T> action) {
        try {
            return Optional.of(action.get());
        } catch (S3Exception e) {
            if (isMissingKey(e)) {
                return Optional.empty();
            }
            throw translated(key, e);
        } catch (SdkException e) {
            throw translated(key, e);
        }
    }

    private <T> T translating(String key, Supplier<T> action) {
        try {
            return action.get();
        } catch (SdkException e) {
            throw translated(key, e);
        }
    }

    /** A 404 also answers a missing bucket, and with versitygw an unknown access key; an answer to HEAD has no code. */
    private static boolean isMissingKey(S3Exception e) {
        return e.statusCode() == 404
                && (code(e).isEmpty() || code(e).equals("NoSuchKey") || code(e).equals("NotFound"));
    }

    private static String code(S3Exception e) {
        return e.awsErrorDetails() == null || e.awsErrorDetails().errorCode() == null
                ? ""
                : e.awsErrorDetails().errorCode();
    }

    private StoreException translated(String key, SdkException e) {
        String at = "bucket \"" + where.bucket() + "\" at " + (where.endpoint() == null ? "AWS" : where.endpoint());
        if (e instanceof S3Exception s3) {
            int status = s3.statusCode();
            if (code(s3).equals("NoSuchBucket") || status == 301) {
                return new StoreException(
                        StoreException.Reason.BucketNotFound,
                        at + " does not exist" + (status == 301 ? " in region " + where.region() : "")
                                + "; create it, or write the right name in output.s3.bucket and output.s3.region",
                        e);
            }
            if (status == 401 || status == 403 || REFUSED_CREDENTIALS.contains(code(s3))) {
                return new StoreException(
                        StoreException.Reason.StorageAccessDenied,
                        at + " refuses the credentials (HTTP " + status + " " + code(s3) + " for key " + base + key
                                + "); put keys that may read, write, list and delete under the prefix into the Secret"
                                + " of output.s3.credentialsSecretRef",
                        e);
            }
            if (status == 501) {
                return new StoreException(
                        StoreException.Reason.ConditionalWritesUnsupported,
                        at + " does not implement conditional writes; use a store that honours If-None-Match and"
                                + " If-Match, such as AWS S3 or versitygw",
                        e);
            }
            return new StoreException(
                    StoreException.Reason.StorageUnreachable,
                    at + " answers HTTP " + status + " " + code(s3) + " for key " + base + key
                            + "; look at the store's own log, the worker goes on when it recovers",
                    e);
        }
        boolean noCredentials = e instanceof SdkClientException
                && String.valueOf(e.getMessage()).contains("credentials");
        return noCredentials
                ? new StoreException(
                        StoreException.Reason.StorageAccessDenied,
                        "no credentials for " + at
                                + "; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, in a cluster through the Secret of"
                                + " output.s3.credentialsSecretRef",
                        e)
                : new StoreException(
                        StoreException.Reason.StorageUnreachable,
                        at + " can't be reached (" + rootMessage(e)
                                + "); check output.s3.endpoint and the network policy, the worker goes on when it"
                                + " answers",
                        e);
    }

    private static String rootMessage(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getClass().getSimpleName() + ": " + root.getMessage();
    }

    private static void pause(int attempt) {
        try {
            Thread.sleep(20L << attempt);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException(StoreException.Reason.StorageUnreachable, "interrupted while writing", e);
        }
    }
}
