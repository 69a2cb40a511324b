/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import static io.tollgate.core.engine.CreditWorld.NOW_MS;
import static io.tollgate.core.engine.CreditWorld.book;
import static io.tollgate.core.engine.CreditWorld.pending;
import static io.tollgate.core.engine.CreditWorld.prepaid;
import static io.tollgate.core.engine.CreditWorld.priced;
import static io.tollgate.core.engine.CreditWorld.tranche;
import static io.tollgate.core.engine.CreditWorld.wallet;
import static io.tollgate.core.engine.CreditWorld.warning;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.DecideMode;
import io.tollgate.core.Plane;
import io.tollgate.core.Severity;
import io.tollgate.core.request.AttributeGroup;
import io.tollgate.core.world.def.PriceDef;
import io.tollgate.core.world.def.WalletStatus;
import io.tollgate.core.world.def.WalletThresholdDef;
import io.tollgate.core.world.def.WalletType;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What stage CREDIT answers: costs, spendable, warnings, denies. */
class CreditDecisionTest extends CreditTestBase {
    private static final int TOKENS = CreditWorld.TOKENS;
    private static final int REQUESTS = CreditWorld.REQUESTS;

    @Test
    void shouldLetTheLastCreditBeSpentAndNotOneMore() {
        activate(priced().with(prepaid("w", 100)));
        assertEquals("DENY CREDIT_EXHAUSTED", consume(101));
        assertEquals("Estimated to cost 1.01 USD, 1.00 USD is left.", message);
        assertEquals(101, cost().amount());
        assertEquals(100, cost().spendable());
        assertEquals("ALLOW OK", consume(100));
        assertEquals(0, cost().spendable());
        assertEquals("DENY CREDIT_EXHAUSTED", consume(1));
        assertFalse(decision.retryStated());
        assertEquals(100, used("w"));
    }

    @Test
    void shouldPreviewTheCostOnCheckAndTakeNothing() {
        activate(priced().with(prepaid("w", 1_000)));
        assertEquals("ALLOW OK", check(384));
        assertEquals("Allowed, estimated to cost 3.84 USD.", message);
        assertEquals(1_000, cost().spendable(), "as found");
        assertEquals(2, cost().scale());
        assertEquals(7, cost().priceVersion());
        assertEquals("w", cost().walletId());
        assertEquals("org:acme", cost().walletScope().path());
        assertEquals(0, used("w"));
        assertEquals("ALLOW OK", consume(384));
        assertEquals(616, cost().spendable(), "as left");
    }

    @Test
    void shouldNotLookAtCreditWhereTheOperationIsNotGated() {
        activate(new CreditWorld());
        assertEquals("ALLOW OK", ask(DecideMode.CONSUME, "list", 0));
        assertNull(cost);
        assertEquals("Allowed.", message);
    }

    @Test
    void shouldSumUpAllPricedDimensionsEachRoundedUp() {
        final CreditWorld world = new CreditWorld().with(prepaid("w", 100));
        world.books.add(
                book("list", "usd", new PriceDef(TOKENS, 1, 1_000, Map.of()), new PriceDef(REQUESTS, 5, 2, Map.of())));
        activate(world);
        assertEquals("ALLOW OK", consume(1_001));
        assertEquals(2 + 3, cost().amount());
    }

    @Test
    void shouldLeaveOutDimensionsThatTheBookHasNoPriceOf() {
        activate(priced().with(prepaid("w", 100)));
        consume(10);
        assertEquals(10, cost().amount(), "requests are not priced");
        assertEquals("DENY PRICE_UNKNOWN", ask(DecideMode.CONSUME, "ping", 0), "nothing that it charges is");
        assertNull(cost);
        assertEquals("There is no price for this.", message);
    }

    @Test
    void shouldDenyWhenNoPriceMatchesAndSayWhatWasLookedAt() {
        final CreditWorld world = new CreditWorld().with(prepaid("w", 100));
        world.books.add(book(
                "list",
                "usd",
                new PriceDef(TOKENS, 1, 1, Map.of("resource.model", "large")),
                new PriceDef(TOKENS, 1, 1, Map.of("place.tier", "gold"))));
        activate(world);
        fill(DecideMode.CONSUME, "invoke", 10);
        request.attributes().text(AttributeGroup.RESOURCE, "model", "tiny");
        assertEquals("DENY PRICE_UNKNOWN", decide());
        assertEquals(
                "PRICE_UNKNOWN: wallet 'w' of org:acme (PRE_PAID) pays; no price of price book 'list' version 7 for llm.tokens"
                        + " matches: place.tier is not stated, resource.model is 'tiny'",
                explain());
        request.attributes().text(AttributeGroup.RESOURCE, "model", "large");
        assertEquals("ALLOW OK", decide(), "of an attribute that is stated twice the last counts");
    }

