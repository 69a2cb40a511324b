/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import io.tollgate.core.DimensionKind;
import io.tollgate.core.world.def.CeilingDef;
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
        String definedAtPath) {
    /** In place of a cell: definitions of EACH ceilings are not charged themselves. */
    static final long NO_CELL = -1;

    int length() {
        return kind == DimensionKind.RATE ? CeilingDescriptor.RATE_LENGTH : CeilingDescriptor.LENGTH;
    }

    void write(final UnsafeBuffer buffer, final int at, final long cellRef, final long definedAtRow) {
        final CeilingDef.Amount amount = def.amount();
        buffer.putShort(at + CeilingDescriptor.DIMENSION, (short) def.dimensionId());
        buffer.putByte(at + CeilingDescriptor.KIND, (byte) kind.code());
        buffer.putByte(
                at + CeilingDescriptor.ENFORCEMENT, (byte) def.enforcement().code());
        buffer.putByte(at + CeilingDescriptor.FLAGS, (byte) ((amount.unlimited() ? CeilingDescriptor.FLAG_UNLIMITED : 0)
                | (def.eachLevel() != null ? CeilingDescriptor.FLAG_EACH : 0)));
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
            // A rate of 0 admits nothing, not even its burst once.
            buffer.putLong(at + CeilingDescriptor.BURST, amount.limit() == 0 ? 0 : amount.burst());
            for (int i = 0; i < CeilingDescriptor.RATE_WORDS; i++) {
                buffer.putLong(at + CeilingDescriptor.RATE + i * Long.BYTES, rate[i]);
            }
        }
    }
}
