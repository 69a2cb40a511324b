/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.DimensionKind;
import io.tollgate.core.Effect;
import io.tollgate.core.Enforcement;
import io.tollgate.core.Plane;
import io.tollgate.core.ScopeLevel;
import io.tollgate.core.capacity.Observation;
import io.tollgate.core.world.World;
import io.tollgate.core.world.def.AttributeDef;
import io.tollgate.core.world.def.AttributeType;
import io.tollgate.core.world.def.AttributeValue;
import io.tollgate.core.world.def.CeilingDef;
import io.tollgate.core.world.def.ChargeDef;
import io.tollgate.core.world.def.ConditionDef;
import io.tollgate.core.world.def.DimensionDef;
import io.tollgate.core.world.def.EntityState;
import io.tollgate.core.world.def.OperationDef;
import io.tollgate.core.world.def.Period;
import io.tollgate.core.world.def.PolicyDef;
import io.tollgate.core.world.def.PoolDef;
import io.tollgate.core.world.def.RegistryDef;
import io.tollgate.core.world.def.RuleDef;
import io.tollgate.core.world.def.ScopeDef;
import io.tollgate.core.world.def.UnitDef;
import io.tollgate.core.world.def.WhatDef;
import io.tollgate.core.world.def.WhoDef;
import io.tollgate.core.world.def.WindowDef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * org:acme with department lab, project rag in it, and user ada; org:rival with project own and user rob. {@code compute/gpu/launch} takes
 * GPUs from pools and from a monthly ceiling of the organization; {@code compute/gpu/boost} GPUs and one slot.
 */
final class CapacityWorld {
    /** 2026-11-20T12:00:00Z. */
    static final long NOW_MS = 1_795_176_000_000L;

    static final int GPU = 0;
    static final int SLOTS = 1;
    static final int HOURS = 2;

    final List<PoolDef> pools = new ArrayList<>();
    long hourLimit = Long.MAX_VALUE;
    String projectZone = "";
    long maxAgeMs = 60_000;

    CapacityWorld with(final PoolDef... more) {
        pools.addAll(List.of(more));
        return this;
    }

    static PoolDef shared(final String id, final long available) {
        return pool(id, GPU, available, "", Map.of("resource.region", "eu-1"));
    }

    static PoolDef matching(final String id, final Map<String, String> match) {
        return pool(id, GPU, 1, "", match);
    }

    static PoolDef own(final String id, final String path, final long available) {
        return pool(id, GPU, available, path, Map.of("resource.region", "eu-1"));
    }

    static PoolDef pool(
            final String id,
            final int dimension,
            final long available,
            final String reservedFor,
            final Map<String, String> match) {
        return new PoolDef(id, dimension, match, available, NOW_MS - 30_000, reservedFor);
    }

    static PoolDef observed(final PoolDef pool, final long available, final long atMs) {
        return new PoolDef(pool.id(), pool.dimensionId(), pool.match(), available, atMs, pool.reservedFor());
    }

    World activate(final EngineFixture fixture, final long version) {
        fixture.clock.epochNs(Math.max(NOW_MS * 1_000_000, fixture.clock.monotonicNs()));
        fixture.confirmAll();
        return fixture.activate(
                version,
                registry(),
                policies(),
                List.of(),
                scopes(),
                Map.of(Plane.CAPACITY, maxAgeMs),
                List.of(),
                pools);
    }

    /** Used of a pool since it was observed. */
    static long used(final EngineFixture fixture, final PoolDef pool) {
        final String dimension = pool.dimensionId() == GPU ? "capacity.gpu" : "capacity.slot";
        return fixture.cells.readUsed(fixture.poolCell(pool.id(), dimension), Observation.ordinal(pool.observedAtMs()));
    }

