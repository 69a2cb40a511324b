/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control;

import static io.tollgate.control.ControlPlaneFixture.SIDECAR;
import static io.tollgate.control.ControlPlaneFixture.poll;
import static io.tollgate.control.ControlPlaneFixture.pull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import io.tollgate.control.compiler.TinyBundle;
import io.tollgate.control.service.ServiceLimits;
import io.tollgate.v1.BundleStatus;
import io.tollgate.v1.ControlPlaneServiceGrpc;
import io.tollgate.v1.DataChunk;
import io.tollgate.v1.Delta;
import io.tollgate.v1.DeltaBatch;
import io.tollgate.v1.Heartbeat;
import io.tollgate.v1.ListBundlesRequest;
import io.tollgate.v1.ListOverridesRequest;
import io.tollgate.v1.ListSidecarsRequest;
import io.tollgate.v1.PullDeltasRequest;
import io.tollgate.v1.PullSnapshotRequest;
import io.tollgate.v1.ReconcileRequest;
import io.tollgate.v1.SidecarIdentity;
import io.tollgate.v1.SidecarStatus;
import io.tollgate.v1.SnapshotChunk;
import io.tollgate.v1.SnapshotManifest;
import io.tollgate.v1.SyncLeasesRequest;
import io.tollgate.v1.SyncState;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** The control plane from outside, over real gRPC and HTTP on the loopback. */
class ControlPlaneTest {
    @TempDir
    Path dir;

    private ControlPlaneFixture start(TinyBundle bundle) throws IOException {
        return ControlPlaneFixture.start(bundle.write(dir.resolve("bundle")), dir.resolve("state"));
    }

    private static List<SnapshotChunk> all(Iterator<SnapshotChunk> stream) {
        List<SnapshotChunk> chunks = new ArrayList<>();
        stream.forEachRemaining(chunks::add);
        return chunks;
    }

    private static StatusRuntimeException refused(Status.Code code, Executable call) {
        StatusRuntimeException e = assertThrows(StatusRuntimeException.class, call);
        assertEquals(code, e.getStatus().getCode(), e::getMessage);
        return e;
    }

    @Test
    void shouldServeTheManifestAndThenEveryChunkInOrder() throws Exception {
        try (ControlPlaneFixture fixture = start(new TinyBundle())) {
            List<SnapshotChunk> chunks = all(fixture.sidecar().pullSnapshot(pull("tiny")));

            assertTrue(chunks.get(0).hasManifest());
            SnapshotManifest manifest =
                    SnapshotManifest.parseFrom(chunks.get(0).getManifest().getManifest());
            assertEquals(1, manifest.getVersion());
            assertEquals("tiny", manifest.getBundle());
            assertEquals(manifest.getChunkCount(), chunks.size() - 1);
            for (int i = 1; i < chunks.size(); i++) {
                assertEquals(i - 1, chunks.get(i).getData().getIndex());
            }
        }
    }

    @Test
    void shouldResumeAtAChunkOfTheSameVersion() throws Exception {
        try (ControlPlaneFixture fixture = start(new TinyBundle())) {
            List<SnapshotChunk> whole = all(fixture.sidecar().pullSnapshot(pull("tiny")));
            PullSnapshotRequest.Builder rest =
                    pull("tiny").toBuilder().setVersion(1).setResumeFromChunk(3);

            List<SnapshotChunk> resumed = all(fixture.sidecar().pullSnapshot(rest.build()));

            assertEquals(whole.get(0), resumed.get(0), "the manifest again");
            assertEquals(whole.subList(4, whole.size()), resumed.subList(1, resumed.size()));
            rest.setResumeManifestSha256(whole.get(0).getManifest().getSha256());
            assertEquals(resumed, all(fixture.sidecar().pullSnapshot(rest.build())));
            PullSnapshotRequest ofAnother = rest.clone()
                    .setResumeManifestSha256(com.google.protobuf.ByteString.copyFromUtf8("of a lost history"))
                    .setResumeFromChunk(1_000)
                    .build();
            assertEquals(
                    whole,
                    all(fixture.sidecar().pullSnapshot(ofAnother)),
                    "chunks of another manifest are of no use, whatever their number");
            long end = whole.size() - 1;
            assertEquals(
                    1,
                    all(fixture.sidecar()
                                    .pullSnapshot(rest.setResumeFromChunk(end).build()))
                            .size());
            refused(
                    Status.Code.OUT_OF_RANGE,
                    () -> all(fixture.sidecar()
                            .pullSnapshot(rest.setResumeFromChunk(end + 1).build())));
            refused(
                    Status.Code.INVALID_ARGUMENT,
                    () -> all(fixture.sidecar()
                            .pullSnapshot(
                                    rest.setVersion(0).setResumeFromChunk(1).build())));
        }
    }

