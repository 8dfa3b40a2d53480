package dev.openmath.worker.grading;

/** The exact rules can't read an answer or work with it; the verifier may. */
class NotUnderstoodException extends RuntimeException {
    NotUnderstoodException() {
        super("not understood", null, false, false);
    }
}
