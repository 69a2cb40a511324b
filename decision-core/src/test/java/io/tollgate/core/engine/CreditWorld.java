/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.DimensionKind;
import io.tollgate.core.Effect;
import io.tollgate.core.Enforcement;
import io.tollgate.core.Plane;
import io.tollgate.core.ScopeLevel;
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
import io.tollgate.core.world.def.PriceBookDef;
import io.tollgate.core.world.def.PriceDef;
import io.tollgate.core.world.def.RegistryDef;
import io.tollgate.core.world.def.RuleDef;
import io.tollgate.core.world.def.ScopeDef;
import io.tollgate.core.world.def.TrancheDef;
import io.tollgate.core.world.def.UnitDef;
import io.tollgate.core.world.def.WalletDef;
import io.tollgate.core.world.def.WalletStatus;
import io.tollgate.core.world.def.WalletThresholdDef;
import io.tollgate.core.world.def.WalletType;
import io.tollgate.core.world.def.WhatDef;
import io.tollgate.core.world.def.WhoDef;
import io.tollgate.core.world.def.WindowDef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * org:acme with department lab, project rag in it, and user ada, who may do everything. {@code llm/model/invoke} is gated by credit and
 * charges tokens and one request; {@code llm/model/list} charges one request and is not gated; {@code llm/model/ping} is gated and
 * charges nothing but requests. Scale 2: money is in cents.
 */
final class CreditWorld {
    /** 2026-11-20T12:00:00Z. */
    static final long NOW_MS = 1_795_176_000_000L;

    static final int TOKENS = 0;
    static final int REQUESTS = 1;
    static final int INVOKE = 0;

    private static final WindowDef NEVER = new WindowDef(Period.NEVER, 0, 0, "");

    final List<WalletDef> ofOrganization = new ArrayList<>();
    final List<WalletDef> ofDepartment = new ArrayList<>();
    final List<WalletDef> ofProject = new ArrayList<>();
    final List<PriceBookDef> books = new ArrayList<>();
    long tokenLimit = Long.MAX_VALUE;
    String projectTier = "";

    /** One book in usd: a token costs a cent. */
    static CreditWorld priced() {
        final CreditWorld world = new CreditWorld();
        world.books.add(book("list", "usd", new PriceDef(TOKENS, 1, 1, Map.of())));
        return world;
    }

    static PriceBookDef book(final String id, final String currency, final PriceDef... prices) {
        return new PriceBookDef(id, 7, currency, List.of(prices));
    }

    CreditWorld with(final WalletDef wallet) {
        ofOrganization.add(wallet);
        return this;
    }

    /** A PRE_PAID wallet in usd with one tranche that never ends. */
    static WalletDef prepaid(final String id, final long cents) {
        return wallet(id, "usd", WalletType.PRE_PAID, WalletStatus.ACTIVE, tranche("all", cents));
    }

    static WalletDef wallet(
            final String id,
            final String currency,
            final WalletType type,
            final WalletStatus status,
            final TrancheDef... tranches) {
        return new WalletDef(
                id, currency, type, status, List.of(tranches), List.of(), List.of(), 0, WalletDef.Settlement.AT_ONCE);
    }

    static TrancheDef tranche(final String id, final long cents) {
        return new TrancheDef(id, cents, cents, 0, 0, null);
    }

    static WalletDef pending(final WalletDef wallet, final long cents) {
        return new WalletDef(
                wallet.id(),
                wallet.currency(),
                wallet.type(),
                wallet.status(),
                wallet.tranches(),
                wallet.trancheOrder(),
                wallet.thresholds(),
                cents,
                wallet.settlement());
    }

    static WalletDef settled(final WalletDef wallet, final WalletDef.Settlement settlement) {
        return new WalletDef(
                wallet.id(),
                wallet.currency(),
                wallet.type(),
                wallet.status(),
                wallet.tranches(),
                wallet.trancheOrder(),
                wallet.thresholds(),
                wallet.pending(),
                settlement);
    }

    static WalletDef warning(final WalletDef wallet, final WalletThresholdDef... thresholds) {
        return new WalletDef(
                wallet.id(),
                wallet.currency(),
                wallet.type(),
                wallet.status(),
                wallet.tranches(),
                wallet.trancheOrder(),
                List.of(thresholds),
                wallet.pending(),
                wallet.settlement());
    }

