/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.tollgate.v1.AdministrationServiceGrpc.AdministrationServiceImplBase;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DecisionServiceGrpc.DecisionServiceImplBase;
import io.tollgate.v1.DiagnosticsServiceGrpc.DiagnosticsServiceImplBase;
import io.tollgate.v1.DumpScopeRequest;
import io.tollgate.v1.DumpScopeResponse;
import io.tollgate.v1.ExplainRequest;
import io.tollgate.v1.ExplainResponse;
import io.tollgate.v1.GetConfigRequest;
import io.tollgate.v1.GetConfigResponse;
import io.tollgate.v1.JournalStatusRequest;
import io.tollgate.v1.JournalStatusResponse;
import io.tollgate.v1.QueryLedgerRequest;
import io.tollgate.v1.QueryLedgerResponse;
import io.tollgate.v1.StatusRequest;
import io.tollgate.v1.StatusResponse;
import io.tollgate.v1.TailDecisionsRequest;
import io.tollgate.v1.TailDecisionsResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Both services of a sidecar, and a control plane's for operators, on one real port, answering what a test tells them.
 * Null = never answers.
 */
final class FakeSidecar implements AutoCloseable {
    volatile @Nullable DecideResponse decision = DecideResponse.getDefaultInstance();
    volatile @Nullable StatusResponse status = StatusResponse.getDefaultInstance();
    volatile DumpScopeResponse scope = DumpScopeResponse.getDefaultInstance();
    volatile JournalStatusResponse journal = JournalStatusResponse.getDefaultInstance();
    volatile QueryLedgerResponse ledger = QueryLedgerResponse.getDefaultInstance();
    volatile @Nullable QueryLedgerRequest ledgerAsked;
    volatile GetConfigResponse config = GetConfigResponse.getDefaultInstance();
    volatile List<TailDecisionsResponse> tail = List.of();
    volatile @Nullable TailDecisionsRequest followed;
    volatile @Nullable Status failure;
    volatile @Nullable DecideRequest asked;

    private final Server server;

    FakeSidecar() throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(new Decisions())
                .addService(new Diagnostics())
                .addService(new Administration())
                .build()
                .start();
    }

    String address() {
        return "127.0.0.1:" + server.getPort();
    }

    /** An address where nobody listens. */
    static String nowhere() throws IOException {
        try (FakeSidecar gone = new FakeSidecar()) {
            return gone.address();
        }
    }

    @Override
    public void close() {
        server.shutdownNow();
        try {
            server.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private <T> void answer(StreamObserver<T> out, @Nullable T message) {
        final Status failed = failure;
        if (failed != null) {
            out.onError(failed.asRuntimeException());
        } else if (message != null) {
            out.onNext(message);
            out.onCompleted();
        }
    }

    private final class Decisions extends DecisionServiceImplBase {
        @Override
        public void decide(DecideRequest request, StreamObserver<DecideResponse> out) {
            asked = request;
            final DecideResponse answer = decision;
            answer(
                    out,
                    answer == null
                            ? null
                            : answer.toBuilder()
                                    .setCorrelationId(request.getCorrelationId())
                                    .build());
        }
    }

    private final class Diagnostics extends DiagnosticsServiceImplBase {
        @Override
        public void explain(ExplainRequest request, StreamObserver<ExplainResponse> out) {
            asked = request.getRequest();
            final DecideResponse answer = decision;
            answer(
                    out,
                    answer == null
                            ? null
                            : ExplainResponse.newBuilder().setDecision(answer).build());
        }

        @Override
        public void status(StatusRequest request, StreamObserver<StatusResponse> out) {
            answer(out, status);
        }

        @Override
        public void dumpScope(DumpScopeRequest request, StreamObserver<DumpScopeResponse> out) {
            answer(out, scope);
        }

        /** Never ends by itself, unless it fails. */
        @Override
        public void tailDecisions(TailDecisionsRequest request, StreamObserver<TailDecisionsResponse> out) {
            followed = request;
            tail.forEach(out::onNext);
            final Status failed = failure;
            if (failed != null) {
                out.onError(failed.asRuntimeException());
            }
        }

        @Override
        public void journalStatus(JournalStatusRequest request, StreamObserver<JournalStatusResponse> out) {
            answer(out, journal);
        }

        @Override
        public void getConfig(GetConfigRequest request, StreamObserver<GetConfigResponse> out) {
            answer(out, config);
        }
    }

    private final class Administration extends AdministrationServiceImplBase {
        @Override
        public void queryLedger(QueryLedgerRequest request, StreamObserver<QueryLedgerResponse> out) {
            ledgerAsked = request;
            answer(out, ledger);
        }
    }
}
