package dev.openmath.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes JSON Lines through a step, in order and in memory that does not grow with the input. Lines that wait are taken
 * together, so that a step may work on many at once, and a single line is answered at once. Safe to interrupt: every
 * line that left is complete.
 */
final class JsonLinesPipe {
    private static final int BATCH = 512;
    private static final Duration PROGRESS_INTERVAL = Duration.ofSeconds(2);

    /** Answers rows, in order, with the lines to write. */
    interface Step {
        List<String> apply(List<JsonRow> rows);
    }

    private final String verb;
    private final PrintWriter messages;
    private final Clock clock;
    private final Instant start;
    private Instant nextProgress;
    private long lineNumber;
    private long rows;
    private long malformed;

    JsonLinesPipe(String verb, PrintWriter messages, Clock clock) {
        this.verb = verb;
        this.messages = messages;
        this.clock = clock;
        this.start = clock.instant();
        this.nextProgress = start.plus(PROGRESS_INTERVAL);
    }

    /**
     * Runs to the end of the input.
     *
     * @return how many lines were malformed; each was named with its number, and skipped
     */
    long run(InputStream input, OutputStream output, List<String> fields, List<String> added, Step step)
            throws IOException {
        var reader = new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8), 1 << 16);
        Writer writer = new OutputStreamWriter(output, StandardCharsets.UTF_8);
        for (String line = reader.readLine(); line != null; ) {
            List<JsonRow> batch = new ArrayList<>();
            do {
                lineNumber++;
                if (!line.isBlank()) {
                    try {
                        batch.add(JsonRow.parse(line, fields, added));
                    } catch (WrongInputException e) {
                        malformed++;
                        messages.println("line " + lineNumber + ": " + e.getMessage());
                    }
                }
                line = batch.size() < BATCH && reader.ready() ? reader.readLine() : null;
            } while (line != null);
            for (String answer : step.apply(batch)) {
                writer.write(answer);
                writer.write('\n');
            }
            writer.flush();
            rows += batch.size();
            line = reader.readLine();
            if (line != null) {
                progress();
            }
        }
        messages.println(summary());
        messages.flush();
        return malformed;
    }

    private void progress() {
        Instant now = clock.instant();
        if (now.isAfter(nextProgress)) {
            nextProgress = now.plus(PROGRESS_INTERVAL);
            messages.println(summary());
            messages.flush();
        }
    }

    private String summary() {
        double seconds =
                Math.max(0.001, Duration.between(start, clock.instant()).toMillis() / 1000.0);
        return "%s %d rows, %d malformed, %.0f rows/s".formatted(verb, rows, malformed, rows / seconds);
    }
}
