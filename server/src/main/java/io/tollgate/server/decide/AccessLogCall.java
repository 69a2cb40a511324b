/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.netty.shaded.io.netty.util.concurrent.EventExecutor;
import io.tollgate.envoy.accesslog.v3.HTTPAccessLogEntry;
import io.tollgate.envoy.accesslog.v3.StreamAccessLogsMessage;
import io.tollgate.envoy.accesslog.v3.StreamAccessLogsResponse;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One stream of an Envoy's worker, open as long as that wants. One message is in hand at a time and the next is asked for when all of its
 * entries are done, some at a time between other work of the loop: an Envoy that sends more waits, and keeps what it has in its own buffer.
 *
 * <p>Nothing in a message ends the stream. When the sidecar leaves it goes on for a little while, since the entries of requests that
 * were let in come after them: until none came for {@link #QUIET_NS}, or half of the drain is over. Belongs to its event loop.
 */
final class AccessLogCall extends ServerCall.Listener<Object> implements LaneStream {
    /** A little more than the second that Envoy keeps entries by default. */
    static final long QUIET_NS = 1_200_000_000L;

    private static final int SLICE = 64;

    private final ServerCall<Object, StreamAccessLogsResponse> call;
    private final Settling settling;
    private final Lane lane;
    private List<HTTPAccessLogEntry> entries = List.of();
    private int next;
    private boolean halfClosed;
    private boolean closed;
    private boolean leaving;
    private long leaveByNs;
    private long usefulAtNs;

    AccessLogCall(final ServerCall<Object, StreamAccessLogsResponse> call, final Settling settling, final Lane lane) {
        this.call = call;
        this.settling = settling;
        this.lane = lane;
    }

    void start() {
        lane.streams.add(this);
        // At once: Envoy keeps what it has sent, and sends it again over another connection, until it sees them.
        call.sendHeaders(new Metadata());
        call.request(1);
        if (settling.isLeaving()) {
            leave(QUIET_NS);
        }
    }

    @Override
    public void onMessage(final Object message) {
        if (message instanceof StreamAccessLogsMessage log) {
            entries = log.getHttpLogs().getLogEntryList();
            next = 0;
            lane.counters.settlements().entries(entries.size());
            goOn();
        } else {
            lane.counters.settlements().refused();
            call.request(1);
        }
    }

    /** Also of a stream that is closed by now: its entries are as good as any. */
    private void goOn() {
        final int end = Math.min(entries.size(), next + SLICE);
        boolean useful = false;
        for (; next < end; next++) {
            useful |= settling.take(lane, entries.get(next));
        }
        settling.schedule(lane);
        if (useful) {
            usefulAtNs = System.nanoTime();
        }
        final EventExecutor loop = lane.loop;
        if (next < entries.size() && loop != null && !loop.isShuttingDown()) {
            loop.execute(this::goOn);
            return;
        }
        entries = List.of();
        if (halfClosed) {
            close();
        } else if (!closed) {
            call.request(1);
        }
    }

    @Override
    public void onHalfClose() {
        halfClosed = true;
        if (entries.isEmpty()) {
            close();
        }
    }

    @Override
    public void onCancel() {
        finished();
    }

    @Override
    public void onComplete() {
        finished();
    }

    @Override
    public void leave(final long patienceNs) {
        if (!leaving) {
            leaving = true;
            settling.again(lane);
            usefulAtNs = System.nanoTime();
            leaveByNs = usefulAtNs + patienceNs / 2;
            leaveWhenQuiet();
        }
    }

    private void leaveWhenQuiet() {
        final long nowNs = System.nanoTime();
        final long waitNs = Math.min(usefulAtNs + QUIET_NS - nowNs, leaveByNs - nowNs);
        final EventExecutor loop = lane.loop;
        if (closed) {
            return;
        }
        if (waitNs <= 0 || loop == null) {
            settling.again(lane);
            close();
        } else {
            loop.schedule(this::leaveWhenQuiet, waitNs, TimeUnit.NANOSECONDS);
        }
    }

    private void close() {
        if (!closed) {
            finished();
            call.sendMessage(StreamAccessLogsResponse.getDefaultInstance());
            call.close(Status.OK, new Metadata());
        }
    }

    private void finished() {
        closed = true;
        lane.streams.remove(this);
    }
}
