package dev.openmath.worker.grading;

/** A number would exceed what anybody should compute: the answer equals only the same text. */
final class TooLargeException extends NotUnderstoodException {}
