/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.load;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One connection. In a closed loop an answer starts the next call on the event loop; in an open loop the pacer starts calls.
 *
 * <p>Threading: answers come on the connection's one event loop, which alone writes the tally; {@link #send} is called by one thread at a
 * time; {@link #inFlight()} may be read by any.
 */
abstract class Lane {
    /** After a failed call the closed loop waits this long, so that a dead server does not become a busy loop. */
    private static final long RETRY_PAUSE_MS = 5;

    final ManagedChannel channel;
    final CallOptions callOptions = CallOptions.DEFAULT;
    private final RequestPool pool;
    private final MeasuredWindow window;
    private final boolean closedLoop;
    private final Tally tally = new Tally();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final LaneSetup setup;

    Lane(final LaneSetup setup) {
        this.setup = setup;
        channel = setup.channel();
        pool = setup.pool();
        window = setup.window();
        closedLoop = setup.closedLoop();
    }

    /** Starts the closed loop, or makes ready for the pacer. */
    abstract void open();

    /** Starts one call. */
    abstract void transmit(byte[] message, long dueNs);

    /** Says that no further call will be started. */
    abstract void halfClose();

    /** Starts one call that was due then. */
    final void send(final long dueNs) {
        inFlight.incrementAndGet();
        transmit(pool.next(), dueNs);
    }

    /** Starts a closed loop's first calls. */
    final void fill() {
        for (int i = 0; i < setup.inFlight(); i++) {
            sendIfMay();
        }
    }

    /** Takes an answer. Event loop only. */
    final void answered(final Answer answer, final long dueNs) {
        final long nowNs = System.nanoTime();
        if (window.holds(nowNs)) {
            tally.completed(answer);
        }
        if (window.holds(closedLoop ? nowNs : dueNs)) {
            tally.latency(nowNs - dueNs);
        }
        if (closedLoop) {
            sendIfMay();
        }
        inFlight.decrementAndGet();
    }

    /** Takes a failure. Event loop only. */
    final void failed(final Status status) {
        tally.failed(status);
        inFlight.decrementAndGet();
        if (closedLoop) {
            setup.timer().schedule(this::sendIfMay, RETRY_PAUSE_MS, TimeUnit.MILLISECONDS);
        }
    }

    /** Takes a failure that no further call can follow. Event loop only. */
    final void broken(final Status status, final int lostCalls) {
        tally.failed(status);
        if (lostCalls > 0) {
            tally.error("calls lost with their stream", lostCalls);
            inFlight.addAndGet(-lostCalls);
        }
    }

    final int inFlight() {
        return inFlight.get();
    }

    final int mostInFlight() {
        return setup.inFlight();
    }

    final boolean isClosedLoop() {
        return closedLoop;
    }

    /** {@return what it saw; complete once the channel is terminated} */
    final Tally tally() {
        return tally;
    }

    private void sendIfMay() {
        final long nowNs = System.nanoTime();
        if (window.mayStart(nowNs)) {
            send(nowNs);
        }
    }
}
