/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.Plane;
import io.tollgate.core.freshness.FreshnessTable;
import io.tollgate.loader.fixture.FakeControlPlane;
import io.tollgate.loader.fixture.SampleSnapshot;
import io.tollgate.loader.fixture.SnapshotBuilder;
import io.tollgate.loader.transfer.ControlPlaneClient.Failure.Kind;
import io.tollgate.v1.DeltaBatch;
import io.tollgate.v1.PullDeltasRequest;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.io.TempDir;

/**
 * Both clocks walk at random: time passes, the machine sleeps, somebody sets the wall clock, the process is stopped; answers come late or
 * never. The ages that decisions read are those of a plain model at every step.
 */
class FreshnessWalkTest {
    private static final int STEPS = 1_500;
    private static final long NS_PER_MS = 1_000_000L;

    @TempDir
    Path stateDir;

    private final SnapshotBuilder.Built snapshot = SampleSnapshot.of(7).build();
    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private LoaderHarness harness;

    /** What the test knows about the question that is out, and about the last one that confirmed. */
    private FakeControlPlane.Call<PullDeltasRequest, DeltaBatch> known;

    private long sentNs;
    private long sentWallMs;
    private long sentTrueMs;
    private boolean confirmed;
    private long confirmedNs;
    private long confirmedWallMs;
    private long confirmedTrueMs;

    /** Time as nobody on the machine sees it. */
    private long trueMs;

    private long setBackSinceMs;

    @BeforeEach
    void start() throws Exception {
        harness = new LoaderHarness(stateDir);
        harness.install(snapshot);
        noteQuestion();
    }

    @AfterEach
    void stop() {
        harness.close();
    }

    /** A call that was not there before was sent at this instant: the clocks only move between two looks. */
    private void noteQuestion() {
        FakeControlPlane.Call<PullDeltasRequest, DeltaBatch> newest = harness.plane.heartbeat();
        if (newest != known) {
            known = newest;
            sentNs = harness.clock.monotonicNs();
            sentWallMs = harness.clock.wallMs();
            sentTrueMs = trueMs;
        }
    }

    private void pass(long ms) {
        harness.clock.advanceMs(ms);
        trueMs += ms;
    }

    private String move() {
        int dice = random.nextInt(100);
        if (dice < 70) {
            pass(random.nextInt(400));
            return "some time";
        }
        if (dice < 76) {
            long ms = random.nextInt(90_000);
            harness.clock.stepWallMs(ms);
            trueMs += ms;
            return "slept " + ms;
        }
        if (dice < 82) {
            long ms = random.nextInt(90_000);
            pass(ms);
            return "stopped " + ms;
        }
        if (dice < 91) {
            long ms = random.nextInt(3_600_000);
            harness.clock.stepWallMs(ms);
            return "set ahead " + ms;
        }
        long ms = random.nextInt(3_600_000);
        harness.clock.stepWallMs(-ms);
        setBackSinceMs += ms;
        return "set back " + ms;
    }

    private void answer() {
        FakeControlPlane.Call<PullDeltasRequest, DeltaBatch> call = harness.plane.heartbeat();
        if (call.ended || call.cancelled != null || call.request.getSnapshotVersion() != 7) {
            return;
        }
        int dice = random.nextInt(100);
        if (call.answered) {
            call.end(null);
        } else if (dice < 50) {
            harness.plane.confirm(snapshot);
            confirmed = true;
            confirmedNs = sentNs;
            confirmedWallMs = sentWallMs;
            confirmedTrueMs = sentTrueMs;
            setBackSinceMs = setBackSinceSent;
        } else if (dice < 60) {
            call.fail(Kind.UNAVAILABLE, "lost");
        }
    }

    private long setBackSinceSent;

    @RepeatedTest(20)
    void shouldAlwaysHaveTheAgeOfThePlainModel() {
        boolean wasStale = false;
        boolean wasFresh = false;
        for (int i = 0; i < STEPS; i++) {
            long backBefore = setBackSinceMs;
            String moved = move();
            setBackSinceSent += setBackSinceMs - backBefore;
            // before the loader has had a chance to look: a decision comes first
            check(i, moved + ", before the loader looked");
            FakeControlPlane.Call<PullDeltasRequest, DeltaBatch> before = known;
            harness.settle();
            noteQuestion();
            setBackSinceSent = before == known ? setBackSinceSent : 0;
            check(i, moved);
            answer();
            harness.settle();
            before = known;
            noteQuestion();
            setBackSinceSent = before == known ? setBackSinceSent : 0;
            check(i, moved + ", answered");
            boolean stale = harness.stale();
            wasStale |= stale;
            wasFresh |= !stale;
        }
        assertTrue(wasStale && wasFresh, "seed " + seed + ": the walk has to see both");
    }

    private void check(int step, String what) {
        long ageNs = harness.loader
                .freshness()
                .ageNs(Plane.POLICY.code(), harness.clock.monotonicNs(), harness.clock.wallMs());
        String where = "seed " + seed + ", step " + step + ": " + what;
        if (!confirmed) {
            assertTrue(ageNs >= 0, where);
            return;
        }
        long monotonicMs = TimeUnit.NANOSECONDS.toMillis(harness.clock.monotonicNs() - confirmedNs);
        long wallMs = harness.clock.wallMs() - confirmedWallMs;
        long modelMs = Math.max(0, Math.max(monotonicMs, wallMs));
        assertEquals(modelMs * NS_PER_MS, ageNs, where);
        assertTrue(ageNs != FreshnessTable.NEVER_NS, where);
        if (setBackSinceMs == 0) {
            assertTrue(modelMs >= trueMs - confirmedTrueMs, where + ": younger than it is");
        }
        boolean tooOld = modelMs > boundMs();
        if (tooOld) {
            assertTrue(harness.stale(), where);
        } else {
            assertFalse(harness.stale(), where);
        }
    }

    private long boundMs() {
        return harness.status().planes().stream()
                .mapToLong(LoaderStatus.PlaneFacts::maxAgeMs)
                .min()
                .orElseThrow();
    }
}
