/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.freshness;

import io.tollgate.core.Plane;
import io.tollgate.core.freshness.FreshnessTable;
import io.tollgate.v1.PlaneBound;
import io.tollgate.v1.PlaneSourceAge;
import io.tollgate.v1.SnapshotManifest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps the freshness table: a heartbeat confirms every plane as of the moment that its request was sent, less the age that the evidence
 * already had at the control plane. Bounds come with the manifest; local configuration only tightens them.
 *
 * <p>Written by the loader's thread; {@link #table()} is for decisions, {@link #report} for any thread.
 */
public final class PlaneAges {
    /** Bound of a plane that the manifest does not name: nothing is fresh enough. */
    public static final long UNSTATED_MS = 0;

    private static final long NS_PER_MS = 1_000_000L;
    private static final long LONGEST_MS = Long.MAX_VALUE / NS_PER_MS;

    private final FreshnessTable table = new FreshnessTable();
    private final Map<Plane, Long> localMaxAgeMs;
    private volatile View view;

    /** One plane at one instant; -1 as an age = never confirmed. */
    public record Report(Plane plane, boolean stale, long ageMs, long maxAgeMs, long sourceAgeMs, String detail) {}

    private record View(long[] maxAgeMs, long[] sourceAgeMs, String[] detail) {
        View copy() {
            return new View(maxAgeMs.clone(), sourceAgeMs.clone(), detail.clone());
        }
    }

    /**
     * Starts with every plane unconfirmed.
     *
     * @param localMaxAgeMs local bounds, milliseconds; planes not named keep the manifest's
     */
    public PlaneAges(Map<Plane, Long> localMaxAgeMs) {
        this.localMaxAgeMs = new EnumMap<>(Plane.class);
        this.localMaxAgeMs.putAll(localMaxAgeMs);
        int codes = Plane.values().length + 1;
        View first = new View(new long[codes], new long[codes], new String[codes]);
        Arrays.fill(first.detail, "");
        this.view = first;
        applyBounds(SnapshotManifest.getDefaultInstance());
    }

    /** {@return what decisions read} */
    public FreshnessTable table() {
        return table;
    }

    /**
     * The bounds in force with a manifest: for each plane the smaller of the manifest's and the local one.
     *
     * @return milliseconds by {@link Plane#code()}; index 0 is unused
     */
    public long[] boundsOf(SnapshotManifest manifest) {
        long[] bounds = new long[Plane.values().length + 1];
        Arrays.fill(bounds, UNSTATED_MS);
        for (PlaneBound bound : manifest.getPlaneBoundsList()) {
            bounds[bound.getPlaneValue()] = Math.min(bound.getMaxAgeMs(), LONGEST_MS);
        }
        localMaxAgeMs.forEach((plane, maxAgeMs) -> bounds[plane.code()] = Math.min(bounds[plane.code()], maxAgeMs));
        return bounds;
    }

    /** Reports by these bounds from now on. */
    public void applyBounds(SnapshotManifest manifest) {
        view = new View(boundsOf(manifest), view.sourceAgeMs, view.detail);
    }

    /**
     * Confirms all planes. A plane whose source age is beyond all measure counts as never confirmed.
     *
     * @param sentMonotonicNs when the confirming request was sent
     * @param sentWallMs the same moment on the wall clock
     * @param sourceAges ages at the control plane; a plane not named has 0
     */
    public void confirm(long sentMonotonicNs, long sentWallMs, List<PlaneSourceAge> sourceAges) {
        View next = view.copy();
        Arrays.fill(next.sourceAgeMs, 0);
        Arrays.fill(next.detail, "");
        for (PlaneSourceAge age : sourceAges) {
            Plane plane = Plane.ofCode(age.getPlaneValue());
            if (plane != null) {
                next.sourceAgeMs[plane.code()] = age.getAgeMs();
                next.detail[plane.code()] = age.getDetail();
            }
        }
        for (Plane plane : Plane.values()) {
            long sourceAgeMs = next.sourceAgeMs[plane.code()];
            if (sourceAgeMs >= 0 && sourceAgeMs <= LONGEST_MS / 2) {
                table.confirm(plane, sentMonotonicNs, sentWallMs, sourceAgeMs * NS_PER_MS);
            } else {
                table.expire(plane);
            }
        }
        // last: until here a decision may see a confirmation as a grace, never a grace as a confirmation
        table.graceOnly(false);
        view = next;
    }

    /** Makes every plane one that was never confirmed. */
    public void expireAll(String why) {
        View next = view.copy();
        Arrays.fill(next.sourceAgeMs, 0);
        Arrays.fill(next.detail, why);
        for (Plane plane : Plane.values()) {
            table.expire(plane);
        }
        table.graceOnly(false);
        view = next;
    }

    /**
     * After a restart: what is on disk counts as confirmed for so much longer at most, whatever its age may be. The age shown then says how
     * much of the bound is left, not how old the evidence is, so requests that demand a certain age are not answered from it.
     *
     * @param graceMs 0 = not at all
     */
    public void grantRestartGrace(long graceMs, long nowMonotonicNs, long nowWallMs) {
        if (graceMs <= 0) {
            return;
        }
        table.graceOnly(true);
        View next = view.copy();
        Arrays.fill(next.detail, "restart grace: not confirmed since the start");
        view = next;
        for (Plane plane : Plane.values()) {
            long maxAgeMs = view.maxAgeMs[plane.code()];
            long ageMs = maxAgeMs - Math.min(graceMs, maxAgeMs);
            table.confirm(plane, nowMonotonicNs, nowWallMs, ageMs * NS_PER_MS);
        }
    }

    /** {@return every plane at this instant} */
    public List<Report> report(long nowMonotonicNs, long nowWallMs) {
        View seen = view;
        List<Report> reports = new ArrayList<>();
        for (Plane plane : Plane.values()) {
            int code = plane.code();
            long ageNs = table.ageNs(code, nowMonotonicNs, nowWallMs);
            boolean never = ageNs == FreshnessTable.NEVER_NS;
            boolean stale = never || seen.maxAgeMs[code] == UNSTATED_MS || ageNs > seen.maxAgeMs[code] * NS_PER_MS;
            reports.add(new Report(
                    plane,
                    stale,
                    never ? -1 : ageNs / NS_PER_MS,
                    seen.maxAgeMs[code],
                    seen.sourceAgeMs[code],
                    seen.detail[code]));
        }
        return reports;
    }
}
