package dev.openmath.worker.grading;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Pairs of answers that were labelled by the policy alone, before the grader was tried on them.
 *
 * @param rule the kind of answer
 */
public record HeldOut(String rule, String predicted, String expected, boolean equal) {
    private static final List<String> FILES = List.of("held-out.csv", "held-out-2.csv", "held-out-3.csv");

    public static List<HeldOut> all() {
        List<HeldOut> rows = new ArrayList<>();
        for (String file : FILES) {
            try (InputStream input = Objects.requireNonNull(HeldOut.class.getResourceAsStream("/grading/" + file))) {
                new String(input.readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .skip(1)
                        .forEach(line -> {
                            String[] fields = line.split("@", -1);
                            rows.add(new HeldOut(fields[0], fields[1], fields[2], fields[3].equals("equal")));
                        });
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return rows;
    }
}
