/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import io.tollgate.core.DimensionKind;
import io.tollgate.core.world.def.CeilingDef;
import io.tollgate.core.world.def.OverrideDef;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A ceiling, ready to be written into the row that defines it and, when it is EACH, into the rows of descendants.
 *
 * @param def           as the snapshot has it
 * @param kind          of its dimension
 * @param windowId      -1 = none
 * @param thresholdSet  of the directory's tables
 * @param textRef       where its texts are
 * @param rate          RATE: numbers of its clock
 * @param overriding    where the texts of its override are and, of a RATE, its numbers
 * @param definedAtPath path of the scope that defines it
 */
@SuppressWarnings("ArrayRecordComponent") // inside this package, never compared
record PreparedCeiling(
        CeilingDef def,
        DimensionKind kind,
        int windowId,
        int thresholdSet,
        long textRef,
        long[] rate,
        Overriding overriding,
        String definedAtPath) {
    /** What is ready of an override; its amount and expiry are in the definition. */
    @SuppressWarnings("ArrayRecordComponent")
    record Overriding(long textRef, long[] rate) {
        static final Overriding NONE = new Overriding(World.NO_ROW, new long[CeilingDescriptor.RATE_WORDS]);
    }

    /** Numbers of what has no clock. */
    static final long[] NO_RATE = new long[CeilingDescriptor.RATE_WORDS];

    /** In place of a cell: definitions of EACH ceilings are not charged themselves. */
    static final long NO_CELL = -1;

    /** {@return whether two rows define the same for their descendants, in the same order} */
    static boolean sameDefinitions(final PreparedCeiling[] some, final PreparedCeiling[] others) {
        boolean same = some.length == others.length;
        for (int i = 0; same && i < some.length; i++) {
            same = some[i].thresholdSet == others[i].thresholdSet
                    && some[i].asWritten().equals(others[i].asWritten());
        }
        return same;
    }

    /** {@return the definition, less its thresholds and what rows do not keep} */
    private CeilingDef asWritten() {
        final OverrideDef override = def.override();
        return new CeilingDef(
                def.id(),
                def.dimensionId(),
                def.enforcement(),
                def.eachLevel(),
                asWritten(def.amount()),
                def.window(),
                List.of(),
                def.origin(),
                def.source(),
                override == null
                        ? null
                        : new OverrideDef(
                                override.id(),
                                asWritten(override.amount()),
                                override.expiresAtMs(),
                                override.source()));
    }

    private CeilingDef.Amount asWritten(final CeilingDef.Amount amount) {
        final boolean bursts = kind == DimensionKind.RATE && amount.limit() != 0;
        return new CeilingDef.Amount(amount.unlimited(), amount.limit(), bursts ? amount.burst() : 0);
    }

    int length() {
        return ownLength() + overrideLength();
    }

    private int ownLength() {
        return kind == DimensionKind.RATE ? CeilingDescriptor.RATE_LENGTH : CeilingDescriptor.LENGTH;
    }

    private int overrideLength() {
        if (def.override() == null) {
            return 0;
        }
        return kind == DimensionKind.RATE ? OverrideDescriptor.RATE_LENGTH : OverrideDescriptor.LENGTH;
    }

    void write(final UnsafeBuffer buffer, final int at, final long cellRef, final long definedAtRow) {
        final CeilingDef.Amount amount = def.amount();
        buffer.putShort(at + CeilingDescriptor.DIMENSION, (short) def.dimensionId());
        buffer.putByte(at + CeilingDescriptor.KIND, (byte) kind.code());
        buffer.putByte(
                at + CeilingDescriptor.ENFORCEMENT, (byte) def.enforcement().code());
        buffer.putByte(at + CeilingDescriptor.FLAGS, (byte) ((amount.unlimited() ? CeilingDescriptor.FLAG_UNLIMITED : 0)
                | (def.eachLevel() != null ? CeilingDescriptor.FLAG_EACH : 0)
                | (def.override() != null ? CeilingDescriptor.FLAG_OVERRIDE : 0)));
        buffer.putByte(at + CeilingDescriptor.EACH_LEVEL, (byte)
                (def.eachLevel() != null ? def.eachLevel().code() : 0));
        buffer.putShort(at + CeilingDescriptor.ENTRY_LENGTH, (short) length());
        buffer.putInt(at + CeilingDescriptor.WINDOW, windowId);
        buffer.putInt(at + CeilingDescriptor.THRESHOLD_SET, thresholdSet);
        buffer.putLong(at + CeilingDescriptor.LIMIT, amount.limit());
        buffer.putLong(at + CeilingDescriptor.CELL, cellRef);
        buffer.putInt(at + CeilingDescriptor.DEFINED_AT, (int) (definedAtRow >>> RowDescriptor.UNIT_SHIFT));
        buffer.putInt(at + CeilingDescriptor.TEXT, (int) (textRef >>> RowDescriptor.UNIT_SHIFT));
        if (kind == DimensionKind.RATE) {
            writeRate(buffer, at + CeilingDescriptor.BURST, amount, rate);
        }
        final OverrideDef override = def.override();
        if (override != null) {
            writeOverride(buffer, at + ownLength(), override);
        }
    }

    private void writeOverride(final UnsafeBuffer buffer, final int at, final OverrideDef override) {
        final CeilingDef.Amount amount = override.amount();
        buffer.putLong(at + OverrideDescriptor.EXPIRES_AT_MS, override.expiresAtMs());
        buffer.putLong(at + OverrideDescriptor.LIMIT, amount.limit());
        buffer.putInt(at + OverrideDescriptor.FLAGS, amount.unlimited() ? OverrideDescriptor.FLAG_UNLIMITED : 0);
        buffer.putInt(at + OverrideDescriptor.TEXT, (int) (overriding.textRef >>> RowDescriptor.UNIT_SHIFT));
        if (kind == DimensionKind.RATE) {
            writeRate(buffer, at + OverrideDescriptor.BURST, amount, overriding.rate);
        }
    }

    /** The burst, and right behind it the numbers of the clock. */
    private static void writeRate(
            final UnsafeBuffer buffer, final int at, final CeilingDef.Amount amount, final long[] words) {
        // A rate of 0 admits nothing, not even its burst once.
        buffer.putLong(at, amount.limit() == 0 ? 0 : amount.burst());
        for (int i = 0; i < CeilingDescriptor.RATE_WORDS; i++) {
            buffer.putLong(at + (1 + i) * Long.BYTES, words[i]);
        }
    }
}
