/** The generate role: leases shards, keeps the engine busy, stores what is finished. */
@NullMarked
package dev.openmath.worker.generate;

import org.jspecify.annotations.NullMarked;
