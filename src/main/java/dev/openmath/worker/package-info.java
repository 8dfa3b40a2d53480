/** The data plane: plans, generates, grades and exports. Knows no Kubernetes client. */
@NullMarked
package dev.openmath.worker;

import org.jspecify.annotations.NullMarked;
