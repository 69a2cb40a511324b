/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.DimensionKind;
import io.tollgate.core.Effect;
import io.tollgate.core.Enforcement;
import io.tollgate.core.Plane;
import io.tollgate.core.ScopeLevel;
import io.tollgate.core.Severity;
import io.tollgate.core.world.World;
import io.tollgate.core.world.def.AttributeValue;
import io.tollgate.core.world.def.CeilingDef;
import io.tollgate.core.world.def.ChargeDef;
import io.tollgate.core.world.def.ConditionDef;
import io.tollgate.core.world.def.DimensionDef;
import io.tollgate.core.world.def.EntitlementDef;
import io.tollgate.core.world.def.EntitlementSetDef;
import io.tollgate.core.world.def.EntityState;
import io.tollgate.core.world.def.FeatureDef;
import io.tollgate.core.world.def.FeatureType;
import io.tollgate.core.world.def.OperationDef;
import io.tollgate.core.world.def.Period;
import io.tollgate.core.world.def.PolicyDef;
import io.tollgate.core.world.def.RegistryDef;
import io.tollgate.core.world.def.RuleDef;
import io.tollgate.core.world.def.ScopeDef;
import io.tollgate.core.world.def.SubscriptionDef;
import io.tollgate.core.world.def.SubscriptionStatus;
import io.tollgate.core.world.def.ThresholdDef;
import io.tollgate.core.world.def.UnitDef;
import io.tollgate.core.world.def.WhatDef;
import io.tollgate.core.world.def.WhoDef;
import io.tollgate.core.world.def.WindowDef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One organization that a reader remembers: ada may chat, vic holds no role, mallory is forbidden, video is not bought. */
final class AcmeWorld {
    /** 2026-11-20T00:00:00Z. */
    static final long NOW_NS = 1_795_132_800_000_000_000L;

    static final long TOKENS_PER_MINUTE = 100_000;
    static final long TOKENS_PER_HOUR = 200_000;

    private static final int RATE = 0;
    private static final int HOURLY = 1;
    private static final int CHAT = 0;
    private static final int VIDEO = 1;

    private AcmeWorld() {}

    static World activate(final EngineFixture fixture, final long version) {
        return activate(fixture, version, ceilings());
    }

    /** With other ceilings of org:acme. */
    static World activate(final EngineFixture fixture, final long version, final List<CeilingDef> ofAcme) {
        fixture.clock.epochNs(Math.max(NOW_NS, fixture.clock.monotonicNs()));
        fixture.confirmAll();
        return fixture.activate(version, registry(), policies(), entitlements(), scopes(ofAcme), Map.of());
    }

    static RegistryDef registry() {
        final List<Plane> planes = List.of(Plane.DIRECTORY, Plane.POLICY, Plane.ENTITLEMENT, Plane.QUOTA);
        final List<ChargeDef> tokens = List.of(
                new ChargeDef(RATE, true, ChargeDef.ANY_UNIT, 0), new ChargeDef(HOURLY, true, ChargeDef.ANY_UNIT, 0));
        return new RegistryDef(
                3,
                2,
                List.of(new UnitDef("token", 0, 1, "tokens"), new UnitDef("kilotoken", 0, 1_000, "")),
                List.of(
                        new DimensionDef("llm.tpm", "llm", 0, DimensionKind.RATE, ""),
                        new DimensionDef("llm.tokens", "llm", 0, DimensionKind.PERIOD, "")),
                List.of(
                        new OperationDef("llm", "chat", "complete", List.of(0, 1), tokens, 0, planes, 0, traits()),
                        new OperationDef("video", "clip", "render", List.of(0), tokens, 1, planes, 0, traits())),
                List.of("user", "service"),
                List.of(
                        new FeatureDef("llm-chat", FeatureType.CONFIG, "Chat"),
                        new FeatureDef("video", FeatureType.BOOLEAN, "Video")),
                List.of(),
                6);
    }

    private static OperationDef.Traits traits() {
        return new OperationDef.Traits(false, false, true, "");
    }

