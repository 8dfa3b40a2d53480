/**
 * The control plane: turns both custom resources into child objects and their observed state into status. It never
 * sees a prompt, a completion, a source's content or a storage credential.
 */
@NullMarked
package dev.openmath.operator;

import org.jspecify.annotations.NullMarked;
