package dev.openmath.worker;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.ExtLogRecord;

/**
 * Logging of roles and commands that run without Quarkus: one line per event on stderr. {@code OPENMATH_LOG_LEVEL}
 * names the level, by default INFO.
 */
public final class WorkerLogging {
    /** Kept here, because the log manager holds loggers weakly. */
    private static final Logger ROOT = Logger.getLogger("");

    private static final Logger OURS = Logger.getLogger("dev.openmath");

    private WorkerLogging() {}

    /** Replaces whatever handlers there are. */
    public static void start(Level level) {
        for (Handler handler : ROOT.getHandlers()) {
            ROOT.removeHandler(handler);
        }
        Handler console = new ConsoleHandler();
        console.setLevel(Level.ALL);
        console.setFormatter(new Line());
        ROOT.addHandler(console);
        ROOT.setLevel(Level.WARNING);
        OURS.setLevel(level);
    }

    private static final class Line extends Formatter {
        @Override
        public String format(LogRecord entry) {
            StringBuilder line = new StringBuilder()
                    .append(Instant.now().truncatedTo(ChronoUnit.MILLIS))
                    .append(' ')
                    .append(entry.getLevel().getName())
                    .append(' ')
                    .append(shortName(entry.getLoggerName()))
                    .append(' ')
                    .append(entry instanceof ExtLogRecord ext ? ext.getFormattedMessage() : formatMessage(entry))
                    .append('\n');
            if (entry.getThrown() != null) {
                line.append(stackWithoutMessages(entry.getThrown()));
            }
            return line.toString();
        }

        private static String shortName(String name) {
            return name == null ? "" : name.substring(name.lastIndexOf('.') + 1);
        }

        /** Messages of foreign exceptions may quote what they were parsing: only classes and places are shown. */
        private static String stackWithoutMessages(Throwable thrown) {
            StringWriter text = new StringWriter();
            PrintWriter out = new PrintWriter(text);
            for (Throwable t = thrown; t != null; t = t.getCause()) {
                out.println((t == thrown ? "  " : "  caused by ") + t.getClass().getName());
                for (StackTraceElement element : t.getStackTrace()) {
                    out.println("    at " + element);
                }
            }
            return text.toString();
        }
    }
}
