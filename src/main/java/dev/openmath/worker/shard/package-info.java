/** Leases, parts and commits: how finished samples become durable exactly once. */
@NullMarked
package dev.openmath.worker.shard;

import org.jspecify.annotations.NullMarked;