    @Test
    void shouldPriceByWhatTheDirectorySaysBeforeWhatTheCallerStates() {
        final CreditWorld world = new CreditWorld().with(prepaid("w", 1_000));
        world.books.add(book(
                "list",
                "usd",
                new PriceDef(TOKENS, 10, 1, Map.of()),
                new PriceDef(TOKENS, 1, 1, Map.of("place.tier", "gold"))));
        world.projectTier = "silver";
        activate(world);
        fill(DecideMode.CHECK, "invoke", 10);
        request.attributes().text(AttributeGroup.REQUEST, "size", "gold");
        assertEquals("DENY INVALID_REQUEST", decide());
        assertNull(cost);
        world.projectTier = "gold";
        activate(world);
        assertEquals("ALLOW OK", check(10));
        assertEquals(10, cost().amount());
        world.projectTier = "silver";
        activate(world);
        check(10);
        assertEquals(100, cost().amount());
    }

    @Test
    void shouldDenyACostBeyond64BitsAndNotShowIt() {
        final CreditWorld world = new CreditWorld().with(prepaid("w", Long.MAX_VALUE));
        world.books.add(
                book("list", "usd", new PriceDef(TOKENS, 4, 1, Map.of()), new PriceDef(REQUESTS, 1, 1, Map.of())));
        activate(world);
        assertEquals("DENY CREDIT_EXHAUSTED", check(Long.MAX_VALUE / 4 + 1));
        assertNull(cost);
        assertEquals("The cost is too large to be paid.", message);
        assertEquals("DENY CREDIT_EXHAUSTED", check(Long.MAX_VALUE), "the product is beyond 64 bits");
        assertNull(cost);
        assertEquals("ALLOW OK", check(Long.MAX_VALUE / 4), "the sum is just below 2^63");
        assertEquals(Long.MAX_VALUE - 2, cost().amount());
    }

    @Test
    void shouldDenyWithAFrozenWalletAndShowTheCost() {
        activate(priced().with(wallet("w", "usd", WalletType.PRE_PAID, WalletStatus.FROZEN, tranche("t", 100))));
        assertEquals("DENY WALLET_FROZEN", consume(1));
        assertEquals("The wallet that pays is frozen; estimated to cost 0.01 USD.", message);
        assertEquals(1, cost().amount());
        assertEquals(0, used("w"));
        assertTrue(explain().contains("which is FROZEN"), explain());
    }

    @Test
    void shouldDenyWithANegativeBalanceAndReportIt() {
        activate(priced().with(pending(prepaid("w", 100), 130)));
        assertEquals("DENY CREDIT_EXHAUSTED", consume(1));
        assertEquals(-30, cost().spendable());
        assertEquals("Estimated to cost 0.01 USD, 0.00 USD is left.", message);
    }

    @Test
    void shouldDenyWhenFarMoreIsPendingThanCanBeCountedWith() {
        activate(priced().with(pending(prepaid("w", 0), Long.MAX_VALUE)));
        assertEquals("DENY CREDIT_EXHAUSTED", consume(1));
        assertEquals(-Long.MAX_VALUE, cost().spendable());
    }

    @Test
    void shouldSubtractPendingLedgerUsage() {
        activate(priced().with(pending(prepaid("w", 100), 60)));
        assertEquals("DENY CREDIT_EXHAUSTED", consume(41));
        assertEquals("ALLOW OK", consume(40));
    }

    @Test
    void shouldOnlyWarnWhenPaidAfterwards() {
        activate(priced().with(wallet("w", "usd", WalletType.POST_PAID, WalletStatus.ACTIVE, tranche("t", 100))));
        assertEquals("ALLOW OK", consume(100));
        assertEquals("WARN CREDIT_LOW CREDIT_LOW/WARNING", consume(1));
        assertEquals(
                "Allowed, estimated to cost 0.01 USD with a warning: the balance of wallet 'w' is low: overdrawn by 0.01 USD.",
                message);
        assertEquals(-1, cost().spendable());
        assertEquals(101, used("w"), "counted all the same");
        assertEquals("", shares(), "no tranche pays what is paid afterwards");
    }

    @Test
    void shouldCostNothingAndTakeNothingAndStillWarn() {
        final CreditWorld world = new CreditWorld()
                .with(warning(pending(prepaid("w", 100), 150), new WalletThresholdDef(10, Severity.INFO)));
        world.books.add(book("list", "usd", new PriceDef(TOKENS, 0, 1, Map.of())));
        activate(world);
        assertEquals("ALLOW OK CREDIT_LOW/INFO", consume(5));
        assertEquals(0, cost().amount());
        assertEquals(-50, cost().spendable());
        assertEquals("", shares());
        assertEquals(0, used("w"));
    }

