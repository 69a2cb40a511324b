/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.tollgate.core.Plane;
import io.tollgate.loader.LoaderStatus.Connection;
import io.tollgate.loader.fixture.FakeClock;
import io.tollgate.loader.fixture.FakeControlPlane;
import io.tollgate.loader.fixture.SampleSnapshot;
import io.tollgate.loader.fixture.SnapshotBuilder;
import io.tollgate.loader.transfer.ControlPlaneClient.Failure.Kind;
import io.tollgate.v1.DeltaBatch;
import io.tollgate.v1.PullDeltasRequest;
import io.tollgate.v1.SyncState;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What heartbeats prove, and what becomes of those that fail. */
class HeartbeatTest {
    private static final long LONGEST_BACKOFF_MS = LoaderContext.Timing.DEFAULT.longestBackoffMs();

    @TempDir
    Path stateDir;

    private final SnapshotBuilder.Built snapshot = SampleSnapshot.of(7).build();
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

    private long ageMs() {
        long ageNs = harness.loader
                .freshness()
                .ageNs(Plane.POLICY.code(), harness.clock.monotonicNs(), harness.clock.wallMs());
        return TimeUnit.NANOSECONDS.toMillis(ageNs);
    }

    @Test
    void shouldSayWhoAsksAndWhatIsInstalled() {
        harness.settle();
        PullDeltasRequest first = plane.heartbeat().request;
        assertEquals("sidecar-1", first.getSidecar().getSidecarId());
        assertEquals("boot-1", first.getSidecar().getBootId());
        assertEquals("default", first.getBundle());
        assertEquals(0, first.getSnapshotVersion());
        assertEquals(1_000, first.getWaitMs());
        harness.install(snapshot);
        PullDeltasRequest next = plane.heartbeat().request;
        assertEquals(7, next.getSnapshotVersion());
        assertEquals(1, next.getEpoch());
        assertEquals(snapshot.manifest().getSha256(), next.getManifestSha256());
    }

    @Test
    void shouldAskOneQuestionAtATimeEveryInterval() {
        harness.install(snapshot);
        int before = plane.heartbeats.size();
        for (int i = 0; i < 10; i++) {
            plane.confirm(snapshot);
            harness.settle();
            harness.advanceMs(600);
            assertEquals(before + i, plane.heartbeats.size(), "the call is still open");
            plane.heartbeat().end(null);
            harness.settle();
            assertEquals(before + i, plane.heartbeats.size(), "the interval is not over");
            harness.advanceMs(400);
            assertEquals(before + i + 1, plane.heartbeats.size());
        }
    }

    @Test
    void shouldConfirmAsOfTheMomentThatTheQuestionLeft() {
        harness.install(snapshot);
        harness.advanceMs(800);
        plane.confirm(snapshot);
        harness.settle();
        assertEquals(800, ageMs());
        assertFalse(harness.stale());
    }

    @Test
    void shouldNotTakeALaterMessageOfACallForAConfirmation() {
        harness.install(snapshot);
        plane.confirm(snapshot);
        harness.settle();
        harness.advanceMs(900);
        plane.heartbeat().send(FakeControlPlane.answer(SyncState.SYNC_STATE_CURRENT, snapshot, false));
        plane.heartbeat().send(FakeControlPlane.answer(SyncState.SYNC_STATE_CURRENT, snapshot, true));
        harness.settle();
        assertEquals(900, ageMs());
    }

    @Test
    void shouldNotTakeAPushForTheAnswer() {
        harness.install(snapshot);
        long before = ageMs();
        plane.heartbeat().send(FakeControlPlane.answer(SyncState.SYNC_STATE_CURRENT, snapshot, false));
        harness.advanceMs(500);
        assertEquals(before + 500, ageMs());
    }

    @Test
    void shouldNotBelieveThatSomethingElseIsCurrent() {
        harness.install(snapshot);
        plane.confirm(snapshot);
        harness.settle();
        plane.heartbeat().end(null);
        harness.advanceMs(1_000);
        plane.confirm(SampleSnapshot.of(8).build());
        harness.settle();
        assertEquals(1_000, ageMs());
        assertTrue(failure().contains("proves nothing"), failure());
    }

    @Test
    void shouldNotBelieveThatNothingIsCurrent() {
        harness.settle();
        plane.heartbeat()
                .send(DeltaBatch.newBuilder()
                        .setHeartbeat(io.tollgate.v1.Heartbeat.newBuilder()
                                .setState(SyncState.SYNC_STATE_CURRENT)
                                .setAnswersRequest(true))
                        .build());
        harness.settle();
        assertTrue(harness.stale());
        assertTrue(failure().contains("proves nothing"), failure());
    }

    @Test
    void shouldNoticeAConnectionThatOnlyLooksAlive() {
        harness.settle();
        harness.advanceMs(2_999);
        assertEquals(Connection.CONNECTING, harness.status().connection().state());
        harness.advanceMs(2);
        assertEquals(Connection.FAILING, harness.status().connection().state());
        assertTrue(failure().contains("no answer from test:7070 within 3000 ms"), failure());
        assertNotNull(plane.heartbeat().cancelled);
    }

