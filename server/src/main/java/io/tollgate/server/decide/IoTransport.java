/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelFactory;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Epoll where the system has it, else what Java has. */
public final class IoTransport {
    private static final boolean EPOLL = Epoll.isAvailable();

    private IoTransport() {}

    /** {@return whether Unix domain sockets can be served here} */
    public static boolean hasUnixSockets() {
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

    /** {@return any free port on loopback} */
    public static InetSocketAddress anyLoopbackPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    /** {@return a plain channel to the listeners of this process, over their Unix socket if they have one} */
    public static ManagedChannel channel(final DecisionListeners listeners, final EventLoopGroup loop) {
        final Path unixSocket = listeners.unixSocket();
        final NettyChannelBuilder builder;
        if (unixSocket != null) {
            builder = NettyChannelBuilder.forAddress(new DomainSocketAddress(unixSocket.toString()))
                    .channelType(EpollDomainSocketChannel.class);
        } else {
            builder = NettyChannelBuilder.forAddress(
                            Objects.requireNonNull(listeners.tcpAddress(), "listeners without any address"))
                    .channelType(EPOLL ? EpollSocketChannel.class : NioSocketChannel.class);
        }
        return builder.eventLoopGroup(loop)
                .directExecutor()
                .usePlaintext()
                .overrideAuthority("localhost")
                .proxyDetector(target -> null)
                .disableServiceConfigLookUp()
                .build();
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