    @Test
    void shouldWarnOnceWithTheSeverestThresholdThatTheBalanceFallsBelow() {
        activate(priced().with(warning(
                prepaid("w", 100),
                new WalletThresholdDef(50, Severity.INFO),
                new WalletThresholdDef(20, Severity.WARNING),
                new WalletThresholdDef(5, Severity.CRITICAL))));
        assertEquals("ALLOW OK", check(50), "50 is not below 50");
        assertEquals("ALLOW OK CREDIT_LOW/INFO", check(51));
        assertEquals("ALLOW OK CREDIT_LOW/INFO", consume(51));
        assertEquals("ALLOW OK CREDIT_LOW/INFO", consume(29));
        assertEquals("ALLOW OK CREDIT_LOW/WARNING", consume(1));
        assertEquals("ALLOW OK CREDIT_LOW/WARNING", check(14));
        assertEquals("ALLOW OK CREDIT_LOW/CRITICAL", check(15));
        assertEquals("Allowed, estimated to cost 0.15 USD.", message, "thresholds leave the outcome ALLOW");
        assertEquals("DENY CREDIT_EXHAUSTED", check(20), "a deny carries no warnings");
    }

    @Test
    void shouldPriceWhatAPartialGrantGrants() {
        final CreditWorld world = priced().with(prepaid("w", 100));
        world.tokenLimit = 60;
        activate(world);
        fill(DecideMode.CONSUME, "invoke", 500);
        request.allowPartial(true);
        assertEquals("ALLOW OK", decide());
        assertEquals(60, cost().amount());
        assertEquals(60, used("w"));
    }

    @Test
    void shouldNotCutByCredit() {
        final CreditWorld world = priced().with(prepaid("w", 50));
        world.tokenLimit = 60;
        activate(world);
        fill(DecideMode.CONSUME, "invoke", 500);
        request.allowPartial(true);
        assertEquals("DENY CREDIT_EXHAUSTED", decide());
        assertEquals(60, cost().amount(), "the cost of what the ceilings leave");
        assertEquals(0, used("w"));
        assertEquals("ALLOW OK", consume(50), "the deny took nothing from the ceiling either");
    }

    @Test
    void shouldNotShowACostWhenAnEarlierStageDenies() {
        final CreditWorld world = priced().with(prepaid("w", 1));
        world.tokenLimit = 10;
        activate(world);
        assertEquals("DENY QUOTA_EXHAUSTED", consume(11));
        assertNull(cost);
        assertTrue(explain().startsWith("CREDIT_EXHAUSTED: estimated to cost 0.11 USD"), explain());
        assertNull(new DecisionViews().cost(decision));
    }

    @Test
    void shouldTakeFromCeilingsOnlyWhenTheWalletPays() {
        final CreditWorld world = priced().with(prepaid("w", 10));
        world.tokenLimit = 20;
        activate(world);
        assertEquals("DENY CREDIT_EXHAUSTED", consume(11));
        assertEquals(-1, decision.ceilings().binding());
        assertEquals("ALLOW OK", consume(10));
        assertEquals("DENY CREDIT_EXHAUSTED", consume(10));
        assertEquals("DENY QUOTA_EXHAUSTED", consume(11));
    }

    @Test
    void shouldFailClosedWhenTheCreditDataIsStale() {
        activate(priced().with(prepaid("w", 100)));
        final Map<Plane, Long> ages = new EnumMap<>(Plane.class);
        for (final Plane plane : Plane.values()) {
            ages.put(plane, plane == Plane.CREDIT ? 60_001L : 0L);
        }
        fixture.ages(ages);
        assertEquals("DENY SNAPSHOT_STALE", consume(1));
        assertEquals("ALLOW OK", ask(DecideMode.CONSUME, "list", 0));
    }

    @Test
    void shouldTellOperatorsAllThatWasLookedAt() {
        activate(priced().with(pending(prepaid("w", 1_000), 50)));
        consume(100);
        check(384);
        assertEquals(
                "OK: estimated to cost 3.84 USD by price book 'list' version 7: 384 llm.tokens at 0.01 USD per 1 (for all);"
                        + " wallet 'w' of org:acme (PRE_PAID) pays: 10.00 USD count now, 10.00 USD at settlement ("
                        + java.time.Instant.ofEpochMilli(NOW_MS)
                        + "), less 0.50 USD pending and 1.00 USD held or used here; 8.50 USD can be spent, from 'all' 3.84 USD",
                explain());
    }
}
