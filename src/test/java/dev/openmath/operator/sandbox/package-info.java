@NullMarked
package dev.openmath.operator.sandbox;

import org.jspecify.annotations.NullMarked;
