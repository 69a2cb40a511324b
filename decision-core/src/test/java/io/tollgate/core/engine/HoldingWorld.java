/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.DecideMode;
import io.tollgate.core.DimensionKind;
import io.tollgate.core.Effect;
import io.tollgate.core.Enforcement;
import io.tollgate.core.Plane;
import io.tollgate.core.ScopeLevel;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.Field;
import io.tollgate.core.world.World;
import io.tollgate.core.world.def.CeilingDef;
import io.tollgate.core.world.def.ChargeDef;
import io.tollgate.core.world.def.ConditionDef;
import io.tollgate.core.world.def.DimensionDef;
import io.tollgate.core.world.def.EntityState;
import io.tollgate.core.world.def.OperationDef;
import io.tollgate.core.world.def.Period;
import io.tollgate.core.world.def.PolicyDef;
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

/** One organization whose action charges every kind of ceiling: what reservations are made of. */
final class HoldingWorld {
    /** 2026-11-20T00:00:00Z. */
    static final long NOW_NS = 1_795_132_800_000_000_000L;

    static final long TOKENS_PER_MINUTE = 6_000;
    static final long TOKENS_PER_HOUR = 10_000;
    static final long SOFT_TOKENS_PER_HOUR = 1_000;
    static final long CALLS_PER_DAY = 1_000;
    static final long AT_ONCE = 3;

    private static final int TPM = 0;
    private static final int TOKENS = 1;
    private static final int CALLS = 2;
    private static final int HELD = 3;
    private static final int SOFT_TOKENS = 4;

    private HoldingWorld() {}

    static World activate(final EngineFixture fixture, final long version) {
        return activate(fixture, version, ceilings());
    }

    static World activate(final EngineFixture fixture, final long version, final List<CeilingDef> ceilings) {
        fixture.clock.epochNs(Math.max(NOW_NS, fixture.clock.monotonicNs()));
        fixture.confirmAll();
        return fixture.activate(version, registry(), policies(), List.of(), scopes(ceilings), Map.of());
    }

    /** {@return a question that the world allows} */
    static DecisionRequest ask(final DecisionRequest request, final DecideMode mode, final long tokens) {
        request.reset()
                .mode(mode)
                .set(Field.ORGANIZATION, "acme")
                .set(Field.ACTOR_TYPE, "user")
                .set(Field.ACTOR_ID, "ada")
                .set(Field.PRODUCT, "llm")
                .set(Field.RESOURCE_TYPE, "chat")
                .set(Field.ACTION, "complete");
        return tokens == 0 ? request : request.addUsage(tokens, "token");
    }

    static RegistryDef registry() {
        final List<Plane> planes = List.of(Plane.DIRECTORY, Plane.POLICY, Plane.QUOTA);
        final List<ChargeDef> charges = List.of(
                new ChargeDef(TPM, true, ChargeDef.ANY_UNIT, 0),
                new ChargeDef(TOKENS, true, ChargeDef.ANY_UNIT, 0),
                new ChargeDef(SOFT_TOKENS, true, ChargeDef.ANY_UNIT, 0),
                new ChargeDef(CALLS, false, ChargeDef.ANY_UNIT, 1),
                new ChargeDef(HELD, false, ChargeDef.ANY_UNIT, 1));
        final List<ChargeDef> noCharges = List.of();
        final OperationDef.Traits traits = new OperationDef.Traits(false, false, false, "");
        return new RegistryDef(
                3,
                2,
                List.of(
                        new UnitDef("token", 0, 1, "tokens"),
                        new UnitDef("kilotoken", 0, 1_000, ""),
                        new UnitDef("count", 2, 1, ""),
                        new UnitDef("page", 3, 1, "")),
                List.of(
                        new DimensionDef("llm.tpm", "llm", 0, DimensionKind.RATE, ""),
                        new DimensionDef("llm.tokens", "llm", 0, DimensionKind.PERIOD, ""),
                        new DimensionDef("llm.calls", "llm", 2, DimensionKind.PERIOD, ""),
                        new DimensionDef("llm.held", "llm", 2, DimensionKind.GAUGE, ""),
                        new DimensionDef("llm.soft", "llm", 0, DimensionKind.PERIOD, "")),
                List.of(
                        new OperationDef(
                                "llm",
                                "chat",
                                "complete",
                                List.of(0, 1),
                                charges,
                                OperationDef.NO_FEATURE,
                                planes,
                                0,
                                traits),
                        new OperationDef(
                                "llm",
                                "chat",
                                "look",
                                List.of(3),
                                noCharges,
                                OperationDef.NO_FEATURE,
                                planes,
                                0,
                                traits),
                        new OperationDef(
                                "llm",
                                "chat",
                                "batch",
                                List.of(0, 2),
                                List.of(
                                        new ChargeDef(TOKENS, true, ChargeDef.ANY_UNIT, 0),
                                        new ChargeDef(CALLS, true, ChargeDef.ANY_UNIT, 0)),
                                OperationDef.NO_FEATURE,
                                planes,
                                0,
                                traits)),
                List.of("user"),
                List.of(),
                List.of(),
                6);
    }

