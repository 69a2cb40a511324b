/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import static io.tollgate.core.engine.CreditWorld.NOW_MS;
import static io.tollgate.core.engine.CreditWorld.book;
import static io.tollgate.core.engine.CreditWorld.prepaid;
import static io.tollgate.core.engine.CreditWorld.priced;
import static io.tollgate.core.engine.CreditWorld.settled;
import static io.tollgate.core.engine.CreditWorld.tranche;
import static io.tollgate.core.engine.CreditWorld.wallet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.tollgate.core.world.def.Period;
import io.tollgate.core.world.def.PriceDef;
import io.tollgate.core.world.def.TrancheDef;
import io.tollgate.core.world.def.WalletDef;
import io.tollgate.core.world.def.WalletStatus;
import io.tollgate.core.world.def.WalletType;
import io.tollgate.core.world.def.WindowDef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which wallet pays, and which of its tranches. */
class CreditPayerTest extends CreditTestBase {
    @Test
    void shouldDenyWhenNobodyHasAWalletOfAPricedCurrency() {
        activate(priced());
        assertEquals("DENY CREDIT_EXHAUSTED", consume(1));
        assertEquals("There is no wallet to pay from.", message);
        assertNull(cost);
        activate(priced().with(wallet("e", "eur", WalletType.PRE_PAID, WalletStatus.ACTIVE, tranche("t", 9))));
        assertEquals("DENY CREDIT_EXHAUSTED", consume(1));
        assertEquals(
                "CREDIT_EXHAUSTED: no scope of the place has a wallet in a currency that there are prices in: usd",
                explain());
    }

    @Test
    void shouldLetTheNearestScopePay() {
        final CreditWorld world = priced().with(prepaid("of-org", 100));
        activate(world);
        assertEquals("of-org", payer());
        world.ofDepartment.add(prepaid("of-lab", 100));
        activate(world);
        assertEquals("of-lab", payer());
        world.ofProject.add(prepaid("of-rag", 100));
        activate(world);
        assertEquals("of-rag", payer());
        assertEquals("org:acme/project:rag", cost().walletScope().path());
    }

    @Test
    void shouldPassOverClosedWalletsAndForeignCurrenciesOnTheWayUp() {
        final CreditWorld world = priced().with(prepaid("of-org", 100));
        world.ofProject.add(wallet("closed", "usd", WalletType.PRE_PAID, WalletStatus.CLOSED, tranche("t", 9)));
        world.ofDepartment.add(wallet("eur", "eur", WalletType.PRE_PAID, WalletStatus.ACTIVE, tranche("t", 9)));
        activate(world);
        assertEquals("of-org", payer());
    }

    @Test
    void shouldNotPassOverAFrozenWalletOnTheWayUp() {
        final CreditWorld world = priced().with(prepaid("of-org", 100));
        world.ofProject.add(wallet("frozen", "usd", WalletType.PRE_PAID, WalletStatus.FROZEN, tranche("t", 9)));
        activate(world);
        assertEquals("DENY WALLET_FROZEN", consume(1));
    }

    @Test
    void shouldChooseActiveBeforeFrozenPrepaidBeforePostpaidThenById() {
        final CreditWorld world = priced();
        world.with(wallet("a-frozen", "usd", WalletType.PRE_PAID, WalletStatus.FROZEN, tranche("t", 9)));
        activate(world);
        assertEquals("DENY WALLET_FROZEN", consume(1));
        world.with(wallet("b-post", "usd", WalletType.POST_PAID, WalletStatus.ACTIVE, tranche("t", 9)));
        activate(world);
        assertEquals("b-post", payer());
        world.with(prepaid("z", 9));
        activate(world);
        assertEquals("z", payer());
        world.with(prepaid("y", 9));
        activate(world);
        assertEquals("y", payer());
    }

    @Test
    void shouldUseTheBookOfTheLowestIdThatThePayerHasAWalletFor() {
        final CreditWorld world = new CreditWorld();
        world.books.add(book("b-usd", "usd", new PriceDef(0, 2, 1, Map.of())));
        world.books.add(book("a-eur", "eur", new PriceDef(0, 3, 1, Map.of())));
        world.with(prepaid("dollars", 100));
        activate(world);
        assertEquals("dollars", payer());
        assertEquals(2, cost().amount());
        world.with(wallet("euros", "eur", WalletType.POST_PAID, WalletStatus.ACTIVE, tranche("t", 100)));
        activate(world);
        assertEquals("euros", payer(), "the book decides before the kind of wallet");
        assertEquals("eur", cost().currency());
        world.ofProject.add(prepaid("near", 100));
        activate(world);
        assertEquals("near", payer(), "and the scope before the book");
    }

