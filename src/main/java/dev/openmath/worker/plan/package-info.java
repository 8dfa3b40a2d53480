/** What is to be generated: problems, samples, shards. */
@NullMarked
package dev.openmath.worker.plan;

import org.jspecify.annotations.NullMarked;
