/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Exception;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps gRPC from logging a stack for every message that a caller sends wrongly framed, compressed or too long, and
 * the bytes of every connection that does not speak HTTP/2: the caller is told, and a caller must not be able to fill
 * our log. They are counted instead. And from warning at every connection to a Unix socket that such a socket has no
 * TCP keep-alive, which gRPC sets on all of them.
 */
final class TransportNoise implements Filter {
    /** Held for ever: java.util.logging forgets loggers that nobody holds, and their filters with them. */
    private static final List<Logger> LOGGERS = List.of(
            Logger.getLogger("io.grpc.netty.shaded.io.grpc.netty.NettyServerStream"),
            Logger.getLogger("io.grpc.netty.shaded.io.netty.bootstrap.ServerBootstrap"),
            Logger.getLogger("io.grpc.netty.shaded.io.netty.bootstrap.Bootstrap"),
            Logger.getLogger("io.grpc.netty.shaded.io.grpc.netty.NettyServerTransport.connections"));

    private static final AtomicLong REFUSED = new AtomicLong();

    private final @Nullable Filter next;

    private TransportNoise(final @Nullable Filter next) {
        this.next = next;
    }

    /** Begins to filter; again is harmless. */
    static synchronized void silence() {
        for (final Logger logger : LOGGERS) {
            if (!(logger.getFilter() instanceof TransportNoise)) {
                logger.setFilter(new TransportNoise(logger.getFilter()));
            }
        }
    }

    /** {@return messages and connections that the transport of this process refused} */
    static long refusedCount() {
        return REFUSED.get();
    }

    @Override
    public boolean isLoggable(final LogRecord entry) {
        final Throwable thrown = entry.getThrown();
        if (thrown instanceof StatusRuntimeException || thrown instanceof Http2Exception) {
            REFUSED.incrementAndGet();
            return false;
        }
        final String message = entry.getMessage();
        if (message != null && message.contains("SO_KEEPALIVE")) {
            return false;
        }
        return next == null || next.isLoggable(entry);
    }
}
