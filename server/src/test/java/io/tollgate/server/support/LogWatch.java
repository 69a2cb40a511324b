/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.support;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Collects everything that this JVM logs while it is open, and keeps it off the console. */
public final class LogWatch extends Handler implements AutoCloseable {
    private final List<LogRecord> records = new CopyOnWriteArrayList<>();
    private final Logger root = Logger.getLogger("");
    private final List<Handler> silenced = List.of(root.getHandlers());

    public LogWatch() {
        setLevel(Level.ALL);
        silenced.forEach(root::removeHandler);
        root.addHandler(this);
    }

    /** {@return what was logged at WARNING or above, as text} */
    public List<String> warnings() {
        return records.stream()
                .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
                .map(entry -> entry.getLevel() + " " + entry.getLoggerName() + ": " + entry.getMessage() + " "
                        + entry.getThrown())
                .toList();
    }

    /** {@return everything that was logged, as text} */
    public List<String> all() {
        return records.stream()
                .map(entry -> entry.getMessage() + " " + entry.getThrown())
                .toList();
    }

    @Override
    public void publish(final LogRecord entry) {
        records.add(entry);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        root.removeHandler(this);
        silenced.forEach(root::addHandler);
    }
}
