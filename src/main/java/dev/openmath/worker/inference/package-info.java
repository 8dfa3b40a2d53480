/** Talks to inference engines. */
@NullMarked
package dev.openmath.worker.inference;

import org.jspecify.annotations.NullMarked;
