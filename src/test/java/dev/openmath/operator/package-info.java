@NullMarked
package dev.openmath.operator;

import org.jspecify.annotations.NullMarked;
