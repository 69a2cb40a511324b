/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server;

import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Says in the log that reservations of Envoy's requests were not settled in time: the first at once, more of them at most once a minute.
 * Belongs to one thread.
 */
final class UnsettledWatch {
    private static final long REPEAT_NS = 60_000_000_000L;

    private final LongSupplier monotonicNs;
    private final Consumer<String> log;
    private long told;
    private long toldAtNs;

    UnsettledWatch(final LongSupplier monotonicNs, final Consumer<String> log) {
        this.monotonicNs = monotonicNs;
        this.log = log;
    }

    /**
     * Looks again.
     *
     * @param overdue  so far
     * @param expired of them
     */
    void look(final long overdue, final long expired) {
        final long nowNs = monotonicNs.getAsLong();
        if (overdue == told || told > 0 && nowNs - toldAtNs < REPEAT_NS) {
            return;
        }
        log.accept((overdue - told)
                + " reservations that Envoy's access log should have ended were over before an entry came ("
                + overdue + " since the start, " + expired
                + " of them given back by expiry). Is the access log configured,"
                + " is the rule's ttl longer than its requests take, does Envoy drop entries (access_logs.grpc_access_log.logs_dropped)?"
                + " See docs/envoy.md, Settling");
        told = overdue;
        toldAtNs = nowNs;
    }
}
