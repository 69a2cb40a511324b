/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.credit;

import io.tollgate.core.world.def.DefinitionException;
import io.tollgate.core.world.def.TrancheDef;
import io.tollgate.core.world.def.WalletDef;
import io.tollgate.core.world.def.WalletThresholdDef;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A wallet as bytes in a mapped file, beside the row of its scope; blocks of one scope lie one after the other. Starts at a multiple of 8;
 * numbers are in the byte order of the machine. Nothing of a wallet is on the heap: {@value #HEAD} bytes, {@value #TRANCHE} for each
 * tranche, {@value #STEP} for each instant at which the balance changes, {@value #THRESHOLD} for each threshold, and the ids; 32 more
 * for its cell. The balance is laid down as steps, so that a decision does not walk over five years of monthly grants.
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------------------------------------------------------+
 *  0|  cell that counts what is spent                               |
 *   |                                                               |
 *  8|  pending: ledger usage not taken from the tranches, money     |
 *   |                                                               |
 * 16|  end of the billing period, epoch ms; 0 = unknown             |
 *   |                                                               |
 *   +---------------+---------------+-------------------------------+
 * 24|     type      |    status     |  currency                     |
 *   +---------------+---------------+-------------------------------+
 * 28|  billing window, -1 = none                                    |
 * 32|  length of the block, bytes                                   |
 * 36|  tranches                                                     |
 * 40|  thresholds                                                   |
 * 44|  bytes of the id                                              |
 * 48|  steps                                                        |
 * 52|  reserved                                                     |
 *   +---------------------------------------------------------------+    then the tranches, first what is spent first:
 * +0|  remaining, money                                             |
 *   |                                                               |
 * +8|  start, epoch ms; 0 = at once                                 |
 *   |                                                               |
 *+16|  end, epoch ms; 0 = never                                     |
 *   |                                                               |
 *+24|  where its id is, from the start of the block                 |
 *+28|  bytes of its id                                              |
 *   +---------------------------------------------------------------+    then the steps, by instant:
 * +0|  from here on, epoch ms; of the first: ever                   |
 *   |                                                               |
 * +8|  the tranches that count have so much together, money         |
 *   |                                                               |
 *   +---------------------------------------------------------------+    then the thresholds:
 * +0|  below, money                                                 |
 *   |                                                               |
 * +8|  severity                                                     |
 *+12|  reserved                                                     |
 *   +---------------------------------------------------------------+    then UTF-8: id, ids of the tranches
 * </pre>
 */
public final class WalletBlock {
    /** Most tranches of a wallet. */
    public static final int MAX_TRANCHES = 10_000;

    static final int CELL = 0;
    static final int PENDING = 8;
    static final int PERIOD_END_MS = 16;
    static final int TYPE = 24;
    static final int STATUS = 25;
    static final int CURRENCY = 26;
    static final int WINDOW = 28;
    static final int LENGTH = 32;
    static final int TRANCHE_COUNT = 36;
    static final int THRESHOLD_COUNT = 40;
    static final int ID_LENGTH = 44;
    static final int STEP_COUNT = 48;
    static final int HEAD = 56;

    static final int TRANCHE = 32;
    static final int STARTS_AT_MS = 8;
    static final int EXPIRES_AT_MS = 16;
    static final int TRANCHE_ID_AT = 24;
    static final int TRANCHE_ID_LENGTH = 28;

    static final int STEP = 16;
    static final int STEP_BALANCE = 8;

    static final int THRESHOLD = 16;
    static final int SEVERITY = 8;

    /** Ids of granted tranches are made of three names. */
    private static final int MAX_ID_BYTES = 1_024;

    private final WalletDef def;
    private final List<TrancheDef> tranches;
    private final byte[] id;
    private final List<byte[]> trancheIds = new ArrayList<>();
    private final NavigableMap<Long, Long> steps;
    private final int length;

    /**
     * Checks a wallet.
     *
     * @throws DefinitionException naming what makes no sense
     */
    public WalletBlock(final WalletDef def) {
        this.def = def;
        final String where = "wallet '" + def.id() + "'";
        id = utf8(where, def.id());
        if (def.pending() < 0 || def.tranches().size() > MAX_TRANCHES) {
            throw new DefinitionException(where + ": pending " + def.pending() + ", "
                    + def.tranches().size() + " tranches; pending is at least 0, tranches at most " + MAX_TRANCHES);
        }
        tranches = def.tranches().stream()
                .sorted(TrancheOrder.of(def.trancheOrder()))
                .toList();
        int bytes = HEAD + id.length;
        final Set<String> seen = new HashSet<>();
        for (final TrancheDef tranche : tranches) {
            if (tranche.remaining() < 0 || !seen.add(tranche.id())) {
                throw new DefinitionException(where + ", tranche '" + tranche.id() + "': remaining "
                        + tranche.remaining() + "; must be 0 or more, and its id unique in the wallet");
            }
            trancheIds.add(utf8(where, tranche.id()));
            bytes += trancheIds.get(trancheIds.size() - 1).length;
        }
        steps = steps(tranches);
        length = bytes + tables() + Long.BYTES - 1 & -Long.BYTES;
    }

    private int tables() {
        return tranches.size() * TRANCHE
                + steps.size() * STEP
                + def.thresholds().size() * THRESHOLD;
    }

    /** {@return the balance by the instant from which on it holds, at most Long.MAX_VALUE} */
    private static NavigableMap<Long, Long> steps(final List<TrancheDef> tranches) {
        final NavigableMap<Long, BigInteger> changes = new TreeMap<>();
        changes.put(Long.MIN_VALUE, BigInteger.ZERO);
        for (final TrancheDef tranche : tranches) {
            final boolean ends = tranche.expiresAtMs() != 0;
            if (tranche.remaining() > 0 && (!ends || tranche.startsAtMs() < tranche.expiresAtMs())) {
                final BigInteger remaining = BigInteger.valueOf(tranche.remaining());
                changes.merge(tranche.startsAtMs(), remaining, BigInteger::add);
                if (ends) {
                    changes.merge(tranche.expiresAtMs(), remaining.negate(), BigInteger::add);
                }
            }
        }
        final NavigableMap<Long, Long> steps = new TreeMap<>();
        BigInteger balance = BigInteger.ZERO;
        for (final Map.Entry<Long, BigInteger> change : changes.entrySet()) {
            balance = balance.add(change.getValue());
            steps.put(
                    change.getKey(),
                    balance.min(BigInteger.valueOf(Long.MAX_VALUE)).longValueExact());
        }
        return steps;
    }

    private static byte[] utf8(final String where, final String text) {
        final byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        if (utf8.length == 0 || utf8.length > MAX_ID_BYTES) {
            throw new DefinitionException(
                    where + ": id '" + text + "' has " + utf8.length + " bytes; 1 to " + MAX_ID_BYTES + " are kept");
        }
        return utf8;
    }

    /** {@return bytes of the block, a multiple of 8} */
    public int length() {
        return length;
    }

    /** {@return the wallet} */
    public WalletDef def() {
        return def;
    }

    /**
     * Lays the wallet down.
     *
     * @param buffer   takes {@link #length()} bytes
     * @param at       where, a multiple of 8
     * @param cell     counts what is spent
     * @param currency number of its currency in the world's directory
     * @param window   number of its billing window in the world's directory, -1 = none
     */
    public void write(final UnsafeBuffer buffer, final int at, final long cell, final int currency, final int window) {
        buffer.putLong(at + CELL, cell);
        buffer.putLong(at + PENDING, def.pending());
        buffer.putLong(at + PERIOD_END_MS, def.settlement().periodEndMs());
        buffer.putByte(at + TYPE, (byte) def.type().code());
        buffer.putByte(at + STATUS, (byte) def.status().code());
        buffer.putShort(at + CURRENCY, (short) currency);
        buffer.putInt(at + WINDOW, window);
        buffer.putInt(at + LENGTH, length);
        buffer.putInt(at + TRANCHE_COUNT, tranches.size());
        buffer.putInt(at + THRESHOLD_COUNT, def.thresholds().size());
        buffer.putInt(at + ID_LENGTH, id.length);
        buffer.putInt(at + STEP_COUNT, steps.size());
        int entry = at + HEAD;
        int text = HEAD + tables();
        buffer.putBytes(at + text, id);
        text += id.length;
        for (int i = 0; i < tranches.size(); i++) {
            final TrancheDef tranche = tranches.get(i);
            final byte[] trancheId = trancheIds.get(i);
            buffer.putLong(entry, tranche.remaining());
            buffer.putLong(entry + STARTS_AT_MS, tranche.startsAtMs());
            buffer.putLong(entry + EXPIRES_AT_MS, tranche.expiresAtMs());
            buffer.putInt(entry + TRANCHE_ID_AT, text);
            buffer.putInt(entry + TRANCHE_ID_LENGTH, trancheId.length);
            buffer.putBytes(at + text, trancheId);
            text += trancheId.length;
            entry += TRANCHE;
        }
        for (final Map.Entry<Long, Long> step : steps.entrySet()) {
            buffer.putLong(entry, step.getKey());
            buffer.putLong(entry + STEP_BALANCE, step.getValue());
            entry += STEP;
        }
        for (final WalletThresholdDef threshold : def.thresholds()) {
            buffer.putLong(entry, threshold.below());
            buffer.putInt(entry + SEVERITY, threshold.severity().code());
            entry += THRESHOLD;
        }
    }
}
