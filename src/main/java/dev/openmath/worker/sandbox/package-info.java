/** Runs code blocks and comparisons in sandboxes. */
@NullMarked
package dev.openmath.worker.sandbox;

import org.jspecify.annotations.NullMarked;
