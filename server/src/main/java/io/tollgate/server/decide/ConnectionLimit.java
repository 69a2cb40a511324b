/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelFactory;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler.Sharable;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Closes accepted connections beyond a number before anything is spent on them. Sits in the pipeline of the listening
 * channel, ahead of the acceptor.
 *
 * <p>The count goes up on the acceptor's thread and down on the connections' own threads, hence atomics; neither is on
 * the way of a request.
 */
@Sharable
final class ConnectionLimit extends ChannelInboundHandlerAdapter {
    private final int max;
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicLong refused = new AtomicLong();

    ConnectionLimit(final int max) {
        this.max = max;
    }

    /** {@return a factory of listening channels that obey this limit} */
    ChannelFactory<ServerChannel> around(final ChannelFactory<? extends ServerChannel> factory) {
        return () -> {
            final ServerChannel channel = factory.newChannel();
            channel.pipeline().addFirst(this);
            return channel;
        };
    }

    @Override
    public void channelRead(final ChannelHandlerContext ctx, final Object message) {
        if (message instanceof Channel connection) {
            if (open.incrementAndGet() > max) {
                open.decrementAndGet();
                refused.incrementAndGet();
                connection.unsafe().closeForcibly();
                return;
            }
            connection.closeFuture().addListener(closed -> open.decrementAndGet());
        }
        ctx.fireChannelRead(message);
    }

    /** {@return connections open now} */
    int openCount() {
        return open.get();
    }

    /** {@return connections closed because there were too many} */
    long refusedCount() {
        return refused.get();
    }
}
