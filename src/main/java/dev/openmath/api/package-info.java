/**
 * The contract: both custom resources as records, their conditions and labels, and the pure rules that every side
 * must apply alike (effective settings of a profile, identity of a run).
 */
@NullMarked
package dev.openmath.api;

import org.jspecify.annotations.NullMarked;
