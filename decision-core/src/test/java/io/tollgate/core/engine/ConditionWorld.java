/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.DimensionKind;
import io.tollgate.core.Effect;
import io.tollgate.core.Plane;
import io.tollgate.core.ScopeLevel;
import io.tollgate.core.condition.ConditionEncoder;
import io.tollgate.core.condition.ConditionFormatException;
import io.tollgate.core.condition.Expression;
import io.tollgate.core.condition.Operator;
import io.tollgate.core.condition.ValueType;
import io.tollgate.core.condition.Variable;
import io.tollgate.core.condition.VariableSource;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.Field;
import io.tollgate.core.world.def.AttributeDef;
import io.tollgate.core.world.def.AttributeType;
import io.tollgate.core.world.def.AttributeValue;
import io.tollgate.core.world.def.ChargeDef;
import io.tollgate.core.world.def.ConditionDef;
import io.tollgate.core.world.def.DimensionDef;
import io.tollgate.core.world.def.EntitlementDef;
import io.tollgate.core.world.def.EntitlementSetDef;
import io.tollgate.core.world.def.EntityState;
import io.tollgate.core.world.def.FeatureDef;
import io.tollgate.core.world.def.FeatureType;
import io.tollgate.core.world.def.OperationDef;
import io.tollgate.core.world.def.PolicyDef;
import io.tollgate.core.world.def.RegistryDef;
import io.tollgate.core.world.def.RuleDef;
import io.tollgate.core.world.def.ScopeDef;
import io.tollgate.core.world.def.SubscriptionDef;
import io.tollgate.core.world.def.SubscriptionStatus;
import io.tollgate.core.world.def.UnitDef;
import io.tollgate.core.world.def.WhatDef;
import io.tollgate.core.world.def.WhoDef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** An organization in which everybody may do everything, for rules with conditions. */
final class ConditionWorld {
    /** 2026-11-20T08:30:00Z, a Friday. */
    static final long NOW_NS = 1_795_163_400_000_000_000L;

    static final byte[] OWNED_KEY = hash(1);
    static final byte[] OWN_KEY = hash(2);

    static final List<AttributeDef> ATTRIBUTES = List.of(
            new AttributeDef("actor.cost_center", AttributeType.STRING),
            new AttributeDef("actor.level", AttributeType.INT),
            new AttributeDef("place.tier", AttributeType.STRING),
            new AttributeDef("place.regulated", AttributeType.BOOL),
            new AttributeDef("resource.region", AttributeType.STRING),
            new AttributeDef("resource.score", AttributeType.DOUBLE),
            new AttributeDef("resource.tags", AttributeType.STRING_LIST),
            new AttributeDef("resource.created", AttributeType.TIMESTAMP),
            new AttributeDef("request.priority", AttributeType.INT));

    private ConditionWorld() {}

    private static byte[] hash(final int fill) {
        final byte[] hash = new byte[DecisionRequest.API_KEY_HASH_BYTES];
        java.util.Arrays.fill(hash, (byte) fill);
        return hash;
    }

    /** A rule with a condition. */
    static RuleDef rule(final String id, final Effect effect, final Expression condition) {
        try {
            return new RuleDef(
                    id,
                    effect,
                    WhoDef.ANYBODY,
                    new WhatDef(0),
                    new ConditionDef("source of " + id, ConditionEncoder.encode(condition)),
                    "Message of " + id + ".",
                    "policies/acme.yaml:7:3");
        } catch (final ConditionFormatException ex) {
            throw new AssertionError(id, ex);
        }
    }

    static Expression read(final String attribute) {
        return new Expression.Read(attribute(attribute));
    }

    static Variable attribute(final String name) {
        for (int i = 0; i < ATTRIBUTES.size(); i++) {
            if (ATTRIBUTES.get(i).name().equals(name)) {
                return Variable.of(
                        VariableSource.ATTRIBUTE,
                        i,
                        ValueType.of(ATTRIBUTES.get(i).type()));
            }
        }
        throw new AssertionError(name);
    }

    static Expression read(final VariableSource source) {
        return new Expression.Read(Variable.of(source));
    }

    static Expression equal(final Expression left, final String right) {
        return new Expression.Call(Operator.EQUAL, List.of(left, new Expression.Text(right)));
    }

    static Expression equal(final Expression left, final long right) {
        return new Expression.Call(Operator.EQUAL, List.of(left, new Expression.Whole(ValueType.INT, right)));
    }

    /** Activates the world with rules at the organization, below a global rule that allows everything. */
    static void activate(final EngineFixture fixture, final Effect global, final List<RuleDef> rules) {
        fixture.clock.epochNs(NOW_NS);
        fixture.confirmAll();
        final RuleDef open = new RuleDef(
                "open", global, WhoDef.ANYBODY, new WhatDef(0), ConditionDef.ALWAYS, "", "policies/global.yaml:1:1");
        final RuleDef handDown = new RuleDef(
                "down",
                Effect.DELEGATE,
                WhoDef.ANYBODY,
                new WhatDef(0),
                ConditionDef.ALWAYS,
                "",
                "policies/plan.yaml:1:1");
        fixture.activate(
                1,
                registry(),
                List.of(
                        new PolicyDef("global", List.of(open)),
                        new PolicyDef("plan:pro", List.of(handDown)),
                        new PolicyDef("org:acme", rules)),
                List.of(new EntitlementSetDef(
                        "pro",
                        List.of(new EntitlementDef(
                                0,
                                true,
                                "",
                                Map.of(
                                        "max_tokens",
                                        new AttributeValue.Whole(8_192),
                                        "models",
                                        new AttributeValue.TextList(List.of("small", "large")),
                                        "label",
                                        new AttributeValue.Text("gold")),
                                "plan pro")))),
                scopes(),
                Map.of());
    }