    @Test
    void shouldRefuseWhatItDoesNotServeAndSayWhat() throws Exception {
        try (ControlPlaneFixture fixture = start(new TinyBundle())) {
            StatusRuntimeException unknown =
                    refused(Status.Code.NOT_FOUND, () -> all(fixture.sidecar().pullSnapshot(pull("other"))));
            assertTrue(String.valueOf(unknown.getMessage()).contains("serves tiny"), unknown::getMessage);
            refused(
                    Status.Code.NOT_FOUND,
                    () -> all(fixture.sidecar()
                            .pullSnapshot(pull("tiny").toBuilder().setVersion(7).build())));
            refused(
                    Status.Code.INVALID_ARGUMENT,
                    () -> all(fixture.sidecar()
                            .pullSnapshot(PullSnapshotRequest.newBuilder()
                                    .setBundle("tiny")
                                    .build())));
            refused(Status.Code.INVALID_ARGUMENT, () -> fixture.sidecar()
                    .pullDeltas(poll("tiny", 0)
                            .setSidecar(SidecarIdentity.newBuilder().setSidecarId("x".repeat(300)))
                            .build())
                    .hasNext());
            StatusRuntimeException leases = refused(Status.Code.UNIMPLEMENTED, () -> fixture.sidecar()
                    .syncLeases(SyncLeasesRequest.getDefaultInstance()));
            assertTrue(String.valueOf(leases.getMessage()).contains("leases"), leases::getMessage);
            refused(Status.Code.UNIMPLEMENTED, () -> fixture.administrator()
                    .listOverrides(ListOverridesRequest.getDefaultInstance()));
            refused(Status.Code.UNIMPLEMENTED, () -> fixture.administrator()
                    .reconcile(ReconcileRequest.getDefaultInstance()));
        }
    }

    @Test
    void shouldAnswerAPollAtOnceAndEndItAfterItsTime() throws Exception {
        try (ControlPlaneFixture fixture = start(new TinyBundle())) {
            Iterator<DeltaBatch> unknown =
                    fixture.sidecar().pullDeltas(poll("tiny", 0).build());
            Heartbeat behind = unknown.next().getHeartbeat();
            assertEquals(SyncState.SYNC_STATE_PULL_SNAPSHOT, behind.getState());
            assertTrue(behind.getAnswersRequest());
            assertEquals(1, behind.getNewestVersion());
            assertFalse(unknown.hasNext(), "nothing to wait for");

            Iterator<DeltaBatch> current = fixture.sidecar().pullDeltas(installed(fixture, 200));
            Heartbeat confirmed = current.next().getHeartbeat();
            assertEquals(SyncState.SYNC_STATE_CURRENT, confirmed.getState());
            assertTrue(confirmed.getAnswersRequest());
            assertEquals(6, confirmed.getSourceAgesCount());
            assertFalse(current.hasNext(), "ends by itself, without an error");
        }
    }