    private static List<PolicyDef> policies() {
        final WhatDef all = new WhatDef(CHAT, VIDEO);
        final WhoDef engineers = new WhoDef(List.of(), List.of(), List.of("engineer"), List.of(), List.of());
        final WhoDef mallory = new WhoDef(List.of("user"), List.of("mallory"), List.of(), List.of(), List.of());
        return List.of(
                new PolicyDef("global", List.of(rule("delegate", Effect.DELEGATE, WhoDef.ANYBODY, all, ""))),
                new PolicyDef("plan:pro", List.of(rule("delegate", Effect.DELEGATE, WhoDef.ANYBODY, all, ""))),
                new PolicyDef(
                        "org:acme",
                        List.of(
                                rule("engineers", Effect.ALLOW, engineers, all, ""),
                                rule("no-mallory", Effect.DENY, mallory, all, "Talk to security."))));
    }

    private static RuleDef rule(
            final String id, final Effect effect, final WhoDef who, final WhatDef what, final String message) {
        return new RuleDef(id, effect, who, what, ConditionDef.ALWAYS, message, "policies/acme.yaml:1:1");
    }

    private static List<EntitlementSetDef> entitlements() {
        return List.of(new EntitlementSetDef(
                "pro",
                List.of(new EntitlementDef(
                        0, true, "", Map.of("max_context", new AttributeValue.Whole(8192)), "plan pro"))));
    }

    private static List<ScopeDef> scopes(final List<CeilingDef> ofAcme) {
        final SubscriptionDef pro =
                new SubscriptionDef("sub1", "acme", SubscriptionStatus.ACTIVE, "plan:pro", "pro", 0);
        final List<ScopeDef> scopes = new ArrayList<>();
        scopes.add(scope(ScopeLevel.GLOBAL, "global", "global", "", ScopeDef.Holdings.NONE));
        scopes.add(scope(ScopeLevel.PLAN, "plan:pro", "pro", "global", ScopeDef.Holdings.NONE));
        scopes.add(scope(ScopeLevel.ORGANIZATION, "org:acme", "acme", "global", new ScopeDef.Holdings(pro, ofAcme)));
        scopes.add(scope(ScopeLevel.DEPARTMENT, "org:acme/dept:eng", "eng", "org:acme", ScopeDef.Holdings.NONE));
        scopes.add(
                scope(ScopeLevel.PROJECT, "org:acme/project:rag", "rag", "org:acme/dept:eng", ScopeDef.Holdings.NONE));
        scopes.add(user("ada", List.of("engineer")));
        scopes.add(user("vic", List.of()));
        scopes.add(user("mallory", List.of("engineer")));
        return scopes;
    }

    private static ScopeDef scope(
            final ScopeLevel level,
            final String path,
            final String id,
            final String parent,
            final ScopeDef.Holdings holdings) {
        return new ScopeDef(level, path, id, id, EntityState.ACTIVE, 0, parent, ScopeDef.Actor.NONE, holdings);
    }

    private static ScopeDef user(final String id, final List<String> roles) {
        final ScopeDef.Actor actor = new ScopeDef.Actor("user", roles, List.of(), new byte[0], "", "");
        return new ScopeDef(
                ScopeLevel.PRINCIPAL,
                "org:acme/user:" + id,
                id,
                id,
                EntityState.ACTIVE,
                0,
                "org:acme",
                actor,
                ScopeDef.Holdings.NONE);
    }

    /** tpm, then tokens-hourly. */
    static List<CeilingDef> ceilings() {
        return List.of(
                new CeilingDef(
                        "tpm",
                        RATE,
                        Enforcement.HARD,
                        null,
                        new CeilingDef.Amount(false, TOKENS_PER_MINUTE, TOKENS_PER_MINUTE),
                        new WindowDef(Period.MINUTE, 60_000, 0, ""),
                        List.of(),
                        "limits",
                        "limits/acme.yaml:3:5"),
                new CeilingDef(
                        "tokens-hourly",
                        HOURLY,
                        Enforcement.HARD,
                        null,
                        CeilingDef.Amount.of(TOKENS_PER_HOUR),
                        new WindowDef(Period.HOURLY, 0, 0, ""),
                        List.of(new ThresholdDef(800, Severity.INFO), new ThresholdDef(950, Severity.WARNING)),
                        "limits",
                        "limits/acme.yaml:9:5"));
    }
}