    private static RegistryDef registry() {
        return new RegistryDef(
                3,
                2,
                List.of(new UnitDef("token", 0, 1, ""), new UnitDef("kilotoken", 0, 1_000, "")),
                List.of(new DimensionDef("llm.tokens", "llm", 0, DimensionKind.PERIOD, "")),
                List.of(new OperationDef(
                        "llm",
                        "chat",
                        "complete",
                        List.of(0, 1),
                        List.of(new ChargeDef(0, true, ChargeDef.ANY_UNIT, 0)),
                        OperationDef.NO_FEATURE,
                        List.of(Plane.DIRECTORY, Plane.POLICY),
                        0,
                        new OperationDef.Traits(false, false, false, ""))),
                List.of("user", "service"),
                List.of(new FeatureDef("llm.terms", FeatureType.CONFIG, "")),
                ATTRIBUTES,
                6);
    }

    private static List<ScopeDef> scopes() {
        final SubscriptionDef pro =
                new SubscriptionDef("sub1", "acme", SubscriptionStatus.PAUSED, "plan:pro", "pro", 0);
        final List<ScopeDef> scopes = new ArrayList<>();
        scopes.add(place(ScopeLevel.GLOBAL, "global", "global", "", null, Map.of()));
        scopes.add(place(ScopeLevel.PLAN, "plan:pro", "pro", "global", null, Map.of()));
        scopes.add(place(
                ScopeLevel.ORGANIZATION,
                "org:acme",
                "acme",
                "global",
                pro,
                Map.of("place.tier", text("gold"), "place.regulated", new AttributeValue.Flag(true))));
        scopes.add(place(ScopeLevel.DEPARTMENT, "org:acme/department:eng", "eng", "org:acme", null, Map.of()));
        scopes.add(place(
                ScopeLevel.PROJECT,
                "org:acme/project:rag",
                "rag",
                "org:acme/department:eng",
                null,
                Map.of("place.tier", text("platinum"))));
        scopes.add(place(ScopeLevel.ORGANIZATION, "org:beta", "beta", "global", null, Map.of()));
        scopes.add(actor("user:ada", "ada", "user", List.of("admin", "dev"), new byte[0], "", text("4711")));
        scopes.add(actor("service:ci", "ci", "service", List.of("bot"), new byte[0], "", text("ci-center")));
        scopes.add(actor("key:owned", "owned", "", List.of(), OWNED_KEY, "org:acme/service:ci", null));
        scopes.add(actor("key:own", "own", "", List.of("robot"), OWN_KEY, "", text("key-center")));
        return scopes;
    }

    private static AttributeValue text(final String text) {
        return new AttributeValue.Text(text);
    }

    private static ScopeDef place(
            final ScopeLevel level,
            final String path,
            final String id,
            final String parent,
            final @org.jspecify.annotations.Nullable SubscriptionDef subscription,
            final Map<String, AttributeValue> attributes) {
        return new ScopeDef(
                level,
                path,
                id,
                id,
                EntityState.ACTIVE,
                0,
                parent,
                ScopeDef.Actor.NONE,
                new ScopeDef.Holdings(subscription, List.of(), attributes));
    }

    private static ScopeDef actor(
            final String name,
            final String id,
            final String type,
            final List<String> roles,
            final byte[] key,
            final String owner,
            final @org.jspecify.annotations.Nullable AttributeValue costCenter) {
        final boolean isKey = key.length > 0;
        return new ScopeDef(
                isKey ? ScopeLevel.API_KEY : ScopeLevel.PRINCIPAL,
                "org:acme/" + name,
                id,
                id,
                EntityState.ACTIVE,
                0,
                "org:acme",
                new ScopeDef.Actor(type, roles, isKey ? List.of("llm:write") : List.of(), key, "", owner),
                new ScopeDef.Holdings(
                        null, List.of(), costCenter == null ? Map.of() : Map.of("actor.cost_center", costCenter)));
    }

    /** Fills a question by ada, in the project. */
    static DecisionRequest ask(final DecisionRequest request) {
        return what(request)
                .set(Field.PROJECT, "rag")
                .set(Field.ACTOR_TYPE, "user")
                .set(Field.ACTOR_ID, "ada");
    }

    /** Fills a question by an API key. */
    static DecisionRequest askByKey(final DecisionRequest request, final byte[] key) {
        return what(request).apiKeyHash(key);
    }

    private static DecisionRequest what(final DecisionRequest request) {
        return request.reset()
                .set(Field.ORGANIZATION, "acme")
                .set(Field.PRODUCT, "llm")
                .set(Field.RESOURCE_TYPE, "chat")
                .set(Field.ACTION, "complete");
    }
}
