/** SandboxPool: the desired children, each one a pure function, and the status made from what is observed. */
@NullMarked
package dev.openmath.operator.sandbox;

import org.jspecify.annotations.NullMarked;
