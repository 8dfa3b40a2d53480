package dev.openmath.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the commands' options have in common. */
final class Options {
    private Options() {}

    /** A named choice; the message of a wrong one names the option. */
    static <T> T named(Function<String, T> choices, String name, String option) {
        try {
            return choices.apply(name);
        } catch (IllegalArgumentException e) {
            throw new WrongInputException(option + ": " + e.getMessage(), e);
        }
    }

    /** A file, or standard input for null and {@code -}. */
    static InputStream input(@Nullable String file) {
        if (file == null || file.equals("-")) {
            return System.in;
        }
        try {
            return Files.newInputStream(Path.of(file));
        } catch (IOException e) {
            throw new WrongInputException(
                    "can't read " + file + ": " + e.getClass().getSimpleName(), e);
        }
    }
}
