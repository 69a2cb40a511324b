/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import io.tollgate.core.DecideMode;
import io.tollgate.core.DimensionKind;
import io.tollgate.core.Effect;
import io.tollgate.core.Enforcement;
import io.tollgate.core.Plane;
import io.tollgate.core.ScopeLevel;
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
import org.jspecify.annotations.Nullable;

/** One organization, one project, one user, a clock: for examples worked out by hand. */
final class HandWorld {
    static final long T0_MS = 1_774_656_000_000L; // 2026-03-28T00:00Z
    static final int TOKENS = 0;
    static final int TPM = 1;
    static final int RUNNING = 2;
    static final int NODES = 3;
    static final Map<Plane, Long> FRESH =
            Map.of(Plane.DIRECTORY, 0L, Plane.POLICY, 0L, Plane.QUOTA, 0L, Plane.CREDIT, 0L, Plane.CAPACITY, 0L);

    final List<CeilingDef> ceilings = new ArrayList<>();
    final List<ReferencePriceBook.Price> prices = new ArrayList<>();
    final List<ReferenceWallet> wallets = new ArrayList<>();
    final List<ReferencePool> pools = new ArrayList<>();
    long nowMs = T0_MS;
    Map<String, AttributeValue> stated = Map.of();
    private @Nullable ReferenceEngine engine;
    private int asked;

    HandWorld ceiling(final int dimension, final long limit, final Enforcement enforcement) {
        final boolean rate = dimension == TPM;
        final WindowDef window =
                switch (dimension) {
                    case TOKENS -> new WindowDef(Period.HOURLY, 0, 0, "");
                    case TPM -> new WindowDef(Period.MINUTE, 60_000, 0, "");
                    default -> WindowDef.NONE;
                };
        ceilings.add(new CeilingDef(
                "c" + ceilings.size(),
                dimension,
                enforcement,
                null,
                new CeilingDef.Amount(false, limit, rate ? limit : 0),
                window,
                List.of(),
                "limits",
                ""));
        return this;
    }

    HandWorld price(final int dimension, final long amount, final long perQuantity, final Map<String, String> match) {
        prices.add(new ReferencePriceBook.Price(dimension, amount, perQuantity, match));
        return this;
    }

    HandWorld wallet(final String scope, final boolean prePaid, final ReferenceWallet.Tranche... tranches) {
        wallets.add(new ReferenceWallet(
                "w" + wallets.size(),
                scope,
                "EUR",
                prePaid,
                ReferenceWallet.Status.ACTIVE,
                List.of(tranches),
                List.of(),
                0,
                0,
                WindowDef.NONE,
                ReferenceWallet.FLEXPRICE));
        return this;
    }

    HandWorld pool(final String id, final long available, final String reservedFor, final Map<String, String> match) {
        pools.add(new ReferencePool(id, NODES, match, available, T0_MS, reservedFor));
        return this;
    }

    ReferenceAnswer chat(final DecideMode mode, final long tokens) {
        return ask("chat", mode, tokens, "token", ReferenceRequest.Options.NONE);
    }

    ReferenceAnswer ask(
            final String action,
            final DecideMode mode,
            final long amount,
            final String unit,
            final ReferenceRequest.Options options) {
        return engine().decide(request(action, mode, amount, unit, options), "r" + asked++, now(), FRESH);
    }

    /** With nothing stated to be used. */
    ReferenceAnswer ask(final String action, final DecideMode mode) {
        final ReferenceRequest request =
                request(action, mode, 1, "token", ReferenceRequest.Options.NONE).using(List.of());
        return engine().decide(request, "r" + asked++, now(), FRESH);
    }

    ReferenceAnswer extend(final String id, final long tokens, final long ttlMs) {
        final ReferenceRequest.Options options = new ReferenceRequest.Options(false, ttlMs, "");
        return engine().extend(id, List.of(new ReferenceRequest.Usage(tokens, "token")), options, now(), FRESH);
    }

    ReferenceReservations.Ending settle(final String id, final long tokens) {
        return engine().settle(id, List.of(new ReferenceRequest.Usage(tokens, "token")), now());
    }

    ReferenceReservations.Ending release(final String id) {
        return engine().release(id, now());
    }

    List<ReferenceAnswer> batch(final ReferenceBatch.Mode mode, final ReferenceRequest... requests) {
        return engine().batch(mode, List.of(requests), "b" + asked++, now(), FRESH);
    }

    /** How much of the first ceiling is used. */
    long used() {
        final ReferenceAnswer answer = ask("look", DecideMode.CHECK, 1, "token", ReferenceRequest.Options.NONE);
        return answer.binding() == null ? -1 : answer.binding().used();
    }

