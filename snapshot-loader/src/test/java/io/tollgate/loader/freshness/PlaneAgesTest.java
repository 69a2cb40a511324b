/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.freshness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.Plane;
import io.tollgate.core.freshness.FreshnessTable;
import io.tollgate.loader.fixture.FakeClock;
import io.tollgate.v1.PlaneBound;
import io.tollgate.v1.PlaneSourceAge;
import io.tollgate.v1.SnapshotManifest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlaneAgesTest {
    private static final long MS = 1_000_000L;

    private final FakeClock clock = new FakeClock();
    private final PlaneAges ages = new PlaneAges(Map.of(Plane.POLICY, 2_000L, Plane.QUOTA, 99_000L));

    private static SnapshotManifest boundsOf(long ms) {
        SnapshotManifest.Builder manifest = SnapshotManifest.newBuilder();
        for (Plane plane : Plane.values()) {
            if (plane != Plane.CREDIT) {
                manifest.addPlaneBounds(
                        PlaneBound.newBuilder().setPlaneValue(plane.code()).setMaxAgeMs(ms));
            }
        }
        return manifest.build();
    }

    private long ageMs(Plane plane) {
        long ageNs = ages.table().ageNs(plane.code(), clock.monotonicNs(), clock.wallMs());
        return ageNs == FreshnessTable.NEVER_NS ? -1 : ageNs / MS;
    }

    private PlaneAges.Report report(Plane plane) {
        return ages.report(clock.monotonicNs(), clock.wallMs()).get(plane.ordinal());
    }

    private void confirmNow(PlaneSourceAge... sourceAges) {
        ages.confirm(clock.monotonicNs(), clock.wallMs(), List.of(sourceAges));
    }

    @Test
    void shouldTightenTheManifestsBoundsButNeverLoosenThem() {
        long[] bounds = ages.boundsOf(boundsOf(10_000));
        assertEquals(10_000, bounds[Plane.DIRECTORY.code()]);
        assertEquals(2_000, bounds[Plane.POLICY.code()], "tightened here");
        assertEquals(10_000, bounds[Plane.QUOTA.code()], "the snapshot's is smaller");
    }

    @Test
    void shouldCallAPlaneStaleThatTheManifestDoesNotBound() {
        ages.applyBounds(boundsOf(10_000));
        confirmNow();
        assertTrue(report(Plane.CREDIT).stale());
        assertFalse(report(Plane.DIRECTORY).stale());
    }

    @Test
    void shouldStartWithoutAnyConfirmation() {
        ages.applyBounds(boundsOf(10_000));
        for (Plane plane : Plane.values()) {
            assertEquals(-1, ageMs(plane));
            assertTrue(report(plane).stale());
        }
    }

    @Test
    void shouldCountFromTheMomentOfSending() {
        long sentNs = clock.monotonicNs();
        long sentWallMs = clock.wallMs();
        clock.advanceMs(700);
        ages.confirm(sentNs, sentWallMs, List.of());
        assertEquals(700, ageMs(Plane.DIRECTORY));
    }

    @Test
    void shouldAddTheAgeThatTheEvidenceHadAtItsSource() {
        ages.applyBounds(boundsOf(10_000));
        confirmNow(PlaneSourceAge.newBuilder()
                .setPlaneValue(Plane.ENTITLEMENT.code())
                .setAgeMs(60_000)
                .setDetail("billing: 503 since 12:03")
                .build());
        assertEquals(60_000, ageMs(Plane.ENTITLEMENT));
        assertEquals(0, ageMs(Plane.DIRECTORY));
        PlaneAges.Report report = report(Plane.ENTITLEMENT);
        assertTrue(report.stale());
        assertEquals("billing: 503 since 12:03", report.detail());
    }

    @Test
    void shouldNotTrustASourceAgeBeyondAllMeasure() {
        confirmNow();
        confirmNow(PlaneSourceAge.newBuilder()
                .setPlaneValue(Plane.QUOTA.code())
                .setAgeMs(-1)
                .build());
        assertEquals(-1, ageMs(Plane.QUOTA));
    }

    @Test
    void shouldTakeTheLargerOfMonotonicAndWallTime() {
        confirmNow();
        clock.advanceMs(1_000);
        clock.stepWallMs(30_000);
        assertEquals(31_000, ageMs(Plane.POLICY), "the machine slept: its monotonic clock stood still");
        clock.stepWallMs(-3_600_000);
        assertEquals(1_000, ageMs(Plane.POLICY), "a clock that was set back does not make old data new");
    }

    @Test
    void shouldGrantARestartGraceOnlyForItsLength() {
        ages.applyBounds(boundsOf(10_000));
        ages.grantRestartGrace(3_000, clock.monotonicNs(), clock.wallMs());
        clock.advanceMs(2_999);
        assertFalse(report(Plane.DIRECTORY).stale());
        clock.advanceMs(2);
        assertTrue(report(Plane.DIRECTORY).stale());
        assertTrue(report(Plane.POLICY).stale(), "the grace never exceeds the bound, here 2 s");
    }

    @Test
    void shouldGrantNoGraceByDefault() {
        ages.applyBounds(boundsOf(10_000));
        ages.grantRestartGrace(0, clock.monotonicNs(), clock.wallMs());
        assertTrue(report(Plane.DIRECTORY).stale());
    }
}
