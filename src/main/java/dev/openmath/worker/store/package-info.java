/** Object storage with conditional writes: the one place where anything durable lies. */
@NullMarked
package dev.openmath.worker.store;

import org.jspecify.annotations.NullMarked;
