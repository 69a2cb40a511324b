/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.envoy;

import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.buffer.Unpooled;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/** One keep-alive connection with at most one request on it. Belongs to the run's event loop. */
final class HttpLane extends ChannelInboundHandlerAdapter {
    private final HttpLoad load;
    private final HttpAnswerReader reader = new HttpAnswerReader();
    private @Nullable Channel channel;
    private boolean busy;
    private long sinceNs;

    HttpLane(final HttpLoad load) {
        this.load = load;
    }

    @Override
    public void channelActive(final ChannelHandlerContext context) {
        channel = context.channel();
    }

    /** Sends a request whose time counts from then. */
    void send(final byte[] message, final long fromNs) {
        final Channel open = channel;
        if (open == null) {
            throw new IllegalStateException("not connected");
        }
        busy = true;
        sinceNs = fromNs;
        open.writeAndFlush(Unpooled.wrappedBuffer(message), open.voidPromise());
    }

    @Override
    public void channelRead(final ChannelHandlerContext context, final Object message) {
        final ByteBuf in = (ByteBuf) message;
        try {
            final int status = reader.take(in);
            if (status == 0) {
                return;
            }
            if (status < 0 || !busy) {
                load.broken(this, "an answer that cannot be read", busy);
                busy = false;
                context.close();
                return;
            }
            busy = false;
            reader.clear();
            load.answered(this, status, sinceNs);
        } finally {
            in.release();
        }
    }

    @Override
    public void channelInactive(final ChannelHandlerContext context) {
        load.broken(this, "connection closed", busy);
        busy = false;
    }

    @Override
    public void exceptionCaught(final ChannelHandlerContext context, final Throwable cause) {
        load.broken(this, cause.toString(), busy);
        busy = false;
        context.close();
    }
}
