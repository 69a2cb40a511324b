/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.ClientCalls;
import io.tollgate.loader.journal.UsageJournal;
import io.tollgate.server.config.SidecarConfig;
import io.tollgate.server.config.SidecarConfigBuilder;
import io.tollgate.server.decisionlog.LaneLog;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DecisionServiceGrpc;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Real listeners on one event loop with a fake evaluator behind, and real channels to them. */
final class EdgeHarness implements AutoCloseable {
    final FakeEvaluator evaluator = new FakeEvaluator();
    final DecisionListeners listeners;
    private final List<ManagedChannel> channels = new ArrayList<>();
    private final List<EventLoopGroup> groups = new ArrayList<>();

    EdgeHarness(final UnaryOperator<SidecarConfigBuilder> settings) {
        listeners = open(settings, () -> evaluator, new DecisionListeners.Surroundings(null, LaneLog::none));
    }

    /** Answers with these instead of the fake one. */
    EdgeHarness(final UnaryOperator<SidecarConfigBuilder> settings, final Supplier<Evaluator> evaluators) {
        listeners = open(settings, evaluators, new DecisionListeners.Surroundings(null, LaneLog::none));
    }

    /** All of that as it is wanted. */
    EdgeHarness(
            final UnaryOperator<SidecarConfigBuilder> settings,
            final Supplier<Evaluator> evaluators,
            final DecisionListeners.Surroundings around) {
        listeners = open(settings, evaluators, around);
    }

    /** And logs there. */
    EdgeHarness(final Supplier<Evaluator> evaluators, final Supplier<LaneLog> logs) {
        this(builder -> builder, evaluators, logs);
    }

    EdgeHarness(
            final UnaryOperator<SidecarConfigBuilder> settings,
            final Supplier<Evaluator> evaluators,
            final Supplier<LaneLog> logs) {
        listeners = open(settings, evaluators, new DecisionListeners.Surroundings(null, logs));
    }

    /** And waits for that journal, and logs there. */
    EdgeHarness(final Supplier<Evaluator> evaluators, final UsageJournal journal, final Supplier<LaneLog> logs) {
        // a loop that is late on a busy machine sheds nothing here
        listeners = open(
                builder -> builder.set("shed.max_loop_lag_ms", "60000"),
                evaluators,
                new DecisionListeners.Surroundings(journal, logs));
    }

    private static DecisionListeners open(
            final UnaryOperator<SidecarConfigBuilder> settings,
            final Supplier<Evaluator> evaluators,
            final DecisionListeners.Surroundings around) {
        final SidecarConfigBuilder builder =
                SidecarConfig.builder().set("listen.address", "127.0.0.1:0").set("transport.event_loops", "1");
        return DecisionListeners.open(
                settings.apply(builder).build(),
                "boot",
                evaluators,
                new HealthStatusManager().getHealthService(),
                new FaultLog(System.getLogger("test.faults"), System::nanoTime),
                around);
    }

    EdgeHarness() {
        this(builder -> builder);
    }

    ManagedChannel tcp() {
        return tcp(builder -> builder);
    }

    ManagedChannel tcp(final UnaryOperator<NettyChannelBuilder> settings) {
        final var address = Objects.requireNonNull(listeners.tcpAddress());
        return add(settings.apply(NettyChannelBuilder.forAddress(address).usePlaintext())
                .build());
    }

    ManagedChannel unix() {
        final EventLoopGroup group = IoTransport.group(1, IoTransport.threads("test-client"));
        groups.add(group);
        return add(NettyChannelBuilder.forAddress(new DomainSocketAddress(
                        Objects.requireNonNull(listeners.unixSocket()).toString()))
                .eventLoopGroup(group)
                .channelType(EpollDomainSocketChannel.class)
                .usePlaintext()
                .build());
    }

    DecisionServiceGrpc.DecisionServiceBlockingStub stub() {
        return DecisionServiceGrpc.newBlockingStub(tcp()).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    /** Sends any bytes as a message of Decide. */
    DecideResponse decideBytes(final byte[] bytes) {
        final MethodDescriptor<byte[], DecideResponse> method = DecisionServiceGrpc.getDecideMethod().toBuilder(
                        new RawMarshaller(),
                        DecisionServiceGrpc.getDecideMethod().getResponseMarshaller())
                .build();
        return ClientCalls.blockingUnaryCall(
                tcp(), method, CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS), bytes);
    }

    static DecideRequest.Builder question(final String actor) {
        final DecideRequest.Builder request = DecideRequest.newBuilder().setCorrelationId("c-1");
        request.getActorBuilder().setType("user").setId(actor);
        request.getPlaceBuilder().setOrganization("acme").setProject("rag");
        request.getTargetBuilder().setProduct("llm").setResourceType("model").setAction("invoke");
        return request;
    }

    @Override
    public void close() {
        channels.forEach(ManagedChannel::shutdownNow);
        listeners.drain(0);
        listeners.close();
        groups.forEach(group -> group.shutdownGracefully(0, 1, TimeUnit.SECONDS));
    }

    private ManagedChannel add(final ManagedChannel channel) {
        channels.add(channel);
        return channel;
    }

    static final class RawMarshaller implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(final byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(final InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