    static List<PolicyDef> policies() {
        return List.of(new PolicyDef(
                "global",
                List.of(new RuleDef(
                        "all",
                        Effect.ALLOW,
                        WhoDef.ANYBODY,
                        new WhatDef(0, 1, 2),
                        ConditionDef.ALWAYS,
                        "",
                        "policies/all.yaml:1:1"))));
    }

    private static List<ScopeDef> scopes(final List<CeilingDef> ceilings) {
        final List<ScopeDef> scopes = new ArrayList<>();
        scopes.add(scope(ScopeLevel.GLOBAL, "global", "global", "", ScopeDef.Actor.NONE, ScopeDef.Holdings.NONE));
        scopes.add(scope(
                ScopeLevel.ORGANIZATION,
                "org:acme",
                "acme",
                "global",
                ScopeDef.Actor.NONE,
                new ScopeDef.Holdings(null, ceilings)));
        scopes.add(scope(
                ScopeLevel.PRINCIPAL,
                "org:acme/user:ada",
                "ada",
                "org:acme",
                new ScopeDef.Actor("user", List.of(), List.of(), new byte[0], "", ""),
                ScopeDef.Holdings.NONE));
        return scopes;
    }

    static ScopeDef scope(
            final ScopeLevel level,
            final String path,
            final String id,
            final String parent,
            final ScopeDef.Actor actor,
            final ScopeDef.Holdings holdings) {
        return new ScopeDef(level, path, id, id, EntityState.ACTIVE, 0, parent, actor, holdings);
    }

    static List<CeilingDef> ceilings() {
        final WindowDef minute = new WindowDef(Period.MINUTE, 60_000, 0, "");
        final WindowDef hourly = new WindowDef(Period.HOURLY, 0, 0, "");
        final WindowDef daily = new WindowDef(Period.DAILY, 0, 0, "");
        return List.of(
                ceiling(
                        "tpm",
                        TPM,
                        Enforcement.HARD,
                        new CeilingDef.Amount(false, TOKENS_PER_MINUTE, TOKENS_PER_MINUTE),
                        minute),
                ceiling("tokens", TOKENS, Enforcement.HARD, CeilingDef.Amount.of(TOKENS_PER_HOUR), hourly),
                ceiling("soft", SOFT_TOKENS, Enforcement.SOFT, CeilingDef.Amount.of(SOFT_TOKENS_PER_HOUR), hourly),
                ceiling("calls", CALLS, Enforcement.HARD, CeilingDef.Amount.of(CALLS_PER_DAY), daily),
                ceiling("held", HELD, Enforcement.HARD, CeilingDef.Amount.of(AT_ONCE), WindowDef.NONE));
    }

    static CeilingDef ceiling(
            final String id,
            final int dimension,
            final Enforcement enforcement,
            final CeilingDef.Amount amount,
            final WindowDef window) {
        return new CeilingDef(
                id, dimension, enforcement, null, amount, window, List.of(), "limits", "limits/acme.yaml:1:1");
    }
}
