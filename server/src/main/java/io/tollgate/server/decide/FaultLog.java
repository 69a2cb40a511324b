/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Logs unexpected exceptions: the first of a kind with its stack, later ones as a count at most once a minute, so that
 * a fault under full load does not fill a disk. Two exceptions are of a kind when their class and the place they were
 * thrown from are the same.
 *
 * <p>For any thread.
 */
public final class FaultLog {
    private static final int MAX_KINDS = 256;
    private static final long REPEAT_NS = 60_000_000_000L;

    private final Logger logger;
    private final LongSupplier monotonicNs;
    private final Map<String, Kind> kinds = new ConcurrentHashMap<>();
    private final AtomicLong total = new AtomicLong();

    /**
     * @param logger      where to
     * @param monotonicNs clock
     */
    public FaultLog(final Logger logger, final LongSupplier monotonicNs) {
        this.logger = logger;
        this.monotonicNs = monotonicNs;
    }

    /** Notes an exception that was turned into an answer. Throws nothing. */
    public void note(final Throwable fault) {
        try {
            total.incrementAndGet();
            final long nowNs = monotonicNs.getAsLong();
            final String name = nameOf(fault);
            final Kind known = kinds.get(name);
            if (known != null) {
                known.again(nowNs);
            } else if (kinds.size() < MAX_KINDS && kinds.putIfAbsent(name, new Kind(name, nowNs)) == null) {
                logger.log(Level.ERROR, "decision answered DENY / INTERNAL because of " + name, fault);
            }
        } catch (final Throwable ignored) {
            // Out of memory while reporting: the answer matters more than the report.
        }
    }

    /** {@return exceptions noted so far} */
    public long count() {
        return total.get();
    }

    private static String nameOf(final Throwable fault) {
        final StackTraceElement[] stack = fault.getStackTrace();
        return fault.getClass().getName() + (stack.length == 0 ? "" : " at " + stack[0]);
    }

    private final class Kind {
        private final String name;
        private final AtomicLong lastLoggedNs;
        private final AtomicLong unlogged = new AtomicLong();

        Kind(final String name, final long nowNs) {
            this.name = name;
            this.lastLoggedNs = new AtomicLong(nowNs);
        }

        void again(final long nowNs) {
            unlogged.incrementAndGet();
            final long lastNs = lastLoggedNs.get();
            if (nowNs - lastNs >= REPEAT_NS && lastLoggedNs.compareAndSet(lastNs, nowNs)) {
                logger.log(
                        Level.ERROR,
                        unlogged.getAndSet(0) + " more decisions answered DENY / INTERNAL because of " + name);
            }
        }
    }
}
