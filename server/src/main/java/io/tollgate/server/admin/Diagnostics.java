/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.admin;

import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.tollgate.loader.install.RecordSource;
import io.tollgate.server.config.SidecarConfig;
import io.tollgate.server.decisionlog.DecisionLog;
import io.tollgate.server.lifecycle.SnapshotFeed;
import io.tollgate.v1.AllowSnapshotRequest;
import io.tollgate.v1.AllowSnapshotResponse;
import io.tollgate.v1.DiagnosticsServiceGrpc;
import io.tollgate.v1.DumpScopeRequest;
import io.tollgate.v1.DumpScopeResponse;
import io.tollgate.v1.ExplainRequest;
import io.tollgate.v1.ExplainResponse;
import io.tollgate.v1.GetConfigRequest;
import io.tollgate.v1.GetConfigResponse;
import io.tollgate.v1.JournalStatusRequest;
import io.tollgate.v1.JournalStatusResponse;
import io.tollgate.v1.ListLeasesRequest;
import io.tollgate.v1.ListLeasesResponse;
import io.tollgate.v1.ListReservationsRequest;
import io.tollgate.v1.ListReservationsResponse;
import io.tollgate.v1.ReadSnapshotRequest;
import io.tollgate.v1.ReadSnapshotResponse;
import io.tollgate.v1.StatusRequest;
import io.tollgate.v1.StatusResponse;
import io.tollgate.v1.TailDecisionsRequest;
import io.tollgate.v1.TailDecisionsResponse;
import org.jspecify.annotations.Nullable;

/** DiagnosticsService. On admin threads. */
final class Diagnostics extends DiagnosticsServiceGrpc.DiagnosticsServiceImplBase {
    private static final System.Logger LOG = System.getLogger("tollgate.server.admin");

    private final SidecarConfig config;
    private final StatusReport status;
    private final ScopeDump scopes;
    private final AdminWorker worker;
    private final @Nullable RecordSource records;
    private final ReservationReport reservations;
    private final DecisionLog log;
    private final SnapshotFeed feed;

    Diagnostics(
            final SidecarConfig config,
            final StatusReport status,
            final ScopeDump scopes,
            final AdminWorker worker,
            final @Nullable RecordSource records,
            final ReservationReport reservations,
            final DecisionLog log,
            final SnapshotFeed feed) {
        this.log = log;
        this.records = records;
        this.config = config;
        this.status = status;
        this.scopes = scopes;
        this.worker = worker;
        this.reservations = reservations;
        this.feed = feed;
    }

    /** Makes an answer. */
    private interface Answer<R> {
        R make() throws StatusException;
    }

    @Override
    public void status(final StatusRequest request, final StreamObserver<StatusResponse> observer) {
        answer(observer, status::make);
    }

    @Override
    public void explain(final ExplainRequest request, final StreamObserver<ExplainResponse> observer) {
        answer(observer, () -> ExplainResponse.newBuilder()
                .setDecision(worker.explain(request.getRequest()))
                .build());
    }

    @Override
    public void dumpScope(final DumpScopeRequest request, final StreamObserver<DumpScopeResponse> observer) {
        answer(observer, () -> scopes.of(request.getPath()));
    }

    @Override
    public void getConfig(final GetConfigRequest request, final StreamObserver<GetConfigResponse> observer) {
        answer(observer, () -> GetConfigResponse.newBuilder()
                .setYaml(config.yaml())
                .setSha256(config.sha256())
                .setEnvoyMapping(config.envoy().mapping().text())
                .build());
    }

    @Override
    public void listLeases(final ListLeasesRequest request, final StreamObserver<ListLeasesResponse> observer) {
        refuse(observer, "ListLeases comes with quota leases");
    }

    @Override
    public void listReservations(
            final ListReservationsRequest request, final StreamObserver<ListReservationsResponse> observer) {
        answer(observer, () -> reservations.make(request));
    }

    @Override
    public void journalStatus(
            final JournalStatusRequest request, final StreamObserver<JournalStatusResponse> observer) {
        answer(observer, () -> JournalReport.of(feed));
    }

    @Override
    public void tailDecisions(
            final TailDecisionsRequest request, final StreamObserver<TailDecisionsResponse> observer) {
        TailStream.follow(log, request, (ServerCallStreamObserver<TailDecisionsResponse>) observer);
    }

    @Override
    public void readSnapshot(final ReadSnapshotRequest request, final StreamObserver<ReadSnapshotResponse> observer) {
        new SnapshotStream((ServerCallStreamObserver<ReadSnapshotResponse>) observer).send(records);
    }

    @Override
    public void allowSnapshot(
            final AllowSnapshotRequest request, final StreamObserver<AllowSnapshotResponse> observer) {
        answer(observer, () -> AllowSnapshotResponse.newBuilder()
                .setProblem(feed.dryRun().allow(request.getCandidate(), request.getAllowedBy()))
                .build());
    }

    private static <R> void answer(final StreamObserver<R> observer, final Answer<R> answer) {
        final R response;
        try {
            response = answer.make();
        } catch (final StatusException e) {
            observer.onError(e);
            return;
        } catch (final RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a diagnostic call failed", e);
            observer.onError(Status.INTERNAL
                    .withDescription("the sidecar failed to answer; its log says why")
                    .asException());
            return;
        }
        observer.onNext(response);
        observer.onCompleted();
    }

    private static void refuse(final StreamObserver<?> observer, final String what) {
        observer.onError(Status.UNIMPLEMENTED
                .withDescription(what + ", in a later release")
                .asException());
    }
}
