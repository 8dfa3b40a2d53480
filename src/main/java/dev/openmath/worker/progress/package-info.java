/** What a worker tells about itself. */
@NullMarked
package dev.openmath.worker.progress;

import org.jspecify.annotations.NullMarked;
