/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.lab;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.tollgate.client.Decision;
import io.tollgate.client.DecisionRequest;
import io.tollgate.client.Settlement;
import io.tollgate.client.TollgateClient;
import io.tollgate.server.config.SidecarConfig;
import io.tollgate.server.decide.DecisionListeners;
import io.tollgate.server.decide.Evaluator;
import io.tollgate.server.decide.FaultLog;
import io.tollgate.v1.DecideBatchRequest;
import io.tollgate.v1.DecideBatchResponse;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DecisionServiceGrpc;
import io.tollgate.v1.ExtendRequest;
import io.tollgate.v1.ExtendResponse;
import io.tollgate.v1.ReleaseRequest;
import io.tollgate.v1.ReleaseResponse;
import io.tollgate.v1.SettleRequest;
import io.tollgate.v1.SettleResponse;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Labs that are asked over real gRPC on the loopback, by the generated stub or by the Java client. */
public final class GrpcLab {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private GrpcLab() {}

    /** Asked by the stub that protoc generates. */
    public static Lab openWithStub(@Nullable LabSnapshot snapshot, Path stateDir, Instant now) {
        return open(snapshot, stateDir, now, StubEdge::new);
    }

    /** Asked by client-stubs/java. */
    public static Lab openWithClient(@Nullable LabSnapshot snapshot, Path stateDir, Instant now) {
        return open(snapshot, stateDir, now, ClientEdge::new);
    }

    private static Lab open(
            @Nullable LabSnapshot snapshot, Path stateDir, Instant now, Function<DecisionListeners, LabEdge> edge) {
        return Lab.open(
                snapshot,
                stateDir,
                now,
                (config, bootId, evaluators, faults) -> edge.apply(serve(config, bootId, evaluators, faults)));
    }

    private static DecisionListeners serve(
            SidecarConfig config, String bootId, Supplier<Evaluator> evaluators, FaultLog faults) {
        return DecisionListeners.open(config, bootId, evaluators, new HealthStatusManager().getHealthService(), faults);
    }

    private static InetSocketAddress address(DecisionListeners server) {
        return Objects.requireNonNull(server.tcpAddress());
    }

    private static final class StubEdge implements LabEdge {
        private final DecisionListeners server;
        private final ManagedChannel channel;

        StubEdge(DecisionListeners server) {
            this.server = server;
            channel = NettyChannelBuilder.forAddress(address(server))
                    .usePlaintext()
                    .build();
        }

        private DecisionServiceGrpc.DecisionServiceBlockingStub stub() {
            return DecisionServiceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        }

        @Override
        public DecideResponse decide(DecideRequest request) {
            return stub().decide(request);
        }

        @Override
        public DecideBatchResponse decideBatch(DecideBatchRequest request) {
            return stub().decideBatch(request);
        }

        @Override
        public ExtendResponse extend(ExtendRequest request) {
            return stub().extend(request);
        }

        @Override
        public SettleResponse settle(SettleRequest request) {
            return stub().settle(request);
        }

        @Override
        public ReleaseResponse release(ReleaseRequest request) {
            return stub().release(request);
        }

        @Override
        public void close() {
            channel.shutdownNow();
            server.drain(0);
            server.close();
        }
    }

    private static final class ClientEdge implements LabEdge {
        private final DecisionListeners server;
        private final TollgateClient client;

        ClientEdge(DecisionListeners server) {
            this.server = server;
            final InetSocketAddress address = address(server);
            client = TollgateClient.builder()
                    .address("127.0.0.1:" + address.getPort())
                    .deadline(PATIENCE)
                    .build();
        }

        @Override
        public DecideResponse decide(DecideRequest request) {
            return answerOf(client.decide(DecisionRequest.of(request)));
        }

        @Override
        public DecideBatchResponse decideBatch(DecideBatchRequest request) {
            final List<Decision> decisions = client.decideBatch(
                    request.getMode(),
                    request.getRequestsList().stream().map(DecisionRequest::of).toList());
            final DecideBatchResponse.Builder answers = DecideBatchResponse.newBuilder();
            decisions.forEach(decision -> answers.addResponses(answerOf(decision)));
            return answers.build();
        }

        @Override
        public ExtendResponse extend(ExtendRequest request) {
            return ExtendResponse.newBuilder()
                    .setDecision(answerOf(client.extendAsync(request).join()))
                    .build();
        }

        @Override
        public SettleResponse settle(SettleRequest request) {
            final Settlement settlement =
                    acknowledged(client.settleAsync(request).join());
            return SettleResponse.newBuilder()
                    .setOutcome(settlement.outcome())
                    .setMessage(settlement.message())
                    .build();
        }

        @Override
        public ReleaseResponse release(ReleaseRequest request) {
            final Settlement settlement =
                    acknowledged(client.releaseAsync(request.getReservationId()).join());
            return ReleaseResponse.newBuilder()
                    .setOutcome(settlement.outcome())
                    .setMessage(settlement.message())
                    .build();
        }

        private static Settlement acknowledged(Settlement settlement) {
            if (settlement.cause().isPresent()) {
                throw Status.fromThrowable(settlement.cause().get()).asRuntimeException();
            }
            return settlement;
        }

        /** A refused call is a DENY to users of the client; here it is what the server said. */
        private static DecideResponse answerOf(Decision decision) {
            if (decision.cause().isPresent()) {
                throw Status.fromThrowable(decision.cause().get()).asRuntimeException();
            }
            return decision.raw();
        }

        @Override
        public void close() {
            client.close();
            server.drain(0);
            server.close();
        }
    }
}
