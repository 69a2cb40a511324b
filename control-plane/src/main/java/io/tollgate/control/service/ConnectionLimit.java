/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.service;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Answers calls on so many connections only. gRPC cannot refuse a connection, so one beyond the limit stays open, unanswered, until the
 * server's idle limit closes it. Any thread.
 */
public final class ConnectionLimit extends ServerTransportFilter implements ServerInterceptor {
    private static final Attributes.Key<Boolean> BEYOND = Attributes.Key.create("tollgate.connection-beyond-limit");

    private final int maxConnections;
    private final AtomicInteger open = new AtomicInteger();

    /** No connection is open yet. */
    public ConnectionLimit(int maxConnections) {
        this.maxConnections = maxConnections;
    }

    @Override
    public Attributes transportReady(Attributes attributes) {
        boolean beyond = open.incrementAndGet() > maxConnections;
        return attributes.toBuilder().set(BEYOND, beyond).build();
    }

    @Override
    public void transportTerminated(Attributes attributes) {
        open.decrementAndGet();
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        if (Boolean.TRUE.equals(call.getAttributes().get(BEYOND))) {
            call.close(
                    Status.RESOURCE_EXHAUSTED.withDescription("more than " + maxConnections
                            + " connections are open; this one, from "
                            + call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR) + ", is not answered"),
                    new Metadata());
            return new ServerCall.Listener<>() {};
        }
        return next.startCall(call, headers);
    }
}
