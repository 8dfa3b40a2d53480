package dev.openmath.operator.sandbox;

import dev.openmath.api.SandboxPool;
import dev.openmath.operator.Children;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;

/** The pool's access token: made once, immutable, never read by the operator. Pure. */
final class AccessSecret {
    /** Random bytes of a token. */
    static final int TOKEN_BYTES = 32;

    private AccessSecret() {}

    static Secret desired(SandboxPool pool, byte[] random) {
        String token = HexFormat.of().formatHex(random);
        return new SecretBuilder()
                .withMetadata(Children.metadata(
                        pool, PoolNames.accessSecret(pool.getMetadata().getName()), PoolNames.labels(pool)))
                .withType("Opaque")
                .withImmutable(true)
                .addToData(
                        PoolNames.TOKEN_KEY,
                        Base64.getEncoder().encodeToString(token.getBytes(StandardCharsets.US_ASCII)))
                .build();
    }
}
