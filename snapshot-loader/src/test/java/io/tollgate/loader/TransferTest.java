/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.tollgate.loader.LoaderStatus.Phase;
import io.tollgate.loader.fixture.FakeControlPlane;
import io.tollgate.loader.fixture.SampleSnapshot;
import io.tollgate.loader.fixture.SnapshotBuilder;
import io.tollgate.loader.transfer.ControlPlaneClient.Failure.Kind;
import io.tollgate.loader.transfer.SnapshotVersion;
import io.tollgate.v1.DataChunk;
import io.tollgate.v1.PullSnapshotRequest;
import io.tollgate.v1.SyncState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From "there is something newer" to an active snapshot, and everything that may come between. */
class TransferTest {
    @TempDir
    Path stateDir;

    private final SnapshotBuilder.Built seven =
            SampleSnapshot.of(7).chunkBytes(100).build();
    private final SnapshotBuilder.Built eight =
            SampleSnapshot.of(8).chunkBytes(100).build();
    private LoaderHarness harness;
    private FakeControlPlane plane;

    @BeforeEach
    void start() throws Exception {
        harness = new LoaderHarness(stateDir);
        plane = harness.plane;
    }

    @AfterEach
    void stop() {
        harness.close();
    }

    private void offer(SnapshotBuilder.Built snapshot) {
        harness.settle();
        plane.offer(snapshot);
        harness.settle();
    }

    private void sendChunks(SnapshotBuilder.Built snapshot, int from, int to) {
        for (DataChunk chunk : snapshot.chunks().subList(from, to)) {
            plane.sendChunk(chunk);
            harness.settle();
        }
    }

    @Test
    void shouldBeConfirmedAsOfTheQuestionThatRevealedIt() {
        harness.settle();
        harness.advanceMs(300);
        plane.offer(seven);
        harness.settle();
        harness.advanceMs(400);
        plane.sendAll(seven);
        harness.settle();
        LoaderStatus.SnapshotFacts facts = harness.status().snapshot();
        assertNotNull(facts);
        assertTrue(facts.confirmed());
        assertFalse(harness.stale());
        assertEquals(700, harness.status().planes().get(0).ageMs());
    }

    @Test
    void shouldCallAnEvenNewerSnapshotConfirmedToo() {
        offer(seven);
        plane.sendAll(eight);
        harness.settle();
        assertEquals(new SnapshotVersion(1, 8), harness.active());
        assertFalse(harness.stale());
    }

    @Test
    void shouldAskAgainAtOnceWithWhatIsInstalledNow() {
        int before = plane.heartbeats.size();
        harness.install(seven);
        assertTrue(plane.heartbeats.size() > before);
        assertEquals(7, plane.heartbeat().request.getSnapshotVersion());
    }

    @Test
    void shouldPullOnce() {
        harness.install(seven);
        harness.serveMs(seven, 5_000);
        assertEquals(1, plane.pulls.size());
    }

    @Test
    void shouldWaitLongForAVersionThatIsRefusedAgainAndAgain() {
        SnapshotBuilder.Built bad = SampleSnapshot.of(7).bundle("other").build();
        offer(bad);
        for (int i = 0; i < 14; i++) {
            plane.sendManifest(bad);
            harness.nextPull(bad);
        }
        int before = plane.pulls.size();
        plane.sendManifest(bad);
        harness.serveMs(bad, 149_000);
        assertEquals(before, plane.pulls.size());
    }

    @Test
    void shouldPullAtOnceWhenANewerVersionIsPushed() {
        harness.install(seven);
        plane.confirm(seven);
        harness.settle();
        plane.heartbeat().send(FakeControlPlane.answer(SyncState.SYNC_STATE_PULL_SNAPSHOT, eight, false));
        harness.settle();
        assertEquals(2, plane.pulls.size());
        plane.sendAll(eight);
        harness.settle();
        assertEquals(new SnapshotVersion(1, 8), harness.active());
    }

    @Test
    void shouldKeepUpItsHeartbeatsDuringATransfer() {
        offer(seven);
        plane.sendManifest(seven);
        harness.settle();
        int before = plane.heartbeats.size();
        for (int i = 0; i < 5; i++) {
            plane.heartbeat().end(null);
            harness.advanceMs(1_000);
            plane.offer(seven);
            harness.settle();
        }
        assertEquals(before + 5, plane.heartbeats.size());
        assertEquals(1, plane.pulls.size(), "one transfer at a time");
    }

    @Test
    void shouldBoundWhatIsOnItsWay() {
        offer(seven);
        assertEquals(4, plane.pull().allowed);
        plane.sendManifest(seven);
        sendChunks(seven, 0, 3);
        assertEquals(8, plane.pull().allowed);
    }

