package dev.openmath.cli;

/** The input or an option can't be used; the message says which and what to write instead. */
public final class WrongInputException extends RuntimeException {
    public WrongInputException(String message) {
        super(message);
    }

    public WrongInputException(String message, Throwable cause) {
        super(message, cause);
    }
}
