@NullMarked
package dev.openmath.operator.generation;

import org.jspecify.annotations.NullMarked;
