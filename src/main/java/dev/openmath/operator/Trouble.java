package dev.openmath.operator;

/**
 * Something that keeps a pod or a step from going on.
 *
 * @param reason CamelCase
 * @param message what is wrong and what to do; no text of a problem or a sample
 */
public record Trouble(String reason, String message) {}