    HandWorld later(final long ms) {
        nowMs += ms;
        engine().advance(now());
        return this;
    }

    ReferenceRequest request(
            final String action,
            final DecideMode mode,
            final long amount,
            final String unit,
            final ReferenceRequest.Options options) {
        return new ReferenceRequest(
                mode,
                0,
                ReferenceRequest.NOT_STATED,
                new ReferenceRequest.ActorPart("user", "ada", List.of(), List.of(), ""),
                "acme",
                "",
                "rag",
                new ReferenceRequest.Operation("llm", "model", action),
                List.of(new ReferenceRequest.Usage(amount, unit)),
                options,
                new ReferenceRequest.Facts("", stated, List.of()));
    }

    private long now() {
        return nowMs * 1_000_000L;
    }

    private ReferenceEngine engine() {
        if (engine == null) {
            engine = new ReferenceEngine(world());
        }
        return engine;
    }

    /** The same counters under another snapshot: pools, wallets and prices as they are now. */
    void publish() {
        engine().activate(world());
    }

    private ReferenceWorld world() {
        final List<RuleDef> rules = List.of(
                new RuleDef("all", Effect.ALLOW, WhoDef.ANYBODY, new WhatDef(0, 1, 2, 3), ConditionDef.ALWAYS, "", ""));
        final ReferencePriceBook book = new ReferencePriceBook("book", 7, "EUR", List.copyOf(prices));
        return new ReferenceWorld(
                registry(),
                List.of(new PolicyDef("global", rules)),
                List.of(),
                List.of(
                        scope(ScopeLevel.GLOBAL, "global", "", List.of()),
                        scope(ScopeLevel.ORGANIZATION, "org:acme", "global", ceilings),
                        scope(ScopeLevel.PROJECT, "org:acme/project:rag", "org:acme", List.of()),
                        scope(ScopeLevel.PRINCIPAL, "org:acme/user:ada", "org:acme", List.of())),
                Map.of(),
                Map.of(),
                new ReferenceAssets(List.of(book), List.copyOf(wallets), List.copyOf(pools), 60_000));
    }

    private static ScopeDef scope(
            final ScopeLevel level, final String path, final String parent, final List<CeilingDef> ceilings) {
        final ScopeDef.Actor actor = level == ScopeLevel.PRINCIPAL
                ? new ScopeDef.Actor("user", List.of(), List.of(), new byte[0], "", "")
                : ScopeDef.Actor.NONE;
        final String id = path.substring(path.lastIndexOf(':') + 1);
        return new ScopeDef(
                level, path, id, "", EntityState.ACTIVE, 0, parent, actor, new ScopeDef.Holdings(null, ceilings));
    }

    /** chat: a slot while it runs, tokens, and money; look: tokens; tell: tokens and money; launch: nodes. */
    private static RegistryDef registry() {
        final List<UnitDef> units =
                List.of(new UnitDef("token", 0, 1, ""), new UnitDef("slot", 1, 1, ""), new UnitDef("node", 2, 1, ""));
        final List<DimensionDef> dimensions = List.of(
                new DimensionDef("tokens", "", 0, DimensionKind.PERIOD, ""),
                new DimensionDef("tpm", "", 0, DimensionKind.RATE, ""),
                new DimensionDef("running", "", 1, DimensionKind.GAUGE, ""),
                new DimensionDef("nodes", "", 2, DimensionKind.CAPACITY, ""));
        final ChargeDef slot = new ChargeDef(RUNNING, false, ChargeDef.ANY_UNIT, 1);
        return new RegistryDef(
                1,
                1,
                units,
                dimensions,
                List.of(
                        operation("chat", 0, true, List.of(slot, usage(TOKENS), usage(TPM))),
                        operation("look", 0, false, List.of(usage(TOKENS))),
                        operation("tell", 0, true, List.of(usage(TOKENS))),
                        operation("launch", 2, false, List.of(usage(NODES)))),
                List.of("user"),
                List.of(),
                List.of(new AttributeDef("resource.model", AttributeType.STRING)),
                2);
    }

    private static ChargeDef usage(final int dimension) {
        return new ChargeDef(dimension, true, ChargeDef.ANY_UNIT, 0);
    }

    private static OperationDef operation(
            final String action, final int unit, final boolean creditGated, final List<ChargeDef> charges) {
        return new OperationDef(
                "llm",
                "model",
                action,
                List.of(unit),
                charges,
                OperationDef.NO_FEATURE,
                List.of(Plane.DIRECTORY, Plane.POLICY),
                0,
                new OperationDef.Traits(creditGated, false, false, ""));
    }
}
