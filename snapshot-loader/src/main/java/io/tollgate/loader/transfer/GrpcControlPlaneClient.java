/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.transfer;

import io.grpc.ChannelCredentials;
import io.grpc.ConnectivityState;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import io.tollgate.v1.ControlPlaneServiceGrpc;
import io.tollgate.v1.ControlPlaneServiceGrpc.ControlPlaneServiceStub;
import io.tollgate.v1.DeltaBatch;
import io.tollgate.v1.PullDeltasRequest;
import io.tollgate.v1.PullSnapshotRequest;
import io.tollgate.v1.SnapshotChunk;
import io.tollgate.v1.UsageAck;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * The control plane over gRPC. Callbacks run on the transport's own threads (they only enqueue). The caller's backoff decides when to
 * connect again, not the channel's; once a lost connection is back, the caller is told.
 */
public final class GrpcControlPlaneClient implements ControlPlaneClient {
    /** A connection that is silent for so long is asked whether it lives. */
    private static final long KEEP_ALIVE_SECONDS = 10;

    private static final long KEEP_ALIVE_TIMEOUT_SECONDS = 5;

    /** After the first call that was not answered while connecting. */
    private static final long CONNECT_PATIENCE_NS = TimeUnit.SECONDS.toNanos(3);

    private static final long NOT_CONNECTING = Long.MIN_VALUE;

    private final ManagedChannel channel;
    private final ControlPlaneServiceStub stub;
    private final String address;
    private volatile Runnable onReachable = () -> {};
    /** Loader's thread only. */
    private long connectingSinceNs = NOT_CONNECTING;

    /**
     * A client over a channel that it closes at the end: for tests and for a control plane in the same process.
     *
     * @param address for messages
     */
    public GrpcControlPlaneClient(ManagedChannel channel, String address) {
        this(channel, ControlPlaneServiceGrpc.newStub(channel), address);
    }

    private GrpcControlPlaneClient(ManagedChannel channel, ControlPlaneServiceStub stub, String address) {
        this.channel = channel;
        this.stub = stub;
        this.address = address;
    }

    /**
     * Makes a channel; connects with the first call.
     *
     * @param maxMessageBytes {@link TransferLimits#maxMessageBytes()}
     * @throws IOException when a TLS file cannot be read
     */
    public static GrpcControlPlaneClient connect(ControlPlaneTarget target, int maxMessageBytes) throws IOException {
        ManagedChannel channel = Grpc.newChannelBuilder(target.address(), credentials(target))
                .directExecutor()
                .maxInboundMessageSize(maxMessageBytes)
                .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .build();
        ControlPlaneServiceStub stub = ControlPlaneServiceGrpc.newStub(channel);
        if (target.token() != null) {
            stub = stub.withCallCredentials(new BearerToken(target.token()));
        }
        return new GrpcControlPlaneClient(channel, stub, target.address());
    }

    private static ChannelCredentials credentials(ControlPlaneTarget target) throws IOException {
        ControlPlaneTarget.Tls tls = target.tls();
        if (tls == null) {
            return InsecureChannelCredentials.create();
        }
        TlsChannelCredentials.Builder builder = TlsChannelCredentials.newBuilder();
        if (tls.caFile() != null) {
            builder.trustManager(tls.caFile().toFile());
        }
        if (tls.certificateFile() != null && tls.keyFile() != null) {
            builder.keyManager(tls.certificateFile().toFile(), tls.keyFile().toFile());
        }
        return builder.build();
    }

    @Override
    public Stream pullDeltas(PullDeltasRequest request, long deadlineMs, Listener<DeltaBatch> listener) {
        reconnectIfFailed();
        GrpcStream<PullDeltasRequest, DeltaBatch> stream = new GrpcStream<>(listener, this::watchConnection);
        stub.withDeadlineAfter(deadlineMs, TimeUnit.MILLISECONDS).pullDeltas(request, stream);
        return stream;
    }

    @Override
    public Stream pullSnapshot(PullSnapshotRequest request, Listener<SnapshotChunk> listener) {
        reconnectIfFailed();
        GrpcStream<PullSnapshotRequest, SnapshotChunk> stream = new GrpcStream<>(listener, this::watchConnection);
        stub.pullSnapshot(request, stream);
        return stream;
    }

    @Override
    public UsageTransport usage() {
        return new UsageTransport() {
            @Override
            public Report report(Listener<UsageAck> listener) {
                reconnectIfFailed();
                GrpcReport report = new GrpcReport(listener, GrpcControlPlaneClient.this::watchConnection);
                stub.reportUsage(report);
                return report;
            }

            @Override
            public String address() {
                return address;
            }
        };
    }

    /**
     * A connection whose other end is gone without a word would else be kept until its keep-alive fails; and one that was accepted and then
     * says nothing (no TLS, no HTTP/2 settings) is waited for by the channel without end.
     */
    @Override
    public void suspect() {
        ConnectivityState state = channel.getState(false);
        long nowNs = System.nanoTime();
        if (state != ConnectivityState.CONNECTING) {
            connectingSinceNs = NOT_CONNECTING;
        } else if (connectingSinceNs == NOT_CONNECTING) {
            connectingSinceNs = nowNs;
        }
        boolean tooLong = state == ConnectivityState.CONNECTING && nowNs - connectingSinceNs >= CONNECT_PATIENCE_NS;
        if (state == ConnectivityState.READY || tooLong) {
            connectingSinceNs = NOT_CONNECTING;
            channel.enterIdle();
        }
    }

    @Override
    public void onReachable(Runnable action) {
        onReachable = action;
    }

    /** The channel's own backoff goes up to two minutes; the caller has its own. */
    private void reconnectIfFailed() {
        if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
            channel.resetConnectBackoff();
        }
    }

    private void watchConnection() {
        ConnectivityState state = channel.getState(false);
        if (state != ConnectivityState.READY && state != ConnectivityState.SHUTDOWN) {
            channel.notifyWhenStateChanged(state, this::stateChanged);
        }
    }

    private void stateChanged() {
        if (channel.getState(false) == ConnectivityState.READY) {
            onReachable.run();
        } else {
            watchConnection();
        }
    }

    @Override
    public String address() {
        return address;
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