    @Test
    void shouldSpendOnlyWhatCountsNow() {
        activate(priced().with(tranches(
                new TrancheDef("starts-now", 10, 10, NOW_MS, 0, null),
                new TrancheDef("starts-later", 100, 100, NOW_MS + 1, 0, null),
                new TrancheDef("ends-now", 1_000, 1_000, 0, NOW_MS, null),
                new TrancheDef("ends-soon", 10_000, 10_000, 0, NOW_MS + 1, null))));
        check(1);
        assertEquals(10_010, cost().spendable());
        fixture.clock.epochNs((NOW_MS + 1) * 1_000_000);
        check(1);
        assertEquals(110, cost().spendable(), "one began, one ended, without a new snapshot");
    }

    @Test
    void shouldSpendNoMoreThanWhatIsStillThereAtSettlement() {
        final long endMs = NOW_MS + 1_000;
        final WalletDef wallet = tranches(
                new TrancheDef("ends-before", 100, 100, 0, endMs - 1, null),
                new TrancheDef("ends-with-the-period", 7, 7, 0, endMs, null),
                new TrancheDef("never", 20, 20, 0, 0, null));
        activate(priced().with(settled(wallet, new WalletDef.Settlement(endMs, WindowDef.NONE))));
        check(1);
        assertEquals(27, cost().spendable(), "what ends with the period still pays for it");
        assertEquals("DENY CREDIT_EXHAUSTED", consume(28));
        fixture.clock.epochNs(endMs * 1_000_000);
        check(1);
        assertEquals(20, cost().spendable());
    }

    @Test
    void shouldNotSpendNowWhatOnlyComesBeforeSettlement() {
        final WalletDef wallet = tranches(
                new TrancheDef("now", 5, 5, 0, 0, null), new TrancheDef("soon", 100, 100, NOW_MS + 10, 0, null));
        activate(priced().with(settled(wallet, new WalletDef.Settlement(NOW_MS + 1_000, WindowDef.NONE))));
        check(1);
        assertEquals(5, cost().spendable());
    }

    @Test
    void shouldRollOnWithTheBillingPeriodWithoutANewSnapshot() {
        final WindowDef daily = new WindowDef(Period.DAILY, 0, 0, "");
        final long midnightMs = Math.floorDiv(NOW_MS, 86_400_000L) * 86_400_000L + 86_400_000L;
        final WalletDef wallet = tranches(
                new TrancheDef("today", 100, 100, 0, midnightMs, null),
                new TrancheDef("until-noon", 50, 50, 0, midnightMs + 43_200_000L, null),
                new TrancheDef("never", 20, 20, 0, 0, null));
        activate(priced().with(settled(wallet, new WalletDef.Settlement(0, daily))));
        check(1);
        assertEquals(170, cost().spendable());
        fixture.clock.epochNs(midnightMs * 1_000_000);
        fixture.refreshPeriods();
        fixture.confirmAll();
        check(1);
        assertEquals(20, cost().spendable(), "the next period ends after noon");
    }

    @Test
    void shouldPayOutOfTheTranchesOfSettlementInTheirOrder() {
        activate(priced().with(tranches(
                new TrancheDef("none", 100, 100, 0, 0, null),
                new TrancheDef("second", 30, 30, 0, 0, 2),
                new TrancheDef("first", 20, 15, 0, 0, 1))));
        consume(10);
        assertEquals("first=10", shares());
        check(6);
        assertEquals("first=5 second=1", shares());
        consume(45);
        assertEquals("first=5 second=30 none=10", shares());
        check(91);
        assertEquals("none=90", shares(), "what the tranches cannot cover is no share");
    }

    @Test
    void shouldTakePendingUsageOutOfTheFirstTranches() {
        activate(priced().with(CreditWorld.pending(
                tranches(new TrancheDef("b", 30, 30, 0, 0, 2), new TrancheDef("a", 20, 20, 0, 0, 1)), 25)));
        check(5);
        assertEquals("b=5", shares());
    }

    @Test
    void shouldSumTheSharesBeyondTheEighthUpInTheEighth() {
        final List<TrancheDef> many = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            many.add(new TrancheDef("t" + (char) ('a' + i), 1, 1, 0, 0, i));
        }
        activate(priced().with(tranches(many.toArray(new TrancheDef[0]))));
        check(11);
        assertEquals("ta=1 tb=1 tc=1 td=1 te=1 tf=1 tg=1 th=4", shares());
    }

    @Test
    void shouldKeepWhatWasSpentAcrossSnapshots() {
        final CreditWorld world = priced().with(prepaid("w", 100));
        activate(world);
        consume(70);
        world.ofOrganization.clear();
        world.with(tranches("w", tranche("all", 100), tranche("top-up", 50)));
        activate(world);
        check(1);
        assertEquals(80, cost().spendable());
        assertEquals(70, used("w"));
    }

    private String payer() {
        check(1);
        return cost().walletId();
    }

    private static WalletDef tranches(final TrancheDef... tranches) {
        return tranches("w", tranches);
    }

    private static WalletDef tranches(final String id, final TrancheDef... tranches) {
        return wallet(id, "usd", WalletType.PRE_PAID, WalletStatus.ACTIVE, tranches);
    }
}