    @Test
    void shouldResumeABrokenTransferWhereItBroke() {
        offer(seven);
        plane.sendManifest(seven);
        sendChunks(seven, 0, 5);
        assertEquals(Phase.PULLING, harness.status().installs().phase());
        assertEquals(5, harness.status().installs().chunksReceived());
        plane.pull().fail(Kind.UNAVAILABLE, "UNAVAILABLE: connection reset");
        PullSnapshotRequest resumed = harness.nextPull(seven);
        assertEquals(7, resumed.getVersion());
        assertEquals(5, resumed.getResumeFromChunk());
        plane.sendAll(seven);
        harness.settle();
        assertEquals(new SnapshotVersion(1, 7), harness.active());
        assertEquals(1, harness.status().installs().failed());
    }

    @Test
    void shouldResumeAcrossARestart() throws Exception {
        offer(seven);
        plane.sendManifest(seven);
        sendChunks(seven, 0, 6);
        harness.close();
        harness = new LoaderHarness(stateDir);
        plane = harness.plane;
        offer(seven);
        assertEquals(6, plane.pull().request.getResumeFromChunk());
        plane.sendAll(seven);
        harness.settle();
        assertEquals(new SnapshotVersion(1, 7), harness.active());
    }

    @Test
    void shouldStartAnewWhenTheVersionHasChangedMeanwhile() {
        offer(seven);
        plane.sendManifest(seven);
        sendChunks(seven, 0, 5);
        plane.pull().fail(Kind.UNAVAILABLE, "UNAVAILABLE: connection reset");
        plane.heartbeat().send(FakeControlPlane.answer(SyncState.SYNC_STATE_PULL_SNAPSHOT, eight, false));
        PullSnapshotRequest request = harness.nextPull(eight);
        assertEquals(0, request.getResumeFromChunk());
        assertEquals(0, request.getVersion());
        plane.sendAll(eight);
        harness.settle();
        assertEquals(new SnapshotVersion(1, 8), harness.active());
    }

    @Test
    void shouldStartAnewWhenTheSameVersionIsOfAnotherEpoch() {
        SnapshotBuilder.Built reborn = SampleSnapshot.withRate(7, 61).epoch(2).build();
        offer(seven);
        plane.sendManifest(seven);
        sendChunks(seven, 0, 5);
        plane.pull().fail(Kind.UNAVAILABLE, "UNAVAILABLE: connection reset");
        PullSnapshotRequest request = harness.nextPull(seven);
        assertEquals(5, request.getResumeFromChunk());
        assertEquals(seven.manifest().getSha256(), request.getResumeManifestSha256());
        plane.sendManifest(reborn);
        sendChunks(reborn, 0, reborn.chunks().size());
        harness.settle();
        assertEquals(new SnapshotVersion(2, 7), harness.active());
        assertEquals(0, harness.status().installs().refused());
    }

    @Test
    void shouldStartAnewWhenTheControlPlaneNoLongerHasTheVersion() {
        offer(seven);
        plane.sendManifest(seven);
        sendChunks(seven, 0, 5);
        plane.pull().fail(Kind.UNAVAILABLE, "UNAVAILABLE: connection reset");
        assertEquals(5, harness.nextPull(seven).getResumeFromChunk());
        plane.pull().fail(Kind.NOT_FOUND, "NOT_FOUND: version 7 is gone");
        assertEquals(0, harness.nextPull(seven).getResumeFromChunk());
    }

    @Test
    void shouldGiveUpASilentTransfer() {
        offer(seven);
        plane.sendManifest(seven);
        harness.settle();
        for (int i = 0; i < 10; i++) {
            plane.heartbeat().end(null);
            harness.advanceMs(1_000);
            plane.offer(seven);
            harness.settle();
        }
        assertEquals(0, harness.status().installs().failed());
        harness.advanceMs(1);
        assertEquals(1, harness.status().installs().failed());
        assertNotNull(plane.pulls.get(0).cancelled);
        assertTrue(
                harness.lastInstallFailure().contains("no message from test:7070 within 10000 ms"),
                harness.lastInstallFailure());
    }

    @Test
    void shouldCallATransferThatEndsTooSoonBroken() {
        offer(seven);
        plane.sendManifest(seven);
        sendChunks(seven, 0, 2);
        plane.pull().end(null);
        harness.settle();
        assertTrue(
                harness.lastInstallFailure()
                        .contains("ended the transfer after chunk 2 of "
                                + seven.chunks().size()),
                harness.lastInstallFailure());
        assertEquals(2, harness.nextPull(seven).getResumeFromChunk());
    }

