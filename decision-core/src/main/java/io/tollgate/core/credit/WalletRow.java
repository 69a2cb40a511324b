/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.credit;

import io.tollgate.core.quota.PeriodTable;
import io.tollgate.core.world.def.WalletStatus;
import io.tollgate.core.world.def.WalletType;
import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A view of one wallet. Reused: {@link #wrap} and {@link #next} move it. Valid while its world is pinned. Belongs to one thread; no
 * accessor of a number allocates. Layout: {@link WalletBlock}.
 */
public final class WalletRow {
    /** {@link #settlementMs}: the table of periods does not reach now; fail closed. */
    public static final long OUTSIDE = Long.MIN_VALUE;

    private static final UnsafeBuffer NOWHERE = new UnsafeBuffer(new byte[0]);

    private UnsafeBuffer buffer = NOWHERE;
    private int offset;
    private long ref;

    /**
     * Moves the view.
     *
     * @param memory    where the wallet's world has it
     * @param at        where in that memory
     * @param walletRef its reference, for {@link #ref()}
     */
    public WalletRow wrap(final UnsafeBuffer memory, final int at, final long walletRef) {
        buffer = memory;
        offset = at;
        ref = walletRef;
        return this;
    }

    /** Moves the view to the next wallet of the same scope; whether there is one, the scope's count tells. */
    public WalletRow next() {
        final int length = buffer.getInt(offset + WalletBlock.LENGTH);
        offset += length;
        ref += length;
        return this;
    }

    /** {@return reference of this wallet, stable within its world} */
    public long ref() {
        return ref;
    }

    /** {@return the cell that counts what is spent} */
    public long cellRef() {
        return buffer.getLong(offset + WalletBlock.CELL);
    }

    /** {@return ledger usage that was not taken from the tranches yet, fixed point} */
    public long pending() {
        return buffer.getLong(offset + WalletBlock.PENDING);
    }

    /** {@return number of its currency in the world} */
    public int currencyId() {
        return buffer.getShort(offset + WalletBlock.CURRENCY) & 0xFFFF;
    }

    /** {@return whether it only warns} */
    public boolean postPaid() {
        return buffer.getByte(offset + WalletBlock.TYPE) == WalletType.POST_PAID.code();
    }

    /** {@return whether it is there and pays nothing} */
    public boolean frozen() {
        return buffer.getByte(offset + WalletBlock.STATUS) == WalletStatus.FROZEN.code();
    }

    /** {@return whether it counts no more} */
    public boolean closed() {
        return buffer.getByte(offset + WalletBlock.STATUS) == WalletStatus.CLOSED.code();
    }

    /** {@return its type, or null in a damaged file} */
    public @Nullable WalletType type() {
        return WalletType.ofCode(buffer.getByte(offset + WalletBlock.TYPE));
    }

    /** {@return its status, or null in a damaged file} */
    public @Nullable WalletStatus status() {
        return WalletStatus.ofCode(buffer.getByte(offset + WalletBlock.STATUS));
    }

    /**
     * {@return when usage of now is settled, milliseconds since 1970: the last millisecond of the billing period, or now where none is
     * known; {@link #OUTSIDE} when the table does not know}
     *
     * @param periods of the world
     * @param nowMs   milliseconds since 1970
     */
    public long settlementMs(final PeriodTable periods, final long nowMs) {
        final long endMs = buffer.getLong(offset + WalletBlock.PERIOD_END_MS);
        if (endMs > nowMs) {
            return endMs - 1;
        }
        final int window = buffer.getInt(offset + WalletBlock.WINDOW);
        if (window < 0) {
            return nowMs;
        }
        final int place = periods.locate(window, nowMs);
        if (place == PeriodTable.OUTSIDE) {
            return OUTSIDE;
        }
        final long windowEndMs = periods.endMs(place);
        return windowEndMs == Long.MAX_VALUE ? nowMs : windowEndMs - 1;
    }

    /** {@return what the tranches that count at an instant have together, fixed point; at most Long.MAX_VALUE} */
    public long balanceAt(final long epochMs) {
        final int steps = step(0);
        int low = 0;
        int high = buffer.getInt(offset + WalletBlock.STEP_COUNT) - 1;
        // the last step that is not later; the first one is from ever on
        while (low < high) {
            final int middle = low + high + 1 >>> 1;
            if (buffer.getLong(steps + middle * WalletBlock.STEP) <= epochMs) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return buffer.getLong(steps + low * WalletBlock.STEP + WalletBlock.STEP_BALANCE);
    }

    /** {@return how many tranches, also those that count no more or not yet} */
    public int trancheCount() {
        return buffer.getInt(offset + WalletBlock.TRANCHE_COUNT);
    }

    /** {@return whether a tranche counts at an instant; 0 is the one that is spent first} */
    public boolean countsAt(final int tranche, final long epochMs) {
        final long expiresAtMs = expiresAtMs(tranche);
        return startsAtMs(tranche) <= epochMs && (expiresAtMs == 0 || epochMs < expiresAtMs);
    }

    /** {@return what the ledger has left of a tranche, fixed point} */
    public long remaining(final int tranche) {
        return buffer.getLong(tranche(tranche));
    }

    /** {@return milliseconds since 1970; 0 = at once} */
    public long startsAtMs(final int tranche) {
        return buffer.getLong(tranche(tranche) + WalletBlock.STARTS_AT_MS);
    }

    /** {@return milliseconds since 1970; 0 = never} */
    public long expiresAtMs(final int tranche) {
        return buffer.getLong(tranche(tranche) + WalletBlock.EXPIRES_AT_MS);
    }

    /** {@return how many thresholds} */
    public int thresholdCount() {
        return buffer.getInt(offset + WalletBlock.THRESHOLD_COUNT);
    }

    /** {@return balance below which a threshold warns, fixed point} */
    public long thresholdBelow(final int threshold) {
        return buffer.getLong(threshold(threshold));
    }

    /** {@return {@link io.tollgate.core.Severity#code()} of a threshold} */
    public int thresholdSeverityCode(final int threshold) {
        return buffer.getInt(threshold(threshold) + WalletBlock.SEVERITY);
    }

    /** {@return its id; allocates} */
    public String id() {
        return text(threshold(thresholdCount()), buffer.getInt(offset + WalletBlock.ID_LENGTH));
    }

    /** {@return id of a tranche; allocates} */
    public String trancheId(final int tranche) {
        final int at = tranche(tranche);
        return text(
                offset + buffer.getInt(at + WalletBlock.TRANCHE_ID_AT),
                buffer.getInt(at + WalletBlock.TRANCHE_ID_LENGTH));
    }

    private int tranche(final int index) {
        return offset + WalletBlock.HEAD + index * WalletBlock.TRANCHE;
    }

    private int step(final int index) {
        return tranche(trancheCount()) + index * WalletBlock.STEP;
    }

    private int threshold(final int index) {
        return step(buffer.getInt(offset + WalletBlock.STEP_COUNT)) + index * WalletBlock.THRESHOLD;
    }

    private String text(final int at, final int length) {
        final byte[] utf8 = new byte[length];
        buffer.getBytes(at, utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
