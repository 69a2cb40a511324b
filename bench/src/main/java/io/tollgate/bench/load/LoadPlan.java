/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.load;

import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * What one run does.
 *
 * @param target      where to
 * @param call        how decisions are asked for
 * @param batchSize   decisions per call, 1 unless {@link Call#BATCH}
 * @param connections lanes, each its own connection
 * @param loop        what makes the next call start
 * @param span        for how long
 */
record LoadPlan(LocalAddress target, Call call, int batchSize, int connections, Loop loop, Span span) {
    private static final int MAX_CONNECTIONS = 256;
    private static final int MAX_IN_FLIGHT = 65_536;
    private static final int MAX_BATCH = 1_024;
    private static final int MAX_RATE_PER_S = 1_000_000;
    private static final long MAX_SPAN_NS = TimeUnit.HOURS.toNanos(2);

    LoadPlan {
        require(connections, 1, MAX_CONNECTIONS, "connections");
        require(batchSize, 1, MAX_BATCH, "batch");
        require(loop.inFlight, 1, MAX_IN_FLIGHT, "in-flight");
        require(loop.ratePerS, 0, MAX_RATE_PER_S, "rate");
        if (call != Call.BATCH && batchSize != 1) {
            throw new IllegalArgumentException("batch " + batchSize + ": only with --call batch");
        }
        if (loop.inFlight < connections) {
            throw new IllegalArgumentException(
                    "in-flight " + loop.inFlight + ": must be at least the number of connections, " + connections);
        }
        if (span.warmUpNs < 0 || span.durationNs <= 0 || span.warmUpNs + span.durationNs > MAX_SPAN_NS) {
            throw new IllegalArgumentException("warm-up and duration: positive, and together at most two hours");
        }
        if (span.maxCalls <= 0) {
            throw new IllegalArgumentException("calls " + span.maxCalls + ": must be at least 1");
        }
    }

    private static void require(final long value, final long least, final long most, final String what) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(what + " " + value + ": must be from " + least + " to " + most);
        }
    }

    /** {@return how many calls of a lane may be unanswered} */
    int inFlightOf(final int lane) {
        return loop.inFlight / connections + (lane < loop.inFlight % connections ? 1 : 0);
    }

    /** {@return the run in a few words: "unary, 8 in flight, tcp"} */
    String title() {
        final String what =
                call == Call.BATCH ? "batch of " + batchSize : call.name().toLowerCase(Locale.ROOT);
        final String how = loop.isOpen() ? loop.ratePerS + "/s open loop" : loop.inFlight + " in flight";
        return what + ", " + how + ", " + (target.isUnix() ? "unix socket" : "tcp")
                + (connections == 1 ? "" : ", " + connections + " connections");
    }

    /** How decisions are asked for. */
    enum Call {
        UNARY,
        BATCH,
        STREAM,
        /** Envoy's Authorization/Check. */
        CHECK
    }

    /**
     * What makes the next call start.
     *
     * @param inFlight closed loop: calls always unanswered; open loop: most that may be
     * @param ratePerS open loop: calls due per second; 0 = closed loop, the next call starts when one is answered
     * @param spin     open loop: waits for the next call with a busy loop (costs a core, is more punctual)
     */
    record Loop(int inFlight, int ratePerS, boolean spin) {
        static Loop closed(final int inFlight) {
            return new Loop(inFlight, 0, false);
        }

        boolean isOpen() {
            return ratePerS > 0;
        }
    }

    /**
     * For how long.
     *
     * @param warmUpNs   calls of this long at first are not measured
     * @param durationNs then measured for so long
     * @param maxCalls   or until so many measured calls were started
     * @param drainNs    wait so long for answers at the end
     */
    record Span(long warmUpNs, long durationNs, long maxCalls, long drainNs) {
        static Span ofSeconds(final double warmUpS, final double durationS) {
            final double second = TimeUnit.SECONDS.toNanos(1);
            return new Span(
                    (long) (warmUpS * second),
                    (long) (durationS * second),
                    Long.MAX_VALUE,
                    TimeUnit.SECONDS.toNanos(10));
        }
    }
}
