/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.install;

import io.tollgate.core.DimensionKind;
import io.tollgate.core.engine.RateWords;
import io.tollgate.core.quota.CellIdentity;
import io.tollgate.core.quota.CellKind;
import io.tollgate.core.quota.CellStore;
import io.tollgate.core.quota.PeriodWindow;
import io.tollgate.core.quota.RateSpec;
import io.tollgate.core.quota.RateTerms;
import io.tollgate.core.registry.Registry;
import io.tollgate.core.world.CellBinder;
import io.tollgate.core.world.RateInliner;
import io.tollgate.core.world.def.CeilingDef;
import io.tollgate.core.world.def.DefinitionException;
import io.tollgate.core.world.def.OverrideDef;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Binds the ceilings of a snapshot to the counters that they had before: the identity of a counter is (scope path, scope that defines the
 * ceiling, ceiling id, dimension, kind, window or rate), so a changed limit of a period keeps what was used, and another window starts
 * anew.
 *
 * <p>A rate's counter is a position on the rate's own clock, so a changed rate needs another counter, and so does one that gets or loses
 * an override (the two then share a clock, see {@link RateTerms}). It must not start with a full bucket: {@link RateCarry} hands over what
 * is left of the old one.
 *
 * <p>The identity of a wallet's counter is (scope path, wallet id, currency): it outlives snapshots, whatever they say of its credits.
 *
 * <p>Loader's thread only.
 */
final class CeilingCells implements CellBinder, RateInliner {
    /** Words of {@link RateInliner}: what the decision path reads. */
    static final int MULTIPLIER = 0;

    static final int UNITS_PER_TOKEN = 1;
    /** What {@link RateCarry} needs to know the old rate again. */
    static final int BURST = 2;

    static final int LENGTH_NS = 3;

    private static final String WALLET = "wallet";

    private final Registry registry;
    private final CellStore store;
    private final RateCarry carry;
    private final CellIdentity identity;
    private String lastScope = "";

    CeilingCells(Registry registry, CellStore store, RateCarry carry) {
        this.registry = registry;
        this.store = store;
        this.carry = carry;
        this.identity = new CellIdentity(store.id());
    }

    @Override
    public long bind(String scopePath, String definedAtPath, CeilingDef ceiling) {
        DimensionKind kind = registry.dimensionKind(ceiling.dimensionId());
        if (!scopePath.equals(lastScope)) {
            // Counters of one scope lie together, as they are taken from together.
            store.beginGroup();
            lastScope = scopePath;
        }
        try {
            return switch (kind) {
                case PERIOD -> cell(scopePath, definedAtPath, ceiling, CellKind.PERIOD, windowText(ceiling));
                case RATE -> rateCell(scopePath, definedAtPath, ceiling);
                case GAUGE -> cell(scopePath, definedAtPath, ceiling, CellKind.GAUGE, "");
                case CAPACITY ->
                    throw new DefinitionException("ceiling '" + ceiling.id() + "' of scope '" + scopePath
                            + "' limits dimension '"
                            + registry.dimension(ceiling.dimensionId()).name()
                            + "', which is physical capacity; capacity is limited by pools");
            };
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public long bindWallet(String scopePath, String walletId, String currency) throws IOException {
        store.beginGroup();
        // as long as a ceiling's identity, and never equal to one: no gauge has such a window
        identity.begin()
                .add(scopePath)
                .add(scopePath)
                .add(walletId)
                .add(currency)
                .add(CellKind.GAUGE)
                .add(WALLET)
                .end();
        return store.findOrAllocate(identity.high(), identity.low(), CellKind.GAUGE);
    }

    private long rateCell(String scopePath, String definedAtPath, CeilingDef ceiling) throws IOException {
        RateTerms terms = terms(ceiling);
        long cell = cell(scopePath, definedAtPath, ceiling, CellKind.RATE, terms.text());
        OverrideDef override = ceiling.override();
        if (terms.own() != null || terms.overriding() != null) {
            String dimension = registry.dimension(ceiling.dimensionId()).name();
            carry.bound(
                    scopePath,
                    new RateCarry.Named(definedAtPath, ceiling.id(), dimension),
                    cell,
                    new TimedRate(terms, override == null ? TimedRate.NO_OVERRIDE : override.expiresAtMs()));
        }
        return cell;
    }

    private long cell(String scopePath, String definedAtPath, CeilingDef ceiling, int kind, String windowOrRate)
            throws IOException {
        identity.begin()
                .add(scopePath)
                .add(definedAtPath)
                .add(ceiling.id())
                .add(registry.dimension(ceiling.dimensionId()).name())
                .add(kind)
                .add(windowOrRate)
                .end();
        return store.findOrAllocate(identity.high(), identity.low(), kind);
    }

    private static String windowText(CeilingDef ceiling) {
        return PeriodWindow.of(ceiling.window()).text();
    }

    @Override
    public void inline(CeilingDef ceiling, long[] target, long[] overriding) {
        RateTerms terms = terms(ceiling);
        inline(terms.own(), target);
        inline(terms.overriding(), overriding);
    }

    private static void inline(@Nullable RateSpec spec, long[] target) {
        if (spec != null) {
            target[MULTIPLIER] = spec.multiplier();
            target[UNITS_PER_TOKEN] = spec.unitsPerToken();
            target[BURST] = spec.burst();
            target[LENGTH_NS] = spec.lengthNs();
        }
    }

    private static RateTerms terms(CeilingDef ceiling) {
        long lengthMs = ceiling.window().lengthMs();
        if (lengthMs > TimeUnit.NANOSECONDS.toMillis(RateSpec.MAX_LENGTH_NS)) {
            throw new DefinitionException("ceiling '" + ceiling.id() + "' (" + ceiling.source() + "): a rate per "
                    + lengthMs + " ms; a rate's window is 366 days at most");
        }
        try {
            return RateWords.termsOf(ceiling);
        } catch (IllegalArgumentException e) {
            throw new DefinitionException(
                    "ceiling '" + ceiling.id() + "' (" + ceiling.source() + "): " + e.getMessage());
        }
    }
}
