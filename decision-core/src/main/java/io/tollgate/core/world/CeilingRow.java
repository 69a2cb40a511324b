/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import io.tollgate.core.DimensionKind;
import io.tollgate.core.Enforcement;
import io.tollgate.core.world.def.CeilingDef;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A view of one ceiling of a scope. Reused: {@link #first} and {@link #next} walk over the ceilings of a row: its own in the
 * order of the snapshot, then its shares of EACH ceilings of the scopes above, from global down.
 * <pre>{@code
 * ceiling.first(world, row);
 * for (int i = 0; i < row.ceilingCount(); i++, ceiling.next()) { ... }
 * }</pre>
 * Limit, burst and rate are the ceiling's own until {@link #at} asks for those in force at some time, which an override may have changed.
 * Valid while its world is pinned. Belongs to one thread; no accessor of a number allocates. Layout: {@link CeilingDescriptor}.
 */
public final class CeilingRow {
    private static final UnsafeBuffer NOWHERE = new UnsafeBuffer(new byte[0]);

    private static final int SOFT = Enforcement.SOFT.code();
    private static final int RATE = DimensionKind.RATE.code();
    private static final int OWN = -1;
    private static final byte[] ENTITLEMENT = CeilingDef.ORIGIN_ENTITLEMENT.getBytes(StandardCharsets.UTF_8);
    private static final boolean LITTLE_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    private UnsafeBuffer buffer = NOWHERE;
    private int offset;
    private long ref;
    /** The first eight bytes of the entry, which say what kind of ceiling it is: read once for all of them. */
    private long head;
    /** Where the override is that is in force, or OWN. */
    private int override = OWN;

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
        override = OWN;
        return this;
    }

    /** Moves the view to the next ceiling of the same row; whether there is one, the count tells. */
    public CeilingRow next() {
        final int length = twoBytes(CeilingDescriptor.ENTRY_LENGTH);
        offset += length;
        ref += length;
        head = buffer.getLong(offset);
        override = OWN;
        return this;
    }

    /**
     * Shows what is in force at a time, until the view moves.
     *
     * @param epochMs milliseconds since 1970
     */
    public CeilingRow at(final long epochMs) {
        override = OWN;
        if (hasOverride()) {
            final int block = offset + (kindCode() == RATE ? CeilingDescriptor.RATE_LENGTH : CeilingDescriptor.LENGTH);
            if (epochMs < buffer.getLong(block + OverrideDescriptor.EXPIRES_AT_MS)) {
                override = block;
            }
        }
        return this;
    }

    /** {@return whether there is an override, be it in force or expired} */
    public boolean hasOverride() {
        return (oneByte(CeilingDescriptor.FLAGS) & CeilingDescriptor.FLAG_OVERRIDE) != 0;
    }

    /** {@return whether what is shown is an override's} */
    public boolean overridden() {
        return override != OWN;
    }

    /** {@return when the override that is shown expires, milliseconds since 1970; 0 = none is shown} */
    public long overrideExpiresAtMs() {
        return override == OWN ? 0 : buffer.getLong(override + OverrideDescriptor.EXPIRES_AT_MS);
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
        return override == OWN
                ? (oneByte(CeilingDescriptor.FLAGS) & CeilingDescriptor.FLAG_UNLIMITED) != 0
                : (buffer.getInt(override + OverrideDescriptor.FLAGS) & OverrideDescriptor.FLAG_UNLIMITED) != 0;
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
        return buffer.getLong(override == OWN ? offset + CeilingDescriptor.LIMIT : override + OverrideDescriptor.LIMIT);
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
        if (kindCode() != RATE) {
            return 0;
        }
        return buffer.getLong(override == OWN ? offset + CeilingDescriptor.BURST : override + OverrideDescriptor.BURST);
    }

    /**
     * {@return RATE: a number of its exact clock, as {@link RateInliner} gave it}
     *
     * @param index 0 to 3
     */
    public long rate(final int index) {
        final int words = override == OWN ? offset + CeilingDescriptor.RATE : override + OverrideDescriptor.RATE;
        return buffer.getLong(words + index * Long.BYTES);
    }

    /** {@return whether it is what a customer has bought, overridden or not} */
    public boolean entitled(final World world) {
        final long at = (buffer.getInt(offset + CeilingDescriptor.TEXT) & 0xFFFF_FFFFL) << RowDescriptor.UNIT_SHIFT;
        return CeilingText.is(world.buffer(at), World.offset(at), CeilingText.ORIGIN, ENTITLEMENT);
    }

    /** {@return stable id as written in the bundle; allocates} */
    public String id(final World world) {
        return text(world, offset + CeilingDescriptor.TEXT, CeilingText.ID);
    }

    /** {@return id of the override that is shown, "" = none is; allocates} */
    public String overrideId(final World world) {
        return override == OWN ? "" : text(world, override + OverrideDescriptor.TEXT, CeilingText.ID);
    }

    /** {@return "limits", "entitlement", or "override" when one is shown; allocates} */
    public String origin(final World world) {
        return text(world, shownText(), CeilingText.ORIGIN);
    }

    /** {@return where what is shown is written; allocates} */
    public String source(final World world) {
        return text(world, shownText(), CeilingText.SOURCE);
    }

    private int shownText() {
        return override == OWN ? offset + CeilingDescriptor.TEXT : override + OverrideDescriptor.TEXT;
    }

    private String text(final World world, final int reference, final int field) {
        final long at = (buffer.getInt(reference) & 0xFFFF_FFFFL) << RowDescriptor.UNIT_SHIFT;
        return CeilingText.read(world.buffer(at), World.offset(at), field);
    }

    private int oneByte(final int at) {
        return (int) (head >>> (LITTLE_ENDIAN ? at : Long.BYTES - 1 - at) * Byte.SIZE) & 0xFF;
    }

    private int twoBytes(final int at) {
        return (int) (head >>> (LITTLE_ENDIAN ? at : Long.BYTES - 2 - at) * Byte.SIZE) & 0xFFFF;
    }
}
