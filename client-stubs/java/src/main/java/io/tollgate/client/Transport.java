/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.client;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The one connection and the one thread behind a client.
 *
 * <p>Retry policies stay off (a CONSUME must not be sent twice); what gRPC repeats by itself is only what the sidecar
 * certainly never saw. No proxy, no service configuration: the sidecar is on this host.
 */
final class Transport implements AutoCloseable {
    /** Above the 5 minutes that a gRPC server permits by default. On one host it only finds a frozen sidecar. */
    private static final long KEEP_ALIVE_MINUTES = 6;

    private static final long KEEP_ALIVE_TIMEOUT_SECONDS = 5;
    /**
     * gRPC reads anything above 30 days as never. A connection on loopback costs nothing, opening it costs a deadline.
     */
    private static final long NEVER_IDLE_DAYS = 365;

    private static final long CLOSE_SECONDS = 2;

    private final ManagedChannel channel;
    private final @Nullable EventLoopGroup loop;

    private Transport(ManagedChannel channel, @Nullable EventLoopGroup loop) {
        this.channel = channel;
        this.loop = loop;
    }

    /** A channel of the caller: used, never closed. */
    static Transport borrowed(ManagedChannel channel) {
        return new Transport(channel, null);
    }

    static Transport open(SidecarAddress address) {
        final boolean epoll = Epoll.isAvailable();
        final ThreadFactory threads = task -> {
            final Thread thread = new Thread(task, "tollgate-client-io");
            thread.setDaemon(true);
            return thread;
        };
        final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(
                1, threads, epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        final ManagedChannel channel = NettyChannelBuilder.forAddress(socketAddress(address, epoll))
                .channelType(channelType(address, epoll))
                .eventLoopGroup(loop)
                .directExecutor()
                .usePlaintext()
                .overrideAuthority("localhost")
                .proxyDetector(target -> null)
                .disableServiceConfigLookUp()
                .keepAliveTime(KEEP_ALIVE_MINUTES, TimeUnit.MINUTES)
                .keepAliveTimeout(KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .idleTimeout(NEVER_IDLE_DAYS, TimeUnit.DAYS)
                .build();
        return new Transport(channel, loop);
    }

    private static SocketAddress socketAddress(SidecarAddress address, boolean epoll) {
        final Path path = address.unixPath();
        if (path == null) {
            return address.tcpOrThrow();
        }
        return epoll ? new DomainSocketAddress(path.toString()) : UnixDomainSocketAddress.of(path);
    }

    private static Class<? extends Channel> channelType(SidecarAddress address, boolean epoll) {
        if (address.unixPath() == null) {
            return epoll ? EpollSocketChannel.class : NioSocketChannel.class;
        }
        return epoll ? EpollDomainSocketChannel.class : NioDomainSocketChannel.class;
    }

    ManagedChannel channel() {
        return channel;
    }

    /** Lets calls in flight end for at most this long, then breaks them. A borrowed channel is left alone. */
    void close(long graceNs) {
        if (loop == null) {
            return;
        }
        channel.shutdown();
        boolean interrupted = false;
        try {
            channel.awaitTermination(graceNs, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        channel.shutdownNow();
        loop.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        close(0);
    }
}
