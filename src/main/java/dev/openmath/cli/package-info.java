/** Offline commands, for people and pipelines: files and pipes, no cluster. */
@NullMarked
package dev.openmath.cli;

import org.jspecify.annotations.NullMarked;