    /** A poll of a sidecar that has the newest version. */
    private static io.tollgate.v1.PullDeltasRequest installed(ControlPlaneFixture fixture, long waitMs)
            throws IOException {
        var signed = fixture.sidecar().pullSnapshot(pull("tiny")).next().getManifest();
        SnapshotManifest manifest = SnapshotManifest.parseFrom(signed.getManifest());
        return poll("tiny", waitMs)
                .setEpoch(manifest.getEpoch())
                .setSnapshotVersion(manifest.getVersion())
                .setManifestSha256(signed.getSha256())
                .build();
    }

    @Test
    void shouldTellWaitingPollsOfAnEdit() throws Exception {
        TinyBundle bundle = new TinyBundle();
        try (ControlPlaneFixture fixture = start(bundle)) {
            assertEquals("published 1", fixture.nextEvent());
            Iterator<DeltaBatch> poll = fixture.sidecar().pullDeltas(installed(fixture, 60_000));
            assertEquals(
                    SyncState.SYNC_STATE_CURRENT, poll.next().getHeartbeat().getState());

            bundle.edit("limits/limits.yaml", "limit: 600", "limit: 500").write(dir.resolve("bundle"));

            DeltaBatch news = poll.next();
            assertEquals(SyncState.SYNC_STATE_DELTAS, news.getHeartbeat().getState());
            assertEquals(1, news.getHeartbeat().getNewestDeltaSequence());
            assertFalse(news.getHeartbeat().getAnswersRequest(), "news confirm no freshness");
            Delta delta = Delta.parseFrom(news.getDeltas(0).getDelta());
            assertEquals(1, delta.getSequence());
            assertEquals("org:acme", delta.getChanges(0).getKey().toStringUtf8());
            assertEquals("changed 1", fixture.nextEvent());

            bundle.edit("tollgate.yaml", "policy: 2m", "policy: 3m").write(dir.resolve("bundle"));

            Heartbeat whole = poll.next().getHeartbeat();
            assertEquals(SyncState.SYNC_STATE_PULL_SNAPSHOT, whole.getState());
            assertEquals(2, whole.getNewestDeltaSequence());
            assertTrue(fixture.nextEvent().startsWith("published "));
        }
    }

    /** The whole way of a sidecar: snapshot, deltas after it, the same state as a snapshot of it all. */
    @Test
    void shouldServeAFreshSidecarASnapshotAndTheDeltasAfterIt() throws Exception {
        TinyBundle bundle = new TinyBundle();
        try (ControlPlaneFixture fixture = start(bundle)) {
            assertEquals("published 1", fixture.nextEvent());
            List<SnapshotChunk> first = all(fixture.sidecar()
                    .pullSnapshot(pull("tiny").toBuilder().setVersion(1).build()));
            bundle.edit("limits/limits.yaml", "limit: 600", "limit: 500").write(dir.resolve("bundle"));
            assertEquals("changed 1", fixture.nextEvent());
            bundle.edit("limits/limits.yaml", "limit: 500", "limit: 400").write(dir.resolve("bundle"));
            assertEquals("changed 2", fixture.nextEvent());

            PullDeltasRequest.Builder question = poll("tiny", 0)
                    .setEpoch(SnapshotManifest.parseFrom(
                                    first.get(0).getManifest().getManifest())
                            .getEpoch())
                    .setSnapshotVersion(1)
                    .setManifestSha256(first.get(0).getManifest().getSha256());
            DeltaBatch behind = fixture.sidecar().pullDeltas(question.build()).next();
            assertEquals(SyncState.SYNC_STATE_DELTAS, behind.getHeartbeat().getState());
            assertTrue(behind.getHeartbeat().getAnswersRequest());
            assertEquals(2, behind.getDeltasCount());

            List<SnapshotChunk> newest = all(fixture.sidecar()
                    .pullSnapshot(
                            pull("tiny").toBuilder().setLeastDeltaSequence(2).build()));
            SnapshotManifest manifest =
                    SnapshotManifest.parseFrom(newest.get(0).getManifest().getManifest());
            assertEquals(2, manifest.getDeltaSequence());
            assertEquals(behind.getHeartbeat().getStateDigest(), manifest.getStateDigest());
            assertEquals(
                    manifest.getStateDigest(),
                    Delta.parseFrom(behind.getDeltas(1).getDelta()).getStateDigest());
            DeltaBatch current = fixture.sidecar()
                    .pullDeltas(question.setDeltaSequence(2).build())
                    .next();
            assertEquals(
                    SyncState.SYNC_STATE_CURRENT,
                    current.getHeartbeat().getState(),
                    "version 1 with both changes is as good as a newer version");
            refused(
                    Status.Code.FAILED_PRECONDITION,
                    () -> all(fixture.sidecar()
                            .pullSnapshot(pull("tiny").toBuilder()
                                    .setLeastDeltaSequence(9)
                                    .build())));
            BundleStatus status = fixture.plane.bundles().get(0);
            assertEquals(2, status.getDeltaSequence());
            assertEquals(2, status.getCheckpointDeltaSequence());
            assertEquals(0, status.getOldestDeltaSequence());
            assertTrue(http(fixture, "/readyz").text.contains(", change 2"));
        }
    }

