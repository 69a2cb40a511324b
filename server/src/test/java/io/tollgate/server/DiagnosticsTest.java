/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import io.tollgate.server.config.SidecarConfig;
import io.tollgate.server.support.TestWorld;
import io.tollgate.v1.CeilingState;
import io.tollgate.v1.DecideMode;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DumpScopeRequest;
import io.tollgate.v1.DumpScopeResponse;
import io.tollgate.v1.ExplainRequest;
import io.tollgate.v1.ExplainedScope;
import io.tollgate.v1.GetConfigRequest;
import io.tollgate.v1.GetConfigResponse;
import io.tollgate.v1.JournalStatusRequest;
import io.tollgate.v1.ListLeasesRequest;
import io.tollgate.v1.ListReservationsRequest;
import io.tollgate.v1.Listener;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Plane;
import io.tollgate.v1.PlaneStatus;
import io.tollgate.v1.PoolState;
import io.tollgate.v1.Reason;
import io.tollgate.v1.SidecarState;
import io.tollgate.v1.StatusRequest;
import io.tollgate.v1.StatusResponse;
import io.tollgate.v1.WalletState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiagnosticsTest {
    @TempDir
    Path directory;

    @Test
    void shouldSayWhatItRunsOn() throws Exception {
        try (SidecarHarness harness = new SidecarHarness(directory)) {
            final StatusResponse before = status(harness);
            assertEquals(SidecarState.SIDECAR_STATE_STARTING, before.getState());
            assertFalse(before.getSnapshot().getPresent());
            harness.snapshots.disconnect("connection refused");
            harness.ready();
            harness.ask(SidecarHarness.question("ann"));
            harness.ask(SidecarHarness.question("nobody"));

            final StatusResponse status = status(harness);

            assertEquals(SidecarState.SIDECAR_STATE_READY, status.getState());
            assertEquals("edge-1", status.getSidecarId());
            assertEquals("boot", status.getBootId());
            assertTrue(status.getSnapshot().getPresent());
            assertEquals("default", status.getSnapshot().getBundle());
            assertEquals(1, status.getSnapshot().getVersion());
            assertEquals(TestWorld.digest(1), status.getSnapshot().getDigest());
            assertEquals(9, status.getSnapshot().getScopeCount());
            assertEquals(2, status.getSnapshot().getRuleCount());
            assertEquals(2, status.getSnapshot().getCeilingCount());
            assertFalse(status.getSnapshot().getSignatureVerified());
            assertEquals(
                    List.of(
                            Plane.PLANE_DIRECTORY,
                            Plane.PLANE_POLICY,
                            Plane.PLANE_ENTITLEMENT,
                            Plane.PLANE_QUOTA,
                            Plane.PLANE_CREDIT),
                    status.getPlanesList().stream().map(PlaneStatus::getPlane).toList(),
                    "only the planes that some operation needs");
            assertEquals("127.0.0.1:7080", status.getControlPlane().getAddress());
            assertFalse(status.getControlPlane().getConnected());
            assertEquals("connection refused", status.getControlPlane().getLastError());
            assertEquals(
                    List.of("decisions", "admin", "http"),
                    status.getListenersList().stream().map(Listener::getName).toList());
            assertEquals(1, count(status, Outcome.OUTCOME_ALLOW, Reason.REASON_OK));
            assertEquals(1, count(status, Outcome.OUTCOME_DENY, Reason.REASON_UNKNOWN_ACTOR));
            assertEquals(6, status.getCounters().getCellCount());
            assertTrue(status.getCounters().getCapacity() >= 2);
            assertTrue(status.getCounters().getLengthBytes() > 0);
        }
    }

    @Test
    void shouldExplainAsCheckWhateverTheModeSays() throws Exception {
        try (SidecarHarness harness = new SidecarHarness(directory).ready()) {
            final DecideRequest question = SidecarHarness.question("ann").toBuilder()
                    .setMode(DecideMode.DECIDE_MODE_CONSUME)
                    .build();

            final DecideResponse answer = harness.diagnostics()
                    .explain(ExplainRequest.newBuilder().setRequest(question).build())
                    .getDecision();

            assertEquals(Outcome.OUTCOME_ALLOW, answer.getOutcome());
            assertEquals("c-1", answer.getCorrelationId());
            assertFalse(answer.getExplanation().getStagesList().isEmpty());
            assertEquals(
                    0,
                    harness.ask(SidecarHarness.question("ann"))
                            .getBindingCeiling()
                            .getUsed(),
                    "took nothing");
            assertEquals(1, count(status(harness), Outcome.OUTCOME_ALLOW, Reason.REASON_OK), "and counted nothing");
        }
    }

    @Test
    void shouldExplainTheLackOfASnapshot() {
        try (SidecarHarness harness = new SidecarHarness(directory)) {
            final DecideResponse answer = harness.diagnostics()
                    .explain(ExplainRequest.newBuilder()
                            .setRequest(SidecarHarness.question("ann"))
                            .build())
                    .getDecision();
            assertEquals(Reason.REASON_SNAPSHOT_MISSING, answer.getReason());
        }
    }

    @Test
    void shouldShowAScopeWithItsCounters() throws Exception {
        try (SidecarHarness harness = new SidecarHarness(directory).ready()) {
            harness.ask(SidecarHarness.question("ann").toBuilder()
                    .setMode(DecideMode.DECIDE_MODE_CONSUME)
                    .build());

            final DumpScopeResponse project = dump(harness, "org:acme/project:rag");

            assertEquals("The rag", project.getDisplayName());
            assertEquals("active", project.getState());
            assertEquals(
                    List.of("plan:pro", "org:acme", "org:acme/dept:ai", "org:acme/project:rag"),
                    project.getChainList().stream()
                            .map(ExplainedScope::getScope)
                            .map(scope -> scope.getPath())
                            .filter(path -> !path.equals("global"))
                            .toList());
            final CeilingState tokens = project.getCeilingsList().stream()
                    .filter(ceiling -> ceiling.getId().equals("rag-tokens"))
                    .findFirst()
                    .orElseThrow();
            assertEquals(100, tokens.getUsed());
            assertEquals(900, tokens.getRemaining());
            assertTrue(tokens.getResetsAtMs() > harness.snapshots.clock.wallMs());
            final CeilingState requests = project.getCeilingsList().stream()
                    .filter(ceiling -> ceiling.getId().equals("rag-requests"))
                    .findFirst()
                    .orElseThrow();
            assertEquals(599_999, requests.getRemaining());
            assertEquals("active (org:acme)", project.getSubscriptionStatus());
            assertEquals(List.of("chat"), project.getFeaturesList());

            final DumpScopeResponse organization = dump(harness, "org:acme");
            assertEquals("not-eve-v1", organization.getRules(0).getRuleId());
            assertEquals("id eve on everything", organization.getRules(0).getDetail());
            assertEquals("policies/acme.yaml:12:5", organization.getRules(0).getSource());

            harness.ask(SidecarHarness.question("ann").toBuilder()
                    .setMode(DecideMode.DECIDE_MODE_CONSUME)
                    .setTarget(SidecarHarness.question("ann").getTarget().toBuilder()
                            .setAction("buy"))
                    .build());
            harness.ask(SidecarHarness.question("ann").toBuilder()
                    .setMode(DecideMode.DECIDE_MODE_CONSUME)
                    .setTarget(SidecarHarness.question("ann").getTarget().toBuilder()
                            .setAction("host"))
                    .build());
            final PoolState own = dump(harness, "org:acme").getPools(0);
            assertEquals("acmes", own.getId());
            assertEquals("org:acme", own.getReservedForPath());
            assertEquals(1, own.getAvailable());
            assertEquals(1, own.getUsed());
            final PoolState shared = dump(harness, "global").getPools(0);
            assertEquals("everybodys", shared.getId());
            assertEquals("llm.hosts", shared.getDimension());
            assertEquals("request", shared.getUnit());
            assertEquals(0, shared.getUsed());
            assertEquals(1_795_176_000_000L, shared.getObservedAtMs());
            assertEquals(1, dump(harness, "global").getPoolsCount());
            assertEquals(0, dump(harness, "org:acme/project:rag").getPoolsCount());
            final WalletState wallet = dump(harness, "org:acme").getWallets(0);
            assertEquals("main", wallet.getId());
            assertEquals("usd", wallet.getCurrency());
            assertEquals("PRE_PAID", wallet.getType());
            assertEquals("ACTIVE", wallet.getStatus());
            assertEquals(5_000_000, wallet.getBalanceNow());
            assertEquals(1_000_000, wallet.getUsed());
            assertEquals(4_000_000, wallet.getSpendable());
            assertEquals("first", wallet.getTranches(0).getId());
            assertTrue(wallet.getTranches(0).getCountsAtSettlement());

            assertEquals("disabled", dump(harness, "org:acme/user:bob").getState());
            assertEquals(List.of("member"), dump(harness, "org:acme/user:bob").getRolesList());
        }
    }

    @Test
    void shouldSayWhichScopeItDoesNotKnow() throws Exception {
        try (SidecarHarness harness = new SidecarHarness(directory).ready()) {
            final Status status = assertThrows(StatusRuntimeException.class, () -> dump(harness, "org:moon"))
                    .getStatus();
            assertEquals(Status.Code.NOT_FOUND, status.getCode());
            assertTrue(String.valueOf(status.getDescription()).contains("'org:moon'"), status.toString());
        }
    }

    @Test
    void shouldShowTheEffectiveConfiguration() {
        try (SidecarHarness harness = new SidecarHarness(directory)) {
            final GetConfigResponse config = harness.diagnostics().getConfig(GetConfigRequest.getDefaultInstance());
            assertTrue(config.getYaml().contains("sidecar_id: \"edge-1\""), config.getYaml());
            assertEquals(64, config.getSha256().length());
            final SidecarConfig again =
                    SidecarConfig.builder().yaml(config.getYaml(), "dump").build();
            assertEquals(config.getSha256(), again.sha256(), "the dump is a configuration that gives itself");
        }
    }

    @Test
    void shouldListWhatIsHeldPageByPage() throws IOException, InterruptedException {
        try (SidecarHarness harness = new SidecarHarness(directory).ready()) {
            for (int i = 0; i < 3; i++) {
                harness.ask(SidecarHarness.question("ann").toBuilder()
                        .setMode(io.tollgate.v1.DecideMode.DECIDE_MODE_RESERVE)
                        .build());
            }
            final var stub = harness.diagnostics();
            final var first = stub.listReservations(
                    ListReservationsRequest.newBuilder().setPageSize(2).build());
            assertEquals(2, first.getReservationsCount());
            assertEquals(3, first.getCounts().getReserved());
            final var one = first.getReservations(0);
            assertEquals("RESERVED", one.getState());
            assertEquals("org:acme/project:rag", one.getScope().getPath());
            assertEquals("user:ann", one.getActor());
            assertEquals("llm/model/invoke", one.getOperation());
            assertEquals(100, one.getHeld(0).getAmount());
            assertEquals("token", one.getHeld(0).getUnit());
            assertTrue(one.getExpiresInMs() > 50_000, one.toString());
            final var rest = stub.listReservations(ListReservationsRequest.newBuilder()
                    .setPageToken(first.getNextPageToken())
                    .build());
            assertEquals(1, rest.getReservationsCount());
            assertEquals("", rest.getNextPageToken());
            assertTrue(harness.get("/metrics").body().contains("tollgate_reservations{state=\"reserved\"} 3"));
        }
    }

    @Test
    void shouldSayThatNothingIsJournaled() {
        try (SidecarHarness harness = new SidecarHarness(directory)) {
            final var journal = harness.diagnostics().journalStatus(JournalStatusRequest.getDefaultInstance());
            assertFalse(journal.getEnabled());
            assertFalse(journal.hasReporting());
        }
    }

    @Test
    void shouldRefuseWhatComesLater() {
        try (SidecarHarness harness = new SidecarHarness(directory)) {
            final var stub = harness.diagnostics();
            assertLater(() -> stub.listLeases(ListLeasesRequest.getDefaultInstance()), "quota leases");
        }
    }

    @Test
    void shouldServeReflectionOnlyWhenSwitchedOn() throws Exception {
        try (SidecarHarness harness = new SidecarHarness(directory)) {
            final List<String> services =
                    reflect(harness).get(30, TimeUnit.SECONDS).getListServicesResponse().getServiceList().stream()
                            .map(ServiceResponse::getName)
                            .toList();
            assertTrue(services.contains("tollgate.v1.DiagnosticsService"), services.toString());
            assertTrue(services.contains("grpc.health.v1.Health"), services.toString());
            assertTrue(services.contains("grpc.channelz.v1.Channelz"), services.toString());
        }
        try (SidecarHarness harness =
                new SidecarHarness(directory, builder -> builder.set("admin.reflection", "false"))) {
            final Throwable cause = assertThrows(java.util.concurrent.ExecutionException.class, () -> reflect(harness)
                            .get(30, TimeUnit.SECONDS))
                    .getCause();
            assertEquals(Status.Code.UNIMPLEMENTED, Status.fromThrowable(cause).getCode());
        }
    }

    private static CompletableFuture<ServerReflectionResponse> reflect(final SidecarHarness harness) {
        final CompletableFuture<ServerReflectionResponse> answer = new CompletableFuture<>();
        final StreamObserver<ServerReflectionRequest> questions = ServerReflectionGrpc.newStub(harness.admin())
                .serverReflectionInfo(new StreamObserver<>() {
                    @Override
                    public void onNext(final ServerReflectionResponse value) {
                        answer.complete(value);
                    }

                    @Override
                    public void onError(final Throwable t) {
                        answer.completeExceptionally(t);
                    }

                    @Override
                    public void onCompleted() {}
                });
        questions.onNext(
                ServerReflectionRequest.newBuilder().setListServices("").build());
        questions.onCompleted();
        return answer;
    }

    private static void assertLater(final Runnable call, final String what) {
        final Status status =
                assertThrows(StatusRuntimeException.class, call::run).getStatus();
        assertEquals(Status.Code.UNIMPLEMENTED, status.getCode());
        assertTrue(String.valueOf(status.getDescription()).contains(what), status.toString());
    }

    private static DumpScopeResponse dump(final SidecarHarness harness, final String path) {
        return harness.diagnostics()
                .dumpScope(DumpScopeRequest.newBuilder().setPath(path).build());
    }

    private static StatusResponse status(final SidecarHarness harness) {
        return harness.diagnostics().status(StatusRequest.getDefaultInstance());
    }

    private static long count(final StatusResponse status, final Outcome outcome, final Reason reason) {
        return status.getDecisionsList().stream()
                .filter(count -> count.getOutcome() == outcome && count.getReason() == reason)
                .mapToLong(count -> count.getCount())
                .sum();
    }
}
