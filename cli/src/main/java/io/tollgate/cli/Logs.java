/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Logging of the whole program: a line per event on standard error, nothing on standard output.
 *
 * <pre>
 * 2026-11-20T22:10:01.123Z WARNING tollgate.loader: control plane 127.0.0.1:7080 does not answer: ...
 * </pre>
 */
final class Logs {
    /** Libraries that talk too much. */
    private static final List<String> NOISY = List.of("io.grpc", "net.openhft", "io.netty", "jdk", "sun");
    /** Netty warns at every connect over a Unix domain socket that it cannot set SO_KEEPALIVE on it. */
    private static final String NOISIEST = "io.grpc.netty.shaded.io.netty.bootstrap";

    /** Kept, since loggers without a reference lose their level. */
    private static final List<Logger> KEPT = new ArrayList<>();

    private Logs() {}

    /** Commands that ask and print: only what goes wrong. First thing in the process, before anybody logs. */
    static void setUp() {
        System.setProperty("java.util.logging.manager", StayingLogManager.class.getName());
        if (LogManager.getLogManager() instanceof StayingLogManager manager) {
            manager.resetNow();
        } else {
            LogManager.getLogManager().reset();
        }
        final ConsoleHandler handler = new ConsoleHandler();
        handler.setLevel(Level.ALL);
        handler.setFormatter(new OneLine());
        final Logger root = Logger.getLogger("");
        root.addHandler(handler);
        root.setLevel(Level.WARNING);
        for (String name : NOISY) {
            limit(name, Level.WARNING);
        }
        limit(NOISIEST, Level.SEVERE);
    }

    /** Commands that serve: what happens, too. */
    static void showInformation() {
        limit("tollgate", Level.INFO);
    }

    /** A command that tells of the events itself. */
    static void showOnlyErrors() {
        limit("tollgate", Level.SEVERE);
    }

    private static void limit(String name, Level level) {
        final Logger logger = Logger.getLogger(name);
        logger.setLevel(level);
        KEPT.add(logger);
    }

    /**
     * One line per record, whatever is in it. An exception shows its messages; at SEVERE, where a bug may be behind it,
     * also where it came from.
     */
    static final class OneLine extends Formatter {
        private static final DateTimeFormatter INSTANT =
                DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
        private static final int MAX_FRAMES = 12;

        @Override
        public String format(LogRecord record) {
            final StringBuilder line = new StringBuilder();
            line.append(INSTANT.format(record.getInstant()))
                    .append(' ')
                    .append(record.getLevel().getName())
                    .append(' ')
                    .append(record.getLoggerName())
                    .append(": ")
                    .append(formatMessage(record));
            for (Throwable cause = record.getThrown(); cause != null; cause = cause.getCause()) {
                line.append(": ").append(cause);
                if (record.getLevel().intValue() >= Level.SEVERE.intValue()) {
                    final StackTraceElement[] frames = cause.getStackTrace();
                    for (int i = 0; i < Math.min(MAX_FRAMES, frames.length); i++) {
                        line.append(" < ").append(frames[i]);
                    }
                }
            }
            return line.toString().replace('\r', ' ').replace("\n", " | ") + System.lineSeparator();
        }
    }
}
