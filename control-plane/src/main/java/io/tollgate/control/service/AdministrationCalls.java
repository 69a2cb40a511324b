/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.service;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.tollgate.control.ledger.Ledger;
import io.tollgate.v1.AdministrationServiceGrpc;
import io.tollgate.v1.ApproveOverrideRequest;
import io.tollgate.v1.ApproveOverrideResponse;
import io.tollgate.v1.CreateOverrideRequest;
import io.tollgate.v1.CreateOverrideResponse;
import io.tollgate.v1.ListBundlesRequest;
import io.tollgate.v1.ListBundlesResponse;
import io.tollgate.v1.ListOverridesRequest;
import io.tollgate.v1.ListOverridesResponse;
import io.tollgate.v1.ListSidecarsRequest;
import io.tollgate.v1.ListSidecarsResponse;
import io.tollgate.v1.QueryLedgerRequest;
import io.tollgate.v1.QueryLedgerResponse;
import io.tollgate.v1.ReconcileRequest;
import io.tollgate.v1.ReconcileResponse;
import io.tollgate.v1.RevokeOverrideRequest;
import io.tollgate.v1.RevokeOverrideResponse;

/** What operators and administrators call. Any number of threads. */
public final class AdministrationCalls extends AdministrationServiceGrpc.AdministrationServiceImplBase {
    private final BundleCatalog catalog;
    private final SidecarTable sidecars;
    private final Ledger ledger;

    /** Answers from these. */
    public AdministrationCalls(BundleCatalog catalog, SidecarTable sidecars, Ledger ledger) {
        this.catalog = catalog;
        this.sidecars = sidecars;
        this.ledger = ledger;
    }

    @Override
    public void listBundles(ListBundlesRequest request, StreamObserver<ListBundlesResponse> response) {
        ListBundlesResponse.Builder list = ListBundlesResponse.newBuilder();
        catalog.all().forEach(bundle -> list.addBundles(bundle.status()));
        response.onNext(list.build());
        response.onCompleted();
    }

    @Override
    public void listSidecars(ListSidecarsRequest request, StreamObserver<ListSidecarsResponse> response) {
        response.onNext(ListSidecarsResponse.newBuilder()
                .addAllSidecars(sidecars.list())
                .build());
        response.onCompleted();
    }

    @Override
    public void createOverride(CreateOverrideRequest request, StreamObserver<CreateOverrideResponse> response) {
        refuse(response, "overrides", "the stage that brings overrides and their audit");
    }

    @Override
    public void approveOverride(ApproveOverrideRequest request, StreamObserver<ApproveOverrideResponse> response) {
        refuse(response, "overrides", "the stage that brings overrides and their audit");
    }

    @Override
    public void revokeOverride(RevokeOverrideRequest request, StreamObserver<RevokeOverrideResponse> response) {
        refuse(response, "overrides", "the stage that brings overrides and their audit");
    }

    @Override
    public void listOverrides(ListOverridesRequest request, StreamObserver<ListOverridesResponse> response) {
        refuse(response, "overrides", "the stage that brings overrides and their audit");
    }

    @Override
    public void queryLedger(QueryLedgerRequest request, StreamObserver<QueryLedgerResponse> response) {
        ledger.query(request, new LedgerAnswer((ServerCallStreamObserver<QueryLedgerResponse>) response));
    }

    @Override
    public void reconcile(ReconcileRequest request, StreamObserver<ReconcileResponse> response) {
        refuse(response, "reconciliation", "the stage that brings Flexprice");
    }

    private static void refuse(StreamObserver<?> response, String what, String stage) {
        response.onError(Status.UNIMPLEMENTED
                .withDescription("this control plane does not serve " + what + " yet: that comes with " + stage)
                .asException());
    }
}
