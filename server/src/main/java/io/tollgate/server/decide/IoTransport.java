/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import io.grpc.netty.shaded.io.netty.channel.ChannelFactory;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Epoll where the system has it, else what Java has. */
public final class IoTransport {
    private static final boolean EPOLL = Epoll.isAvailable();

    private IoTransport() {}

    /** {@return whether Unix domain sockets can be served here} */
    static boolean hasUnixSockets() {
        return EPOLL;
    }

    /** {@return a group of event loops on threads of this factory} */
    public static EventLoopGroup group(final int threads, final ThreadFactory factory) {
        return new MultiThreadIoEventLoopGroup(
                threads, factory, EPOLL ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    }

    /** {@return makes listening TCP channels} */
    public static ChannelFactory<ServerChannel> tcp() {
        return EPOLL ? EpollServerSocketChannel::new : NioServerSocketChannel::new;
    }

    /** {@return makes listening Unix domain channels} */
    static ChannelFactory<ServerChannel> unix() {
        return EpollServerDomainSocketChannel::new;
    }

    /** {@return daemon threads named "prefix-0", "prefix-1"...} */
    public static ThreadFactory threads(final String prefix) {
        final AtomicInteger next = new AtomicInteger();
        return task -> {
            final Thread thread = new Thread(task, prefix + "-" + next.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        };
    }
}
