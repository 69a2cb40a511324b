/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.DimensionKind;
import io.tollgate.core.Plane;
import io.tollgate.core.world.def.ChargeDef;
import io.tollgate.core.world.def.DimensionDef;
import io.tollgate.core.world.def.FeatureDef;
import io.tollgate.core.world.def.FeatureType;
import io.tollgate.core.world.def.OperationDef;
import io.tollgate.core.world.def.RegistryDef;
import io.tollgate.core.world.def.UnitDef;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The registry of a {@link RandomWorld}: every kind of dimension, and operations that charge several of them. */
final class RandomRegistry {
    static final int RPM = 0;
    static final int TPM = 1;
    static final int TOKENS = 2;
    static final int GPU = 3;
    static final int RUNNING = 4;
    static final int NODES = 5;

    private static final int TOKEN = 0;
    private static final int REQUEST = 1;
    private static final int GPU_MS = 2;
    private static final int GPU_HOUR = 3;
    private static final int NODE = 4;

    /** What the worlds of a run have. */
    record Features(boolean credit, boolean capacity, boolean reservations, boolean keys, boolean batches) {
        static final Features ALL = new Features(true, true, true, true, true);
    }

    private final Random random;
    private final Features features;

    RandomRegistry(final Random random, final Features features) {
        this.random = random;
        this.features = features;
    }

    RegistryDef registry() {
        final List<UnitDef> units = List.of(
                new UnitDef("token", TOKEN, 1, ""),
                new UnitDef("request", REQUEST, 1, ""),
                new UnitDef("gpu_ms", GPU_MS, 1, ""),
                new UnitDef("gpu_hour", GPU_MS, 3_600_000, ""),
                new UnitDef("node", NODE, 1, ""));
        final List<DimensionDef> dimensions = List.of(
                new DimensionDef("rpm", "request", REQUEST, DimensionKind.RATE, ""),
                new DimensionDef("tpm", "token", TOKEN, DimensionKind.RATE, ""),
                new DimensionDef("tokens", "token", TOKEN, DimensionKind.PERIOD, ""),
                new DimensionDef("gpu", "compute", GPU_MS, DimensionKind.PERIOD, ""),
                new DimensionDef("running", "request", REQUEST, DimensionKind.GAUGE, ""),
                new DimensionDef("nodes", "compute", NODE, DimensionKind.CAPACITY, ""));
        final List<OperationDef> operations = List.of(
                operation(
                        "llm",
                        "chat",
                        "complete",
                        List.of(TOKEN),
                        List.of(constant(RPM), usage(TPM), usage(TOKENS)),
                        0),
                operation("llm", "chat", "read", List.of(), List.of(), OperationDef.NO_FEATURE),
                operation("gpu", "node", "launch", List.of(GPU_MS, GPU_HOUR, NODE), launch(), 1),
                operation("gpu", "node", "stop", List.of(), List.of(constant(RPM)), OperationDef.NO_FEATURE),
                operation(
                        "video",
                        "clip",
                        "render",
                        List.of(GPU_HOUR, TOKEN),
                        List.of(usage(TOKENS), constant(TOKENS), usage(GPU)),
                        2),
                operation(
                        "llm",
                        "chat",
                        "stream",
                        List.of(TOKEN),
                        List.of(constant(RUNNING), constant(RPM), usage(TPM), usage(TOKENS)),
                        OperationDef.NO_FEATURE),
                operation("gpu", "job", "run", List.of(REQUEST, NODE), job(), OperationDef.NO_FEATURE));
        final List<FeatureDef> features = List.of(
                new FeatureDef("chat", FeatureType.CONFIG, ""),
                new FeatureDef("gpu", FeatureType.BOOLEAN, ""),
                new FeatureDef("video", FeatureType.STATIC, ""));
        return new RegistryDef(
                5, 3, units, dimensions, operations, RandomWorld.TYPES, features, RandomFacts.ATTRIBUTES, 6);
    }

    private List<ChargeDef> launch() {
        return features.capacity() ? List.of(usage(GPU), usage(NODES)) : List.of(usage(GPU));
    }

    /** So many at once as the request says. */
    private List<ChargeDef> job() {
        return features.capacity()
                ? List.of(usage(RUNNING), usage(NODES), constant(RPM))
                : List.of(usage(RUNNING), constant(RPM));
    }

    private static ChargeDef constant(final int dimension) {
        return new ChargeDef(dimension, false, ChargeDef.ANY_UNIT, 1);
    }

    private ChargeDef usage(final int dimension) {
        final boolean only = dimension == GPU && random.nextInt(4) == 0;
        return new ChargeDef(dimension, true, only ? GPU_HOUR : ChargeDef.ANY_UNIT, 0);
    }

    private OperationDef operation(
            final String product,
            final String type,
            final String action,
            final List<Integer> units,
            final List<ChargeDef> charges,
            final int feature) {
        final List<Plane> planes = new ArrayList<>(List.of(Plane.DIRECTORY, Plane.POLICY));
        if (feature >= 0) {
            planes.add(Plane.ENTITLEMENT);
        }
        if (!charges.isEmpty()) {
            planes.add(Plane.QUOTA);
        }
        final boolean creditGated = features.credit() && !charges.isEmpty() && random.nextInt(3) > 0;
        if (creditGated) {
            planes.add(Plane.CREDIT);
        }
        if (charges.stream().anyMatch(charge -> charge.dimensionId() == NODES)) {
            planes.add(Plane.CAPACITY);
        }
        final long graceMs = random.nextInt(4) == 0 ? 10_000 : 0;
        return new OperationDef(
                product,
                type,
                action,
                units,
                charges,
                feature,
                planes,
                graceMs,
                new OperationDef.Traits(creditGated, false, random.nextInt(3) == 0 && !units.isEmpty(), ""));
    }
}
