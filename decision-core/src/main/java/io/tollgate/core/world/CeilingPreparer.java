/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import io.tollgate.core.DimensionKind;
import io.tollgate.core.ScopeLevel;
import io.tollgate.core.registry.Registry;
import io.tollgate.core.symbol.Utf8Hash;
import io.tollgate.core.world.def.CeilingDef;
import io.tollgate.core.world.def.DefinitionException;
import io.tollgate.core.world.def.OverrideDef;
import io.tollgate.core.world.def.Period;
import io.tollgate.core.world.def.ScopeDef;
import io.tollgate.core.world.def.WindowDef;
import java.io.IOException;
import org.agrona.collections.Long2LongHashMap;
import org.jspecify.annotations.Nullable;

/** Checks ceilings and makes them ready to be written. One thread. */
final class CeilingPreparer {
    /** Texts remembered so that equal ones are written once; then it forgets, which costs room on disk only. */
    private static final int MAX_REMEMBERED_TEXTS = 1 << 16;

    private final Registry registry;
    private final DirectoryTables.Builder tables;
    private final RowMemory space;
    private final RateInliner rates;
    private final Long2LongHashMap textRefs;

    /**
     * Prepares for one world.
     *
     * @param textRefs where texts lie in this memory, by hash; grows
     */
    CeilingPreparer(
            final Registry registry,
            final DirectoryTables.Builder tables,
            final RowMemory space,
            final Long2LongHashMap textRefs,
            final RateInliner rates) {
        this.registry = registry;
        this.tables = tables;
        this.space = space;
        this.textRefs = textRefs;
        this.rates = rates;
    }

    PreparedCeiling prepare(final ScopeDef scope, final CeilingDef ceiling) throws IOException {
        final String where = "scope '" + scope.path() + "', ceiling '" + ceiling.id() + "' (" + ceiling.source() + ")";
        final int dimensions = registry.dimensions().size();
        if (ceiling.dimensionId() < 0 || ceiling.dimensionId() >= dimensions) {
            throw new DefinitionException(where + ": dimension id " + ceiling.dimensionId()
                    + " does not resolve: the registry has " + dimensions);
        }
        final DimensionKind kind = registry.dimensionKind(ceiling.dimensionId());
        checkAmount(where, kind, ceiling, ceiling.amount());
        final OverrideDef override = ceiling.override();
        if (override != null) {
            checkAmount(where + ", override '" + override.id() + "'", kind, ceiling, override.amount());
        }
        checkWindow(where, kind, ceiling.window());
        checkEach(where, scope.level(), ceiling.eachLevel());
        final boolean clocked = kind == DimensionKind.RATE
                && (override != null || !ceiling.amount().unlimited());
        final long[] rate = clocked ? new long[CeilingDescriptor.RATE_WORDS] : PreparedCeiling.NO_RATE;
        final PreparedCeiling.Overriding overriding = override == null
                ? PreparedCeiling.Overriding.NONE
                : new PreparedCeiling.Overriding(
                        text(where, override.id(), OverrideDef.ORIGIN, override.source()),
                        clocked ? new long[CeilingDescriptor.RATE_WORDS] : PreparedCeiling.NO_RATE);
        if (clocked) {
            rates.inline(ceiling, rate, override == null ? new long[CeilingDescriptor.RATE_WORDS] : overriding.rate());
        }
        return new PreparedCeiling(
                ceiling,
                kind,
                ceiling.window().equals(WindowDef.NONE) ? -1 : tables.window(ceiling.window()),
                tables.thresholdSet(ceiling.thresholds()),
                text(where, ceiling.id(), ceiling.origin(), ceiling.source()),
                rate,
                overriding,
                scope.path());
    }

    private static void checkAmount(
            final String where, final DimensionKind kind, final CeilingDef ceiling, final CeilingDef.Amount amount) {
        if (amount.limit() < 0) {
            throw new DefinitionException(where + ": limit " + amount.limit() + " is negative; 0 lets nothing through");
        }
        if (kind == DimensionKind.RATE && !amount.unlimited()) {
            if (amount.burst() < 1 && amount.limit() > 0) {
                throw new DefinitionException(where + ": burst " + amount.burst()
                        + " lets nothing through; a rate needs a burst of 1 or more");
            }
            if (ceiling.window().lengthMs() < 1) {
                throw new DefinitionException(where + ": window of "
                        + ceiling.window().lengthMs() + " ms; a rate needs a window of 1 ms or more");
            }
        }
    }

    private static void checkWindow(final String where, final DimensionKind kind, final WindowDef window) {
        if (kind == DimensionKind.PERIOD && window.period() == Period.NONE) {
            throw new DefinitionException(
                    where + ": no period; name one, or 'never' for a counter that does not start again");
        }
    }

    private static void checkEach(final String where, final ScopeLevel level, final @Nullable ScopeLevel each) {
        if (each == null) {
            return;
        }
        if (each.code() <= level.code()) {
            throw new DefinitionException(
                    where + ": EACH " + each + " is not below " + level + "; name a level below, or share the ceiling");
        }
        if (each == ScopeLevel.PRINCIPAL && level != ScopeLevel.ORGANIZATION && level.code() > ScopeLevel.PLAN.code()) {
            throw new DefinitionException(where + ": EACH PRINCIPAL at a " + level
                    + ", but principals belong to organizations; define it at the organization, its plan or global");
        }
    }

    private long text(final String where, final String id, final String origin, final String source)
            throws IOException {
        final byte[][] texts = {
            TextLimits.utf8(where, "id", id, TextLimits.MAX_ID_BYTES),
            TextLimits.utf8(where, "origin", origin, TextLimits.MAX_ID_BYTES),
            TextLimits.utf8(where, "source", source, TextLimits.MAX_TEXT_BYTES)
        };
        long hash = 0;
        for (final byte[] text : texts) {
            hash = Utf8Hash.combine(hash, Utf8Hash.of(text, 0, text.length));
        }
        final long known = textRefs.get(hash);
        if (known != World.NO_ROW && CeilingText.matches(space.buffer(known), World.offset(known), texts)) {
            return known;
        }
        final long ref = space.allocate(CeilingText.length(texts), Long.BYTES);
        CeilingText.write(space.buffer(ref), World.offset(ref), texts);
        if (textRefs.size() >= MAX_REMEMBERED_TEXTS) {
            textRefs.clear();
        }
        textRefs.put(hash, ref);
        return ref;
    }
}
