/** Which finished samples become the data set: pure functions over solution texts. */
@NullMarked
package dev.openmath.worker.dataset.select;

import org.jspecify.annotations.NullMarked;
