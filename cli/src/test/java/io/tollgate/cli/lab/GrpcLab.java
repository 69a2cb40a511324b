/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.lab;

import com.google.protobuf.Value;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.tollgate.client.Decision;
import io.tollgate.client.DecisionRequest;
import io.tollgate.client.Settlement;
import io.tollgate.client.TollgateClient;
import io.tollgate.envoy.auth.v3.AuthorizationGrpc;
import io.tollgate.envoy.auth.v3.CheckRequest;
import io.tollgate.envoy.auth.v3.CheckResponse;
import io.tollgate.server.config.SidecarConfig;
import io.tollgate.server.decide.DecisionListeners;
import io.tollgate.server.decide.Evaluator;
import io.tollgate.server.decide.FaultLog;
import io.tollgate.server.decisionlog.LaneLog;
import io.tollgate.server.envoy.mapping.Mapping;
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
import java.util.concurrent.atomic.AtomicReference;
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

    /** What is asked in place of a decision, as Envoy does. */
    public interface Checks {
        /** {@return the mapping that the sidecar runs with} */
        Mapping mapping();

        /** {@return the Check that the mapping makes this request of; null = it cannot be expressed, ask it plainly} */
        @Nullable
        CheckRequest of(DecideRequest request);
    }

    /** A lab whose decisions are asked as Checks. */
    public static final class CheckLab implements AutoCloseable {
        private final AtomicReference<@Nullable CheckResponse> last = new AtomicReference<>();
        private final Lab lab;

        private CheckLab(@Nullable LabSnapshot snapshot, Path stateDir, Instant now, Checks checks) {
            final AtomicReference<@Nullable Lab> clock = new AtomicReference<>();
            lab = Lab.open(snapshot, stateDir, now, (config, bootId, evaluators, faults) -> {
                final DecisionListeners server = DecisionListeners.open(
                        config.mapping(checks.mapping()),
                        bootId,
                        evaluators,
                        new HealthStatusManager().getHealthService(),
                        faults,
                        new DecisionListeners.Surroundings(
                                null,
                                LaneLog::none,
                                () -> Objects.requireNonNull(clock.get()).time().toEpochMilli()));
                return new CheckEdge(server, checks, last);
            });
            clock.set(lab);
        }

        /** {@return the lab; the answer of a decision that was asked as a Check has only the reservation} */
        public Lab lab() {
            return lab;
        }

        /** {@return the answer to the last Check, once; null = what was asked last was no Check} */
        public @Nullable CheckResponse takeLast() {
            return last.getAndSet(null);
        }

        @Override
        public void close() {
            lab.close();
        }
    }

    /** Asked by Checks where they can be expressed, else by the stub. */
    public static CheckLab openWithChecks(@Nullable LabSnapshot snapshot, Path stateDir, Instant now, Checks checks) {
        return new CheckLab(snapshot, stateDir, now, checks);
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

    private static final class CheckEdge extends StubEdge {
        private final Checks checks;
        private final AtomicReference<@Nullable CheckResponse> last;

        CheckEdge(DecisionListeners server, Checks checks, AtomicReference<@Nullable CheckResponse> last) {
            super(server);
            this.checks = checks;
            this.last = last;
        }

        @Override
        public DecideResponse decide(DecideRequest request) {
            final CheckRequest check = checks.of(request);
            if (check == null) {
                last.set(null);
                return super.decide(request);
            }
            final CheckResponse response = AuthorizationGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                    .check(check);
            last.set(response);
            final Value reservation =
                    response.getDynamicMetadata().getFieldsMap().get("reservation_id");
            final DecideResponse.Builder answer = DecideResponse.newBuilder();
            if (reservation != null) {
                answer.getReservationBuilder().setId(reservation.getStringValue());
            }
            return answer.build();
        }
    }

    private static class StubEdge implements LabEdge {
        private final DecisionListeners server;
        final ManagedChannel channel;

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
