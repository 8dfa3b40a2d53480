/** GenerationJob: a pure decision, pure desired children, a pure status; the reconciler only orders them. */
@NullMarked
package dev.openmath.operator.generation;

import org.jspecify.annotations.NullMarked;