    @Test
    void shouldWriteASnapshotInTheBackgroundOnceChangesHaveComeToRest() throws Exception {
        TinyBundle bundle = new TinyBundle();
        try (ControlPlaneFixture fixture = start(bundle)) {
            assertEquals("published 1", fixture.nextEvent());
            bundle.edit("limits/limits.yaml", "limit: 600", "limit: 500").write(dir.resolve("bundle"));
            assertEquals("changed 1", fixture.nextEvent());
            long deadlineNs = System.nanoTime() + 30_000_000_000L;
            while (fixture.plane.bundles().get(0).getCheckpointDeltaSequence() < 1) {
                assertTrue(System.nanoTime() < deadlineNs, "nobody asked for it, it comes by itself");
                Thread.sleep(20);
            }
            assertEquals(2, fixture.plane.bundles().get(0).getVersion());
        }
        try (ControlPlaneFixture fixture = start(bundle)) {
            assertEquals("unchanged 2", fixture.nextEvent());
            assertEquals(1, fixture.plane.bundles().get(0).getDeltaSequence());
        }
    }

    @Test
    void shouldKeepTheLastGoodVersionThroughABrokenEdit() throws Exception {
        TinyBundle bundle = new TinyBundle();
        try (ControlPlaneFixture fixture = start(bundle)) {
            assertEquals("published 1", fixture.nextEvent());
            bundle.edit("limits/limits.yaml", "limit: 600", "limt: 600").write(dir.resolve("bundle"));
            assertEquals("refused 2", fixture.nextEvent());

            BundleStatus status = fixture.administrator()
                    .listBundles(ListBundlesRequest.getDefaultInstance())
                    .getBundles(0);
            assertEquals(1, status.getVersion());
            assertTrue(status.getLastError().contains("limits/limits.yaml:3:"), status::getLastError);
            assertTrue(status.getLastError().contains("did you mean 'limit'?"), status::getLastError);
            Iterator<DeltaBatch> poll = fixture.sidecar().pullDeltas(installed(fixture, 0));
            Heartbeat heartbeat = poll.next().getHeartbeat();
            assertEquals(SyncState.SYNC_STATE_CURRENT, heartbeat.getState());
            assertTrue(heartbeat.getSourceAges(0).getDetail().contains("errors"));

            bundle.edit("limits/limits.yaml", "limt: 600", "limit: 400").write(dir.resolve("bundle"));
            assertEquals("changed 1", fixture.nextEvent());
            assertEquals(
                    "",
                    fixture.administrator()
                            .listBundles(ListBundlesRequest.getDefaultInstance())
                            .getBundles(0)
                            .getLastError());
        }
    }

    @Test
    void shouldKeepItsVersionOverARestart() throws Exception {
        BundleStatus before;
        try (ControlPlaneFixture fixture = start(new TinyBundle())) {
            before = fixture.plane.bundles().get(0);
        }
        try (ControlPlaneFixture fixture = start(new TinyBundle())) {
            assertEquals("unchanged 1", fixture.nextEvent());
            assertEquals(before, fixture.plane.bundles().get(0));
        }
    }