    World activate(final EngineFixture fixture, final long version) {
        fixture.clock.epochNs(Math.max(NOW_MS * 1_000_000, fixture.clock.monotonicNs()));
        fixture.confirmAll();
        return fixture.activate(version, registry(), policies(), List.of(), scopes(), Map.of(), books);
    }

    private static RegistryDef registry() {
        final List<Plane> planes = List.of(Plane.DIRECTORY, Plane.POLICY, Plane.QUOTA, Plane.CREDIT);
        final List<Plane> free = List.of(Plane.DIRECTORY, Plane.POLICY, Plane.QUOTA);
        final OperationDef.Traits gated = new OperationDef.Traits(true, false, false, "");
        final OperationDef.Traits open = new OperationDef.Traits(false, false, false, "");
        final ChargeDef tokens = new ChargeDef(TOKENS, true, ChargeDef.ANY_UNIT, 0);
        final ChargeDef request = new ChargeDef(REQUESTS, false, ChargeDef.ANY_UNIT, 1);
        return new RegistryDef(
                1,
                0,
                List.of(new UnitDef("token", 0, 1, ""), new UnitDef("request", 1, 1, "")),
                List.of(
                        new DimensionDef("llm.tokens", "llm", 0, DimensionKind.PERIOD, ""),
                        new DimensionDef("llm.requests", "llm", 1, DimensionKind.PERIOD, "")),
                List.of(
                        new OperationDef(
                                "llm", "model", "invoke", List.of(0), List.of(tokens, request), -1, planes, 0, gated),
                        new OperationDef("llm", "model", "list", List.of(), List.of(request), -1, free, 0, open),
                        new OperationDef("llm", "model", "ping", List.of(), List.of(request), -1, planes, 0, gated)),
                List.of("user"),
                List.of(),
                List.of(
                        new AttributeDef("resource.model", AttributeType.STRING),
                        new AttributeDef("place.tier", AttributeType.STRING),
                        new AttributeDef("request.size", AttributeType.INT)),
                2);
    }

    private static List<PolicyDef> policies() {
        return List.of(new PolicyDef(
                "global",
                List.of(new RuleDef(
                        "all",
                        Effect.ALLOW,
                        WhoDef.ANYBODY,
                        new WhatDef(INVOKE, 1, 2),
                        ConditionDef.ALWAYS,
                        "",
                        "policies/all.yaml:1:1"))));
    }

    private List<ScopeDef> scopes() {
        final List<CeilingDef> tokens = tokenLimit == Long.MAX_VALUE
                ? List.of()
                : List.of(new CeilingDef(
                        "tokens",
                        TOKENS,
                        Enforcement.HARD,
                        null,
                        CeilingDef.Amount.of(tokenLimit),
                        NEVER,
                        List.of(),
                        "limits",
                        "limits/acme.yaml:1:1"));
        final Map<String, AttributeValue> tier =
                projectTier.isEmpty() ? Map.of() : Map.of("place.tier", new AttributeValue.Text(projectTier));
        return List.of(
                scope(ScopeLevel.GLOBAL, "global", "global", "", ScopeDef.Holdings.NONE),
                scope(
                        ScopeLevel.ORGANIZATION,
                        "org:acme",
                        "acme",
                        "global",
                        new ScopeDef.Holdings(null, tokens, Map.of(), ofOrganization)),
                scope(
                        ScopeLevel.DEPARTMENT,
                        "org:acme/department:lab",
                        "lab",
                        "org:acme",
                        new ScopeDef.Holdings(null, List.of(), Map.of(), ofDepartment)),
                scope(
                        ScopeLevel.PROJECT,
                        "org:acme/project:rag",
                        "rag",
                        "org:acme/department:lab",
                        new ScopeDef.Holdings(null, List.of(), tier, ofProject)),
                new ScopeDef(
                        ScopeLevel.PRINCIPAL,
                        "org:acme/user:ada",
                        "ada",
                        "Ada",
                        EntityState.ACTIVE,
                        0,
                        "org:acme",
                        new ScopeDef.Actor("user", List.of(), List.of(), new byte[0], "", ""),
                        ScopeDef.Holdings.NONE));
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
