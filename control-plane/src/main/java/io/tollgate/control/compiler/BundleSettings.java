/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.compiler;

import io.tollgate.control.source.BundleSource.Part;
import io.tollgate.control.source.Code;
import io.tollgate.control.source.Folder;
import io.tollgate.control.source.Value;
import io.tollgate.v1.Plane;
import io.tollgate.v1.PlaneBound;
import io.tollgate.v1.ThresholdRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What tollgate.yaml says, with its defaults.
 *
 * @param bundle the bundle's id; empty when it is missing
 * @param bounds how old each plane may be
 * @param reservationTtlMs of reservations that name none
 * @param timeZone of calendar periods that name none; empty = UTC
 * @param thresholds of limits that name none
 */
record BundleSettings(
        String bundle,
        List<PlaneBound> bounds,
        long reservationTtlMs,
        String timeZone,
        List<ThresholdRecord> thresholds) {
    /** A sidecar cannot ask more often than about once a second. */
    static final long LEAST_MAX_AGE_MS = 1_000;

    /** Folder of the control plane's state directory that is no bundle's. */
    private static final String TAKEN = "ledger";

    private static final long MINUTE_MS = 60_000;
    private static final int INFO = 1;
    private static final int WARNING = 2;
    private static final int CRITICAL = 3;

    static BundleSettings of(Compilation compilation) {
        List<Part> files = compilation.files(Folder.ROOT);
        Value.@Nullable Fields root = files.isEmpty() ? null : files.get(0).root();
        if (root != null && root.text("bundle").equals(TAKEN)) {
            compilation.error(
                    root.at("bundle"),
                    Code.BAD_ID,
                    "a bundle cannot be called '" + TAKEN
                            + "': the control plane keeps its usage ledger under that name",
                    "give it another name");
        }
        Value.@Nullable Fields defaults = root == null ? null : root.fields("defaults");
        return new BundleSettings(
                root == null ? "" : root.text("bundle"),
                bounds(compilation, root == null ? null : root.fields("freshness")),
                root == null ? MINUTE_MS : reservationTtl(compilation, root),
                defaults == null ? "" : defaults.text("time_zone"),
                defaults == null || defaults.fields("thresholds") == null
                        ? standardThresholds()
                        : thresholds(defaults.fields("thresholds")));
    }

    private static long reservationTtl(Compilation compilation, Value.Fields root) {
        long ttlMs = root.number("reservation_ttl", MINUTE_MS);
        if (ttlMs == 0) {
            compilation.error(
                    root.at("reservation_ttl"),
                    Code.OUT_OF_RANGE,
                    "a reservation that lives 0 ms holds nothing",
                    "write at least 1ms");
        }
        return ttlMs;
    }

    private static List<PlaneBound> bounds(Compilation compilation, Value.@Nullable Fields freshness) {
        List<PlaneBound> bounds = new ArrayList<>();
        for (Plane plane : Planes.ALL) {
            String key = Planes.word(plane);
            boolean fast = plane == Plane.PLANE_CREDIT || plane == Plane.PLANE_CAPACITY;
            long maxAgeMs = fast ? MINUTE_MS : 5 * MINUTE_MS;
            if (freshness != null) {
                maxAgeMs = freshness.number(key, maxAgeMs);
                if (maxAgeMs < LEAST_MAX_AGE_MS) {
                    compilation.error(
                            freshness.at(key),
                            Code.OUT_OF_RANGE,
                            "a bound of " + maxAgeMs + " ms is always exceeded: sidecars ask about once a second",
                            "write at least 1s");
                }
            }
            bounds.add(PlaneBound.newBuilder()
                    .setPlane(plane)
                    .setMaxAgeMs(maxAgeMs)
                    .build());
        }
        return bounds;
    }

    private static List<ThresholdRecord> standardThresholds() {
        return List.of(threshold(800, INFO), threshold(950, WARNING), threshold(1000, CRITICAL));
    }

    /** Thresholds as written, by severity. */
    static List<ThresholdRecord> thresholds(Value.@Nullable Fields written) {
        List<ThresholdRecord> thresholds = new ArrayList<>();
        String[] words = {"info", "warning", "critical"};
        for (int i = 0; written != null && i < words.length; i++) {
            Integer permille = written.get(words[i], Integer.class);
            if (permille != null) {
                thresholds.add(threshold(permille, INFO + i));
            }
        }
        return thresholds;
    }

    private static ThresholdRecord threshold(int permille, int severity) {
        return ThresholdRecord.newBuilder()
                .setAtPermille(permille)
                .setSeverity(severity)
                .build();
    }

    /** The six planes and their names in bundles. */
    static final class Planes {
        static final List<Plane> ALL = List.of(
                Plane.PLANE_DIRECTORY,
                Plane.PLANE_POLICY,
                Plane.PLANE_ENTITLEMENT,
                Plane.PLANE_QUOTA,
                Plane.PLANE_CREDIT,
                Plane.PLANE_CAPACITY);

        private Planes() {}

        static String word(Plane plane) {
            return plane.name().substring("PLANE_".length()).toLowerCase(Locale.ROOT);
        }

        static Plane of(String word) {
            return Plane.valueOf("PLANE_" + word.toUpperCase(Locale.ROOT));
        }
    }
}
