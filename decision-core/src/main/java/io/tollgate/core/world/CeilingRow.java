/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import io.tollgate.core.Enforcement;
import java.nio.ByteOrder;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A view of one ceiling of a scope. Reused: {@link #first} and {@link #next} walk over the ceilings of a row: its own in the
 * order of the snapshot, then its shares of EACH ceilings of the scopes above, from global down.
 * <pre>{@code
 * ceiling.first(world, row);
 * for (int i = 0; i < row.ceilingCount(); i++, ceiling.next()) { ... }
 * }</pre>
 * Valid while its world is pinned. Belongs to one thread; no accessor of a number allocates. Layout: {@link CeilingDescriptor}.
 */
public final class CeilingRow {
    private static final UnsafeBuffer NOWHERE = new UnsafeBuffer(new byte[0]);

    private static final int SOFT = Enforcement.SOFT.code();
    private static final boolean LITTLE_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    private UnsafeBuffer buffer = NOWHERE;
    private int offset;
    private long ref;
    /** The first eight bytes of the entry, which say what kind of ceiling it is: read once for all of them. */
    private long head;

    /** Moves the view to the first ceiling of a row; the row must have one. */
    public CeilingRow first(final World world, final ScopeRow row) {
        return wrap(world, row.ceilingsRef());
    }

    /**
     * Moves the view.
     *
     * @param world a pinned world
     * @param entry {@link #ref()} of a ceiling of the same world
     */
    public CeilingRow wrap(final World world, final long entry) {
        buffer = world.buffer(entry);
        offset = World.offset(entry);
        ref = entry;
        head = buffer.getLong(offset);
        return this;
    }

    /** Moves the view to the next ceiling of the same row; whether there is one, the count tells. */
    public CeilingRow next() {
        final int length = twoBytes(CeilingDescriptor.ENTRY_LENGTH);
        offset += length;
        ref += length;
        head = buffer.getLong(offset);
        return this;
    }

    /** {@return reference of this ceiling, stable within its world} */
    public long ref() {
        return ref;
    }

    /** {@return position of the dimension in the registry} */
    public int dimensionId() {
        return twoBytes(CeilingDescriptor.DIMENSION);
    }

    /** {@return {@link io.tollgate.core.DimensionKind#code()}} */
    public int kindCode() {
        return oneByte(CeilingDescriptor.KIND);
    }

    /** {@return whether it denies; else it warns and counts} */
    public boolean hard() {
        return oneByte(CeilingDescriptor.ENFORCEMENT) != SOFT;
    }

    /** {@return whether it counts and never denies} */
    public boolean unlimited() {
        return (oneByte(CeilingDescriptor.FLAGS) & CeilingDescriptor.FLAG_UNLIMITED) != 0;
    }

    /** {@return whether it is this scope's own share of an EACH ceiling of {@link #definedAtRow()}} */
    public boolean each() {
        return (oneByte(CeilingDescriptor.FLAGS) & CeilingDescriptor.FLAG_EACH) != 0;
    }

    /** {@return of an EACH ceiling {@link io.tollgate.core.ScopeLevel#code()}, else 0} */
    public int eachLevelCode() {
        return oneByte(CeilingDescriptor.EACH_LEVEL);
    }

    /** {@return window of {@link World#window}, -1 = none} */
    public int windowId() {
        return buffer.getInt(offset + CeilingDescriptor.WINDOW);
    }

    /** {@return set of {@link World#thresholds()}} */
    public int thresholdSetId() {
        return buffer.getInt(offset + CeilingDescriptor.THRESHOLD_SET);
    }

    /** {@return most that fits, in the dimension's unit (RATE: per window); meaningless when unlimited} */
    public long limit() {
        return buffer.getLong(offset + CeilingDescriptor.LIMIT);
    }

    /** {@return where it counts, as {@link CellBinder} gave it} */
    public long cellRef() {
        return buffer.getLong(offset + CeilingDescriptor.CELL);
    }

    /** {@return the scope that it is inherited from: its own row, or that of the EACH definition} */
    public long definedAtRow() {
        return (buffer.getInt(offset + CeilingDescriptor.DEFINED_AT) & 0xFFFF_FFFFL) << RowDescriptor.UNIT_SHIFT;
    }

    /** {@return RATE: most that may come at once; else 0} */
    public long burst() {
        return isRate() ? buffer.getLong(offset + CeilingDescriptor.BURST) : 0;
    }

    /**
     * {@return RATE: a number of its exact clock, as {@link RateInliner} gave it}
     *
     * @param index 0 to 3
     */
    public long rate(final int index) {
        return buffer.getLong(offset + CeilingDescriptor.RATE + index * Long.BYTES);
    }

    /** {@return stable id as written in the bundle; allocates} */
    public String id(final World world) {
        return text(world, CeilingText.ID);
    }

    /** {@return "limits", "entitlement", "override"; allocates} */
    public String origin(final World world) {
        return text(world, CeilingText.ORIGIN);
    }

    /** {@return where it is written; allocates} */
    public String source(final World world) {
        return text(world, CeilingText.SOURCE);
    }

    private String text(final World world, final int field) {
        final long at = (buffer.getInt(offset + CeilingDescriptor.TEXT) & 0xFFFF_FFFFL) << RowDescriptor.UNIT_SHIFT;
        return CeilingText.read(world.buffer(at), World.offset(at), field);
    }

    private boolean isRate() {
        return twoBytes(CeilingDescriptor.ENTRY_LENGTH) == CeilingDescriptor.RATE_LENGTH;
    }

    private int oneByte(final int at) {
        return (int) (head >>> (LITTLE_ENDIAN ? at : Long.BYTES - 1 - at) * Byte.SIZE) & 0xFF;
    }

    private int twoBytes(final int at) {
        return (int) (head >>> (LITTLE_ENDIAN ? at : Long.BYTES - 2 - at) * Byte.SIZE) & 0xFFFF;
    }
}