    @Test
    void shouldServeTheLastGoodVersionAfterARestartWithBrokenSources() throws Exception {
        try (ControlPlaneFixture fixture = start(new TinyBundle())) {
            assertEquals("published 1", fixture.nextEvent());
        }
        try (ControlPlaneFixture fixture = start(new TinyBundle().file("tollgate.yaml", "bundle: [\n"))) {
            assertEquals("refused 1", fixture.nextEvent());
            assertTrue(fixture.plane.isReady());
            assertTrue(all(fixture.sidecar().pullSnapshot(pull("tiny"))).size() > 1);
        }
    }

    @Test
    void shouldStartWithBrokenSourcesAndBecomeReadyWithTheMendingEdit() throws Exception {
        TinyBundle bundle = new TinyBundle().edit("tollgate.yaml", "bundle: tiny", "bundel: tiny");
        try (ControlPlaneFixture fixture = start(bundle)) {
            assertEquals("refused 2", fixture.nextEvent());
            assertFalse(fixture.plane.isReady());
            assertEquals(503, http(fixture, "/readyz").status);
            assertEquals(200, http(fixture, "/healthz").status);
            refused(
                    Status.Code.UNAVAILABLE,
                    () -> fixture.sidecar().pullDeltas(poll("tiny", 0).build()).hasNext());

            bundle.edit("tollgate.yaml", "bundel: tiny", "bundle: tiny").write(dir.resolve("bundle"));
            assertEquals("published 1", fixture.nextEvent());
            assertEquals(200, http(fixture, "/readyz").status);
        }
    }

    @Test
    void shouldListTheSidecarsThatWereHere() throws Exception {
        try (ControlPlaneFixture fixture = start(new TinyBundle())) {
            fixture.sidecar().pullDeltas(installed(fixture, 0)).next();

            SidecarStatus sidecar = fixture.administrator()
                    .listSidecars(ListSidecarsRequest.getDefaultInstance())
                    .getSidecars(0);
            assertEquals(SIDECAR.getSidecarId(), sidecar.getSidecarId());
            assertEquals(SIDECAR.getBootId(), sidecar.getBootId());
            assertEquals("tiny", sidecar.getBundle());
            assertEquals(1, sidecar.getSnapshotVersion());
            assertTrue(sidecar.getLastSeenAtMs() > 0);
        }
    }

    @Test
    void shouldServeHealthReflectionAndHttp() throws Exception {
        try (ControlPlaneFixture fixture = start(new TinyBundle())) {
            for (String service : List.of("", ControlPlaneServiceGrpc.SERVICE_NAME)) {
                assertEquals(
                        ServingStatus.SERVING,
                        HealthGrpc.newBlockingStub(fixture.channel)
                                .check(HealthCheckRequest.newBuilder()
                                        .setService(service)
                                        .build())
                                .getStatus());
            }
            assertTrue(services(fixture).contains(ControlPlaneServiceGrpc.SERVICE_NAME));
            Page ready = http(fixture, "/readyz");
            assertEquals(200, ready.status);
            assertTrue(ready.text.contains("bundle tiny: version 1"), ready.text);
            assertEquals(404, http(fixture, "/else").status);
        }
    }

    private static String services(ControlPlaneFixture fixture) throws Exception {
        CompletableFuture<String> answer = new CompletableFuture<>();
        StreamObserver<ServerReflectionRequest> questions = ServerReflectionGrpc.newStub(fixture.channel)
                .serverReflectionInfo(new StreamObserver<>() {
                    @Override
                    public void onNext(ServerReflectionResponse response) {
                        answer.complete(response.getListServicesResponse().toString());
                    }

                    @Override
                    public void onError(Throwable cause) {
                        answer.completeExceptionally(cause);
                    }

                    @Override
                    public void onCompleted() {
                        // The answer has come before.
                    }
                });
        questions.onNext(
                ServerReflectionRequest.newBuilder().setListServices("").build());
        String services = answer.get(30, TimeUnit.SECONDS);
        questions.onCompleted();
        return services;
    }

