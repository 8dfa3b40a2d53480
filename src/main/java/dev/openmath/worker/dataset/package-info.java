/** Rows, and the data set made of them. */
@NullMarked
package dev.openmath.worker.dataset;

import org.jspecify.annotations.NullMarked;