    @Test
    void shouldRefuseAFlippedBitInAnyChunkKeepTheLastGoodOneAndFetchAgain() {
        harness.install(seven);
        offer(eight);
        int refused = 0;
        for (int broken = 0; broken < eight.chunks().size(); broken++) {
            plane.sendManifest(eight);
            sendChunks(eight, 0, broken);
            DataChunk chunk = eight.chunks().get(broken);
            byte[] payload = chunk.getPayload().toByteArray();
            payload[payload.length / 2] ^= 0x10;
            plane.sendChunk(
                    chunk.toBuilder().setPayload(ByteString.copyFrom(payload)).build());
            harness.settle();
            assertEquals(++refused, harness.status().installs().refused());
            assertTrue(harness.lastInstallFailure().contains("chunk " + broken), harness.lastInstallFailure());
            assertEquals(new SnapshotVersion(1, 7), harness.active());
            assertEquals(0, harness.nextPull(eight).getResumeFromChunk(), "what was refused is not kept");
        }
        plane.sendAll(eight);
        harness.settle();
        assertEquals(new SnapshotVersion(1, 8), harness.active());
        assertEquals(refused, harness.refusals.size());
    }

    @Test
    void shouldRefuseAFlippedManifest() {
        offer(seven);
        byte[] bytes = seven.manifest().getManifest().toByteArray();
        bytes[3] ^= 1;
        plane.sendManifest(new SnapshotBuilder.Built(
                seven.manifest().toBuilder()
                        .setManifest(ByteString.copyFrom(bytes))
                        .build(),
                List.of(),
                seven.parsed()));
        harness.settle();
        assertEquals(1, harness.status().installs().refused());
        assertTrue(harness.lastInstallFailure().contains("SHA-256"), harness.lastInstallFailure());
    }

    @Test
    void shouldRefuseToGoBack() {
        harness.install(eight);
        plane.offer(seven);
        harness.settle();
        plane.sendManifest(seven);
        harness.settle();
        assertEquals(new SnapshotVersion(1, 8), harness.active());
        assertEquals(1, harness.status().installs().refused());
        assertTrue(harness.lastInstallFailure().contains("versions never go back"), harness.lastInstallFailure());
    }

    @Test
    void shouldRefuseOtherContentUnderTheSameVersion() {
        harness.install(seven);
        SnapshotBuilder.Built other = SampleSnapshot.withRate(7, 61).build();
        plane.offer(other);
        harness.settle();
        plane.sendManifest(other);
        harness.settle();
        assertEquals(1, harness.status().installs().refused());
        assertTrue(harness.lastInstallFailure().contains("under the same version"), harness.lastInstallFailure());
    }

    @Test
    void shouldDoNothingWhenOfferedWhatIsInstalled() {
        harness.install(seven);
        plane.offer(seven);
        harness.settle();
        plane.sendManifest(seven);
        harness.settle();
        assertEquals(0, harness.status().installs().refused());
        assertNotNull(plane.pull().cancelled);
        assertEquals(1, harness.activations.size());
    }

    @Test
    void shouldFollowAnEpochThatGrew() {
        harness.install(eight);
        SnapshotBuilder.Built anew = SampleSnapshot.of(1).epoch(2).build();
        harness.install(anew);
        assertEquals(new SnapshotVersion(2, 1), harness.active());
    }

    @Test
    void shouldNotWaitForAVersionThatReplacesARefusedOne() {
        SnapshotBuilder.Built bad = SampleSnapshot.of(7).bundle("other").build();
        offer(bad);
        for (int i = 0; i < 8; i++) {
            plane.sendManifest(bad);
            harness.nextPull(bad);
        }
        plane.sendManifest(bad);
        harness.settle();
        assertEquals(9, harness.status().installs().refused());
        int before = plane.pulls.size();
        harness.serveMs(bad, 1_200);
        assertEquals(before, plane.pulls.size(), "the wait is long by now");
        harness.serveMs(eight, 1_200);
        assertEquals(before + 1, plane.pulls.size());
    }

    @Test
    void shouldNotTakeChunksBeforeTheirManifest() {
        offer(seven);
        plane.sendChunk(seven.chunks().get(0));
        harness.settle();
        assertTrue(harness.lastInstallFailure().contains("before its manifest"), harness.lastInstallFailure());
    }

    @Test
    void shouldLeaveNothingOfATransferBehind() throws Exception {
        harness.install(seven);
        try (Stream<Path> left = Files.list(stateDir.resolve("incoming"))) {
            assertEquals(0, left.count());
        }
        assertTrue(Files.exists(stateDir.resolve("snapshots/1-7/INSTALLED")));
    }
}
