/** Answer extraction, normal forms and verdicts. No I/O, no clock; what needs a computer algebra system goes through {@link dev.openmath.worker.grading.SymbolicVerifier}. */
@NullMarked
package dev.openmath.worker.grading;

import org.jspecify.annotations.NullMarked;
