/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.tollgate.server.config.SidecarConfig;
import io.tollgate.server.lifecycle.SidecarStartException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;

/** What all gRPC servers of a sidecar have in common: TLS, limits, keep-alive, clear words when they cannot listen. */
public final class ServerFactory {
    /** A connection that has not said what it speaks by then is closed. */
    private static final long HANDSHAKE_TIMEOUT_S = 10;

    /**
     * What is longer than our own limits is taken in up to so many times them, and refused with words: the transport's refusal is a gRPC
     * error, which Envoy's {@code failure_mode_allow} would obey. 4 * 64 MiB, the largest limit, is still an int.
     */
    private static final int TRANSPORT_SLACK = 4;

    private ServerFactory() {}

    /** {@return a builder that answers on the event loops themselves} */
    static NettyServerBuilder forDecisions(final SidecarConfig config, final SocketAddress address) {
        return base(config, address)
                .directExecutor()
                .maxInboundMessageSize(TRANSPORT_SLACK
                        * Math.max(
                                config.limits().maxBatchBytes(), config.limits().maxRequestBytes()))
                .maxConcurrentCallsPerConnection(config.limits().maxCallsPerConnection());
    }

    /** {@return a builder with the transport's settings} */
    public static NettyServerBuilder base(final SidecarConfig config, final SocketAddress address) {
        final SidecarConfig.Transport transport = config.transport();
        return NettyServerBuilder.forAddress(address, credentials(config, address))
                .maxInboundMetadataSize(config.limits().maxMetadataBytes())
                .flowControlWindow(transport.flowControlWindowBytes())
                .keepAliveTime(transport.keepAliveTimeMs(), TimeUnit.MILLISECONDS)
                .keepAliveTimeout(transport.keepAliveTimeoutMs(), TimeUnit.MILLISECONDS)
                .permitKeepAliveTime(transport.permitKeepAliveTimeMs(), TimeUnit.MILLISECONDS)
                .permitKeepAliveWithoutCalls(true)
                .handshakeTimeout(HANDSHAKE_TIMEOUT_S, TimeUnit.SECONDS);
    }

    private static ServerCredentials credentials(final SidecarConfig config, final SocketAddress address) {
        final SidecarConfig.ServerTls tls =
                address instanceof InetSocketAddress inet ? config.listen().tlsFor(inet) : null;
        if (tls == null) {
            return InsecureServerCredentials.create();
        }
        try {
            return TlsServerCredentials.newBuilder()
                    .keyManager(tls.certFile().toFile(), tls.keyFile().toFile())
                    .trustManager(tls.clientCaFile().toFile())
                    .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
                    .build();
        } catch (final IOException e) {
            throw new SidecarStartException("listen.tls: a file cannot be read: " + e, e);
        }
    }

    /**
     * Starts a server.
     *
     * @param key the configuration key of the address, for the message
     * @throws SidecarStartException naming the address
     */
    public static void start(final Server server, final SocketAddress address, final String key) {
        try {
            server.start();
        } catch (final IOException e) {
            server.shutdownNow();
            throw cannotListen(key, address.toString(), e);
        }
    }

    /** {@return "listen.address: cannot listen on 127.0.0.1:7070: Address already in use..."} */
    public static SidecarStartException cannotListen(final String key, final String address, final IOException e) {
        Throwable root = e;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        final String shown = address.startsWith("/") && address.indexOf(':') > 0 ? address.substring(1) : address;
        return new SidecarStartException(
                key + ": cannot listen on " + shown + ": " + root.getMessage()
                        + ". Is another process using it? Stop that one" + " or set " + key + " to another address.",
                e);
    }
}
