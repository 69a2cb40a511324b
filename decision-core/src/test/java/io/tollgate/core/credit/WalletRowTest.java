/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.credit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.Severity;
import io.tollgate.core.quota.PeriodTable;
import io.tollgate.core.world.def.DefinitionException;
import io.tollgate.core.world.def.Period;
import io.tollgate.core.world.def.TrancheDef;
import io.tollgate.core.world.def.TrancheKey;
import io.tollgate.core.world.def.WalletDef;
import io.tollgate.core.world.def.WalletStatus;
import io.tollgate.core.world.def.WalletThresholdDef;
import io.tollgate.core.world.def.WalletType;
import io.tollgate.core.world.def.WindowDef;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class WalletRowTest {
    private static final long NOW_MS = Instant.parse("2026-11-20T12:00:00Z").toEpochMilli();

    @Test
    void shouldKeepAllThatAWalletSays() {
        final WalletRow row = row(new WalletDef(
                "w-\u00FC",
                "usd",
                WalletType.POST_PAID,
                WalletStatus.FROZEN,
                List.of(new TrancheDef("t", 10, 7, 5, 9, 3)),
                List.of(),
                List.of(new WalletThresholdDef(50, Severity.INFO), new WalletThresholdDef(-5, Severity.CRITICAL)),
                11,
                WalletDef.Settlement.AT_ONCE));
        assertEquals("w-\u00FC", row.id());
        assertTrue(row.postPaid());
        assertTrue(row.frozen());
        assertFalse(row.closed());
        assertEquals(11, row.pending());
        assertEquals(640, row.cellRef());
        assertEquals(2, row.currencyId());
        assertEquals(1, row.trancheCount());
        assertEquals("t", row.trancheId(0));
        assertEquals(7, row.remaining(0));
        assertEquals(5, row.startsAtMs(0));
        assertEquals(9, row.expiresAtMs(0));
        assertEquals(2, row.thresholdCount());
        assertEquals(50, row.thresholdBelow(0));
        assertEquals(Severity.INFO.code(), row.thresholdSeverityCode(0));
        assertEquals(-5, row.thresholdBelow(1));
        assertEquals(Severity.CRITICAL.code(), row.thresholdSeverityCode(1));
    }

    @Test
    void shouldCountATrancheFromItsStartUntilRightBeforeItsEnd() {
        final WalletRow row = row(wallet(new TrancheDef("t", 10, 10, 100, 200, null)));
        assertEquals(0, row.balanceAt(99));
        assertEquals(10, row.balanceAt(100));
        assertEquals(10, row.balanceAt(199));
        assertEquals(0, row.balanceAt(200));
    }

    @Test
    void shouldSpendByPriorityThenExpiryThenLargerAmountThenId() {
        assertEquals(
                List.of("first", "soon", "late", "never-big", "never-a", "never-b", "none-soon", "none-never"),
                order(
                        List.of(),
                        new TrancheDef("none-never", 99, 1, 0, 0, null),
                        new TrancheDef("never-b", 5, 1, 0, 0, 2),
                        new TrancheDef("none-soon", 1, 1, 0, 10, null),
                        new TrancheDef("late", 1, 1, 0, 20, 2),
                        new TrancheDef("never-a", 5, 1, 0, 0, 2),
                        new TrancheDef("never-big", 6, 1, 0, 0, 2),
                        new TrancheDef("soon", 1, 1, 0, 10, 2),
                        new TrancheDef("first", 1, 1, 0, 0, -1)));
    }

    @Test
    void shouldSpendInTheOrderThatTheWalletNames() {
        final TrancheDef urgent = new TrancheDef("urgent", 1, 1, 0, 10, 9);
        final TrancheDef cheap = new TrancheDef("cheap", 5, 1, 0, 20, 1);
        assertEquals(List.of("cheap", "urgent"), order(List.of(), urgent, cheap));
        assertEquals(List.of("urgent", "cheap"), order(List.of(TrancheKey.EXPIRY_ASC_NEVER_LAST), urgent, cheap));
        assertEquals(List.of("cheap", "urgent"), order(List.of(TrancheKey.AMOUNT_DESC), urgent, cheap));
        final TrancheDef same = new TrancheDef("a", 5, 1, 0, 30, 0);
        assertEquals(
                List.of("a", "cheap"),
                order(List.of(TrancheKey.AMOUNT_DESC), cheap, same),
                "equal in what the wallet names: by id, not by what it does not name");
    }

    @Test
    void shouldCompareIdsAsUtf8() {
        assertEquals(
                List.of("\uFFFD", "\uD83D\uDE00"),
                order(
                        List.of(),
                        new TrancheDef("\uD83D\uDE00", 1, 1, 0, 0, null),
                        new TrancheDef("\uFFFD", 1, 1, 0, 0, null)));
    }

    @Test
    void shouldSettleInTheLastMillisecondOfTheKnownPeriod() {
        final WalletRow row = row(settled(new WalletDef.Settlement(NOW_MS + 1_000, WindowDef.NONE)));
        assertEquals(NOW_MS + 999, row.settlementMs(PeriodTable.EMPTY, NOW_MS));
        assertEquals(NOW_MS + 999, row.settlementMs(PeriodTable.EMPTY, NOW_MS + 999));
        assertEquals(NOW_MS + 1_000, row.settlementMs(PeriodTable.EMPTY, NOW_MS + 1_000), "it is over: at once");
    }

    @Test
    void shouldRollOnWithTheBillingWindowWhenTheKnownPeriodIsOver() {
        final WindowDef monthly = new WindowDef(Period.MONTHLY, 0, 0, "Europe/Berlin");
        final PeriodTable periods = PeriodTable.build(List.of(monthly), NOW_MS);
        final WalletRow row = row(settled(new WalletDef.Settlement(NOW_MS + 1_000, monthly)));
        assertEquals(NOW_MS + 999, row.settlementMs(periods, NOW_MS));
        final long december = Instant.parse("2026-11-30T23:00:00Z").toEpochMilli();
        assertEquals(december - 1, row.settlementMs(periods, NOW_MS + 1_000));
        assertEquals(Instant.parse("2026-12-31T23:00:00Z").toEpochMilli() - 1, row.settlementMs(periods, december));
        assertEquals(WalletRow.OUTSIDE, row.settlementMs(PeriodTable.EMPTY, NOW_MS + 1_000));
    }

    @Test
    void shouldSettleAtOnceWhenPeriodsNeverEnd() {
        final WindowDef never = new WindowDef(Period.NEVER, 0, 0, "");
        final WalletRow row = row(settled(new WalletDef.Settlement(0, never)));
        assertEquals(NOW_MS, row.settlementMs(PeriodTable.build(List.of(never), NOW_MS), NOW_MS));
    }

    @Test
    void shouldNotWrapWhenTranchesAreMoreThanCanBeCounted() {
        final WalletRow row = row(wallet(
                new TrancheDef("a", 1, Long.MAX_VALUE, 0, 0, null),
                new TrancheDef("b", 1, Long.MAX_VALUE, 0, 0, null)));
        assertEquals(Long.MAX_VALUE, row.balanceAt(0));
    }

    @Test
    void shouldHaveTheBalanceOfAPlainSumAtEveryInstant() {
        final long seed = System.nanoTime();
        final SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 300; round++) {
            final List<TrancheDef> tranches = new ArrayList<>();
            for (int i = random.nextInt(20); i > 0; i--) {
                tranches.add(new TrancheDef(
                        "t" + i, 1, random.nextLong(100), random.nextLong(30), random.nextLong(30), null));
            }
            final WalletRow row = row(wallet(tranches.toArray(new TrancheDef[0])));
            for (long at = -1; at < 32; at++) {
                final long instant = at;
                long sum = 0;
                for (final TrancheDef tranche : tranches) {
                    sum += tranche.countsAt(instant) ? tranche.remaining() : 0;
                }
                assertEquals(sum, row.balanceAt(instant), () -> tranches + " at " + instant + ", seed " + seed);
            }
        }
    }

    @Test
    void shouldRefuseWhatMakesNoSense() {
        assertThrows(DefinitionException.class, () -> new WalletBlock(wallet(new TrancheDef("a", 1, -1, 0, 0, null))));
        assertThrows(
                DefinitionException.class,
                () -> new WalletBlock(
                        wallet(new TrancheDef("a", 1, 1, 0, 0, null), new TrancheDef("a", 1, 1, 0, 0, null))));
    }

    private static List<String> order(final List<TrancheKey> keys, final TrancheDef... tranches) {
        final WalletRow row = row(new WalletDef(
                "w",
                "usd",
                WalletType.PRE_PAID,
                WalletStatus.ACTIVE,
                List.of(tranches),
                keys,
                List.of(),
                0,
                WalletDef.Settlement.AT_ONCE));
        final List<String> ids = new ArrayList<>();
        for (int i = 0; i < row.trancheCount(); i++) {
            ids.add(row.trancheId(i));
        }
        return ids;
    }

    private static WalletDef wallet(final TrancheDef... tranches) {
        return new WalletDef(
                "w",
                "usd",
                WalletType.PRE_PAID,
                WalletStatus.ACTIVE,
                List.of(tranches),
                List.of(),
                List.of(),
                0,
                WalletDef.Settlement.AT_ONCE);
    }

    private static WalletDef settled(final WalletDef.Settlement settlement) {
        return new WalletDef(
                "w", "usd", WalletType.PRE_PAID, WalletStatus.ACTIVE, List.of(), List.of(), List.of(), 0, settlement);
    }

    private static WalletRow row(final WalletDef wallet) {
        final WalletBlock block = new WalletBlock(wallet);
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[block.length() + 16]);
        block.write(buffer, 16, 640, 2, wallet.settlement().billing().equals(WindowDef.NONE) ? -1 : 0);
        return new WalletRow().wrap(buffer, 16, 16);
    }
}