    private record Page(int status, String text) {}

    private static Page http(ControlPlaneFixture fixture, String path) throws IOException {
        int port = fixture.plane.httpAddress().orElseThrow().getPort();
        HttpURLConnection connection = (HttpURLConnection)
                URI.create("http://127.0.0.1:" + port + path).toURL().openConnection();
        int status = connection.getResponseCode();
        try (var body = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            return new Page(status, new String(body.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void shouldRefuseMorePollsThanItHasPlacesFor() throws Exception {
        Path bundle = new TinyBundle().write(dir.resolve("bundle"));
        ServiceLimits limits = new ServiceLimits(1, 1, 60_000, 10, 10, 10);
        try (ControlPlaneFixture fixture =
                new ControlPlaneFixture(ControlPlaneFixture.config(bundle, dir.resolve("state"), limits))) {
            Iterator<DeltaBatch> first = fixture.sidecar().pullDeltas(installed(fixture, 60_000));
            first.next();
            refused(Status.Code.RESOURCE_EXHAUSTED, () -> fixture.sidecar()
                    .pullDeltas(installed(fixture, 60_000))
                    .hasNext());
            assertTrue(
                    fixture.sidecar().pullDeltas(installed(fixture, 0)).hasNext(), "who does not wait needs no place");
        }
    }

    @Test
    void shouldAnswerOnSoManyConnectionsOnly() throws Exception {
        Path bundle = new TinyBundle().write(dir.resolve("bundle"));
        ServiceLimits limits = new ServiceLimits(1, 1, 60_000, 1, 10, 10);
        try (ControlPlaneFixture fixture =
                new ControlPlaneFixture(ControlPlaneFixture.config(bundle, dir.resolve("state"), limits))) {
            all(fixture.sidecar().pullSnapshot(pull("tiny")));
            var second = io.grpc.Grpc.newChannelBuilderForAddress(
                            "127.0.0.1",
                            fixture.plane.grpcAddress().getPort(),
                            io.grpc.InsecureChannelCredentials.create())
                    .build();
            try {
                refused(
                        Status.Code.RESOURCE_EXHAUSTED,
                        () -> all(ControlPlaneServiceGrpc.newBlockingStub(second)
                                .withDeadlineAfter(30, TimeUnit.SECONDS)
                                .pullSnapshot(pull("tiny"))));
            } finally {
                second.shutdownNow();
            }
        }
    }

    @Test
    void shouldRefuseToShareItsStateDirectory() throws Exception {
        try (ControlPlaneFixture fixture = start(new TinyBundle())) {
            IOException e = assertThrows(IOException.class, () -> start(new TinyBundle()));
            assertTrue(String.valueOf(e.getMessage()).contains("another control plane uses"), e::getMessage);
            assertTrue(fixture.plane.isReady());
        }
    }

    @Test
    void shouldEndWaitingPollsWhenItStops() throws Exception {
        Iterator<DeltaBatch> poll;
        try (ControlPlaneFixture fixture = start(new TinyBundle())) {
            poll = fixture.sidecar().pullDeltas(installed(fixture, 60_000));
            poll.next();
            fixture.plane.close();
            assertFalse(poll.hasNext(), "ended, not broken");
        }
    }

    @Test
    void shouldServeAChunkAsItIsOnDisk() throws Exception {
        try (ControlPlaneFixture fixture = start(new TinyBundle())) {
            DataChunk chunk =
                    all(fixture.sidecar().pullSnapshot(pull("tiny"))).get(1).getData();
            java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
            crc.update(chunk.getPayload().toByteArray());

            assertEquals((int) crc.getValue(), chunk.getCrc32C());
        }
    }
}