    private static RegistryDef registry() {
        final List<Plane> planes = List.of(Plane.DIRECTORY, Plane.POLICY, Plane.QUOTA, Plane.CAPACITY);
        final ChargeDef gpus = new ChargeDef(GPU, true, 0, 0);
        final ChargeDef hours = new ChargeDef(HOURS, true, 0, 0);
        final ChargeDef slot = new ChargeDef(SLOTS, false, ChargeDef.ANY_UNIT, 1);
        return new RegistryDef(
                1,
                0,
                List.of(new UnitDef("gpu", 0, 1, ""), new UnitDef("slot", 1, 1, "")),
                List.of(
                        new DimensionDef("capacity.gpu", "compute", 0, DimensionKind.CAPACITY, ""),
                        new DimensionDef("capacity.slot", "compute", 1, DimensionKind.CAPACITY, ""),
                        new DimensionDef("compute.launched", "compute", 0, DimensionKind.PERIOD, "")),
                List.of(
                        new OperationDef(
                                "compute",
                                "gpu",
                                "launch",
                                List.of(0),
                                List.of(gpus, hours),
                                -1,
                                planes,
                                0,
                                OperationDef.Traits.PLAIN),
                        new OperationDef(
                                "compute",
                                "gpu",
                                "boost",
                                List.of(0),
                                List.of(gpus, slot, hours),
                                -1,
                                planes,
                                0,
                                OperationDef.Traits.PLAIN)),
                List.of("user"),
                List.of(),
                List.of(
                        new AttributeDef("resource.region", AttributeType.STRING),
                        new AttributeDef("place.zone", AttributeType.STRING),
                        new AttributeDef("resource.memory", AttributeType.INT),
                        new AttributeDef("resource.fast", AttributeType.BOOL),
                        new AttributeDef("resource.factor", AttributeType.DOUBLE),
                        new AttributeDef("request.since", AttributeType.TIMESTAMP),
                        new AttributeDef("request.tags", AttributeType.STRING_LIST)),
                2);
    }

    private static List<PolicyDef> policies() {
        return List.of(new PolicyDef(
                "global",
                List.of(new RuleDef(
                        "all",
                        Effect.ALLOW,
                        WhoDef.ANYBODY,
                        new WhatDef(0, 1),
                        ConditionDef.ALWAYS,
                        "",
                        "policies/all.yaml:1:1"))));
    }

    private List<ScopeDef> scopes() {
        final CeilingDef launched = new CeilingDef(
                "launched",
                HOURS,
                Enforcement.HARD,
                null,
                CeilingDef.Amount.of(hourLimit),
                new WindowDef(Period.NEVER, 0, 0, ""),
                List.of(),
                "limits",
                "limits/acme.yaml:1:1");
        final Map<String, AttributeValue> zone =
                projectZone.isEmpty() ? Map.of() : Map.of("place.zone", new AttributeValue.Text(projectZone));
        return List.of(
                scope(ScopeLevel.GLOBAL, "global", "global", "", ScopeDef.Holdings.NONE),
                scope(
                        ScopeLevel.ORGANIZATION,
                        "org:acme",
                        "acme",
                        "global",
                        new ScopeDef.Holdings(
                                null, hourLimit == Long.MAX_VALUE ? List.of() : List.of(launched), Map.of())),
                scope(ScopeLevel.DEPARTMENT, "org:acme/department:lab", "lab", "org:acme", ScopeDef.Holdings.NONE),
                scope(
                        ScopeLevel.PROJECT,
                        "org:acme/project:rag",
                        "rag",
                        "org:acme/department:lab",
                        new ScopeDef.Holdings(null, List.of(), zone)),
                user("org:acme", "ada"),
                scope(ScopeLevel.ORGANIZATION, "org:rival", "rival", "global", ScopeDef.Holdings.NONE),
                scope(ScopeLevel.PROJECT, "org:rival/project:own", "own", "org:rival", ScopeDef.Holdings.NONE),
                user("org:rival", "rob"));
    }

    private static ScopeDef user(final String organization, final String id) {
        return new ScopeDef(
                ScopeLevel.PRINCIPAL,
                organization + "/user:" + id,
                id,
                id,
                EntityState.ACTIVE,
                0,
                organization,
                new ScopeDef.Actor("user", List.of(), List.of(), new byte[0], "", ""),
                ScopeDef.Holdings.NONE);
    }

    private static ScopeDef scope(
            final ScopeLevel level,
            final String path,
            final String id,
            final String parent,
            final ScopeDef.Holdings holdings) {
        return new ScopeDef(level, path, id, id, EntityState.ACTIVE, 0, parent, ScopeDef.Actor.NONE, holdings);
    }
}
