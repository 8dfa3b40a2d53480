/** The conversation of a model with its code interpreter. The rules are pure; {@link dev.openmath.worker.loop.SampleRunner} drives them. */
@NullMarked
package dev.openmath.worker.loop;

import org.jspecify.annotations.NullMarked;
