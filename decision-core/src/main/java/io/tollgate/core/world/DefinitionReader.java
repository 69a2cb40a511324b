/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import io.tollgate.core.DimensionKind;
import io.tollgate.core.Enforcement;
import io.tollgate.core.ScopeLevel;
import io.tollgate.core.registry.Registry;
import io.tollgate.core.world.def.CeilingDef;
import io.tollgate.core.world.def.OverrideDef;
import io.tollgate.core.world.def.WindowDef;
import java.util.Objects;
import org.agrona.concurrent.UnsafeBuffer;

/** Makes definitions of EACH ceilings of rows again, as they were when the rows were written. Loader's thread. */
final class DefinitionReader {
    private final Registry registry;
    private final DirectoryTables named;
    private final RowMemory memory;

    /**
     * Reads rows.
     *
     * @param registry that dimensions are of
     * @param named    that numbers in the rows are of
     * @param memory   where texts lie
     */
    DefinitionReader(final Registry registry, final DirectoryTables named, final RowMemory memory) {
        this.registry = registry;
        this.named = named;
        this.memory = memory;
    }

    /** {@return what a row defines, in its order} */
    PreparedCeiling[] read(final ScopeRow row) {
        final int count = row.eachDefinitionCount();
        if (count == 0) {
            return EachDefinitions.NOTHING;
        }
        final UnsafeBuffer buffer = memory.buffer(row.ceilingsRef());
        int at = World.offset(row.ceilingsRef());
        for (int i = 0; i < row.ceilingCount(); i++) {
            at += length(buffer, at);
        }
        final String path = row.path();
        final PreparedCeiling[] definitions = new PreparedCeiling[count];
        for (int i = 0; i < count; i++) {
            definitions[i] = read(buffer, at, path);
            at += length(buffer, at);
        }
        return definitions;
    }

    private static int length(final UnsafeBuffer buffer, final int at) {
        return buffer.getShort(at + CeilingDescriptor.ENTRY_LENGTH) & 0xFFFF;
    }

    private PreparedCeiling read(final UnsafeBuffer buffer, final int at, final String path) {
        final int dimension = buffer.getShort(at + CeilingDescriptor.DIMENSION) & 0xFFFF;
        final DimensionKind kind = registry.dimensionKind(dimension);
        final boolean rate = kind == DimensionKind.RATE;
        final int flags = buffer.getByte(at + CeilingDescriptor.FLAGS);
        final int window = buffer.getInt(at + CeilingDescriptor.WINDOW);
        final int thresholds = buffer.getInt(at + CeilingDescriptor.THRESHOLD_SET);
        final long text = ref(buffer, at + CeilingDescriptor.TEXT);
        final CeilingDef.Amount amount = new CeilingDef.Amount(
                (flags & CeilingDescriptor.FLAG_UNLIMITED) != 0,
                buffer.getLong(at + CeilingDescriptor.LIMIT),
                rate ? buffer.getLong(at + CeilingDescriptor.BURST) : 0);
        final boolean overridden = (flags & CeilingDescriptor.FLAG_OVERRIDE) != 0;
        final int override = at + (rate ? CeilingDescriptor.RATE_LENGTH : CeilingDescriptor.LENGTH);
        final CeilingDef def = new CeilingDef(
                text(text, CeilingText.ID),
                dimension,
                Objects.requireNonNull(Enforcement.ofCode(buffer.getByte(at + CeilingDescriptor.ENFORCEMENT))),
                ScopeLevel.ofCode(buffer.getByte(at + CeilingDescriptor.EACH_LEVEL)),
                amount,
                window < 0 ? WindowDef.NONE : named.windows().get(window),
                named.thresholds().set(thresholds),
                text(text, CeilingText.ORIGIN),
                text(text, CeilingText.SOURCE),
                overridden ? override(buffer, override, rate) : null);
        return new PreparedCeiling(
                def,
                kind,
                window,
                thresholds,
                text,
                rate ? words(buffer, at + CeilingDescriptor.RATE) : PreparedCeiling.NO_RATE,
                overridden
                        ? new PreparedCeiling.Overriding(
                                ref(buffer, override + OverrideDescriptor.TEXT),
                                rate ? words(buffer, override + OverrideDescriptor.RATE) : PreparedCeiling.NO_RATE)
                        : PreparedCeiling.Overriding.NONE,
                path);
    }

    private OverrideDef override(final UnsafeBuffer buffer, final int at, final boolean rate) {
        final long text = ref(buffer, at + OverrideDescriptor.TEXT);
        return new OverrideDef(
                text(text, CeilingText.ID),
                new CeilingDef.Amount(
                        (buffer.getInt(at + OverrideDescriptor.FLAGS) & OverrideDescriptor.FLAG_UNLIMITED) != 0,
                        buffer.getLong(at + OverrideDescriptor.LIMIT),
                        rate ? buffer.getLong(at + OverrideDescriptor.BURST) : 0),
                buffer.getLong(at + OverrideDescriptor.EXPIRES_AT_MS),
                text(text, CeilingText.SOURCE));
    }

    private static long[] words(final UnsafeBuffer buffer, final int at) {
        final long[] words = new long[CeilingDescriptor.RATE_WORDS];
        for (int i = 0; i < words.length; i++) {
            words[i] = buffer.getLong(at + i * Long.BYTES);
        }
        return words;
    }

    private String text(final long ref, final int field) {
        return CeilingText.read(memory.buffer(ref), World.offset(ref), field);
    }

    private static long ref(final UnsafeBuffer buffer, final int at) {
        return (buffer.getInt(at) & 0xFFFF_FFFFL) << RowDescriptor.UNIT_SHIFT;
    }
}
