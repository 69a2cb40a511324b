/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.load;

import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerSocketChannel;
import io.tollgate.bench.rig.ReadyLine;
import io.tollgate.envoy.auth.v3.CheckResponse;
import io.tollgate.envoy.auth.v3.OkHttpResponse;
import io.tollgate.envoy.auth.v3.Status;
import io.tollgate.v1.DecideResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The empty call: the sidecar's transport and options, its methods, and no decision. What the sidecar adds to this is what Tollgate costs.
 *
 * <p>Prints "READY pid=N tcp=PORT" and serves until its standard input ends.
 */
@Command(
        name = "empty-server",
        mixinStandardHelpOptions = true,
        description = "Answers every Decide with one ready-made decision, and every Check with one ready-made answer.")
public final class EmptyServer implements Callable<Integer> {
    // the defaults of the sidecar's configuration
    private static final int MAX_MESSAGE_BYTES = 1 << 20;
    private static final int MAX_METADATA_BYTES = 8 << 10;
    private static final int MAX_CALLS_PER_CONNECTION = 1_024;
    private static final int FLOW_CONTROL_WINDOW_BYTES = 1 << 20;
    private static final long KEEP_ALIVE_TIME_MS = 300_000;
    private static final long KEEP_ALIVE_TIMEOUT_MS = 20_000;
    private static final long PERMIT_KEEP_ALIVE_TIME_MS = 10_000;

    @Option(names = "--port", description = "TCP port on 127.0.0.1; 0 = any (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(names = "--unix", description = "Also listen on this Unix domain socket.")
    private @Nullable Path unix;

    @Option(names = "--io-threads", description = "Event loops (default: one per processor).")
    private int ioThreads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--response",
            description = "A file with the serialized DecideResponse to answer (default: a typical one).")
    private @Nullable Path response;

    @Option(
            names = "--check-response",
            description = "A file with the serialized CheckResponse that Envoy gets (default: OK and nothing else).")
    private @Nullable Path checkResponse;

    /** Runs the server. */
    public static void main(final String[] args) {
        System.exit(new CommandLine(new EmptyServer()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        NettyNoise.silence();
        final DecideResponse answer =
                response == null ? TypicalAnswer.make() : DecideResponse.parseFrom(Files.readAllBytes(response));
        final CheckResponse check = checkResponse == null
                ? CheckResponse.newBuilder()
                        .setStatus(Status.getDefaultInstance())
                        .setOkResponse(OkHttpResponse.getDefaultInstance())
                        .build()
                : CheckResponse.parseFrom(Files.readAllBytes(checkResponse));
        final EventLoopGroup boss = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(ioThreads, EpollIoHandler.newFactory());
        final List<Server> servers = new ArrayList<>();
        try {
            final Server tcp = configured(
                            NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", port)), answer, check)
                    .channelType(EpollServerSocketChannel.class)
                    .bossEventLoopGroup(boss)
                    .workerEventLoopGroup(loops)
                    .build()
                    .start();
            servers.add(tcp);
            if (unix != null) {
                servers.add(configured(
                                NettyServerBuilder.forAddress(LocalAddress.parse("unix:" + unix.toAbsolutePath())
                                        .socket()),
                                answer,
                                check)
                        .channelType(EpollServerDomainSocketChannel.class)
                        .bossEventLoopGroup(boss)
                        .workerEventLoopGroup(loops)
                        .build()
                        .start());
            }
            ReadyLine.print(Map.of("tcp", Integer.toString(tcp.getPort())));
            ReadyLine.awaitEndOfInput();
            return 0;
        } finally {
            for (final Server server : servers) {
                server.shutdownNow();
            }
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            boss.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            if (unix != null) {
                Files.deleteIfExists(unix);
            }
        }
    }

    private static NettyServerBuilder configured(
            final NettyServerBuilder builder, final DecideResponse answer, final CheckResponse check) {
        return builder.directExecutor()
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .maxInboundMetadataSize(MAX_METADATA_BYTES)
                .maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION)
                .flowControlWindow(FLOW_CONTROL_WINDOW_BYTES)
                .keepAliveTime(KEEP_ALIVE_TIME_MS, TimeUnit.MILLISECONDS)
                .keepAliveTimeout(KEEP_ALIVE_TIMEOUT_MS, TimeUnit.MILLISECONDS)
                .permitKeepAliveTime(PERMIT_KEEP_ALIVE_TIME_MS, TimeUnit.MILLISECONDS)
                .permitKeepAliveWithoutCalls(true)
                .addService(new EmptyService(answer))
                .addService(new EmptyAuthorization(check));
    }
}
