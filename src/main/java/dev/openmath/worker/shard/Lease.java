package dev.openmath.worker.shard;

import java.time.Instant;

/**
 * Who works on a shard. Leases serve efficiency only; a wrong clock costs double work, never a wrong result.
 *
 * @param epoch grows with every owner; parts are named after it
 * @param nonce tells one's own write from another's after a lost answer
 */
public record Lease(String owner, int epoch, Instant expires, String nonce) {}