    @Test
    void shouldReplaceACallThatTheControlPlaneNeverEnds() {
        harness.install(snapshot);
        plane.confirm(snapshot);
        harness.settle();
        int before = plane.heartbeats.size();
        harness.advanceMs(1_501);
        assertEquals(before + 1, plane.heartbeats.size());
        assertNotNull(plane.heartbeats.get(before - 1).cancelled);
        assertEquals(0, harness.status().connection().consecutiveFailures());
    }

    @Test
    void shouldWaitLongerAfterEveryFailureAndStartAnewAfterAnAnswer() {
        harness.settle();
        long lastWaitMs = 0;
        for (int i = 1; i <= 12; i++) {
            plane.heartbeat().fail(Kind.UNAVAILABLE, "UNAVAILABLE: connection refused");
            harness.settle();
            assertEquals(i, harness.status().connection().consecutiveFailures());
            lastWaitMs = msUntilNextCall();
        }
        assertTrue(lastWaitMs >= LONGEST_BACKOFF_MS / 2 && lastWaitMs <= LONGEST_BACKOFF_MS, "" + lastWaitMs);
        plane.offer(snapshot);
        harness.settle();
        assertEquals(0, harness.status().connection().consecutiveFailures());
        assertEquals(Connection.CONNECTED, harness.status().connection().state());
        plane.heartbeat().fail(Kind.UNAVAILABLE, "UNAVAILABLE: connection reset");
        harness.settle();
        assertTrue(msUntilNextCall() <= 200);
    }

    private long msUntilNextCall() {
        int before = plane.heartbeats.size();
        for (long waitedMs = 1; waitedMs <= LONGEST_BACKOFF_MS + 1; waitedMs++) {
            harness.clock.advanceMs(1);
            harness.loader.agent().doWork();
            if (plane.heartbeats.size() > before) {
                return waitedMs;
            }
        }
        throw new AssertionError("no further heartbeat");
    }

    @Test
    void shouldAskAtOnceWhenTheConnectionIsBack() {
        harness.settle();
        for (int i = 0; i < 8; i++) {
            plane.heartbeat().fail(Kind.UNAVAILABLE, "UNAVAILABLE: connection refused");
            harness.settle();
            msUntilNextCall();
        }
        plane.heartbeat().fail(Kind.UNAVAILABLE, "UNAVAILABLE: connection refused");
        harness.settle();
        int before = plane.heartbeats.size();
        plane.reachable.run();
        harness.settle();
        assertEquals(before + 1, plane.heartbeats.size());
    }

    @Test
    void shouldGrowStaleWithoutAnswers() {
        harness.install(snapshot);
        plane.confirm(snapshot);
        harness.settle();
        harness.advanceMs(29_000);
        assertFalse(harness.stale());
        harness.advanceMs(1_001);
        assertTrue(harness.stale());
        assertEquals(7, harness.active().version(), "the snapshot itself stays");
    }

    @Test
    void shouldTellPlanesApartByTheAgeOfTheirSources() {
        harness.install(snapshot);
        plane.confirm(
                snapshot,
                io.tollgate.v1.PlaneSourceAge.newBuilder()
                        .setPlane(io.tollgate.v1.Plane.PLANE_ENTITLEMENT)
                        .setAgeMs(45_000)
                        .setDetail("billing: 503 since 12:03")
                        .build());
        harness.settle();
        for (LoaderStatus.PlaneFacts facts : harness.status().planes()) {
            assertEquals(facts.plane() == io.tollgate.v1.Plane.PLANE_ENTITLEMENT, facts.stale(), facts.toString());
        }
    }

    @Test
    void shouldVoidFreshnessWhenTheMachineSlept() {
        harness.install(snapshot);
        plane.confirm(snapshot);
        harness.settle();
        harness.clock.stepWallMs(3_600_000);
        assertTrue(harness.stale(), "at once, before the loader has noticed");
        harness.settle();
        assertEquals(
                harness.clock.wallMs(),
                TimeUnit.NANOSECONDS.toMillis(
                        harness.clock.monotonicNs() + harness.loader.clock().epochOffsetNs()));
    }

    @Test
    void shouldSendTheDigestOfWhatItHas() {
        harness.settle();
        assertEquals(ByteString.EMPTY, plane.heartbeat().request.getManifestSha256());
        assertNull(harness.status().snapshot());
    }

    @Test
    void shouldNameTheLastFailureAlsoAfterItIsOver() {
        harness.settle();
        plane.heartbeat().fail(Kind.REFUSED, "UNAUTHENTICATED: token expired");
        harness.settle();
        long failedAtMs = harness.clock.wallMs();
        msUntilNextCall();
        plane.offer(snapshot);
        harness.settle();
        assertEquals(Connection.CONNECTED, harness.status().connection().state());
        assertEquals(
                new LoaderStatus.Failure("test:7070: UNAUTHENTICATED: token expired", failedAtMs),
                harness.status().connection().lastFailure());
        assertTrue(failedAtMs >= FakeClock.START_MS);
    }

    private String failure() {
        LoaderStatus.Failure failure = harness.status().connection().lastFailure();
        return failure == null ? "none" : failure.cause();
    }
}
