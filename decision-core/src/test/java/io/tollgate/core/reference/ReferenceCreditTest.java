/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.tollgate.core.DecideMode;
import io.tollgate.core.Outcome;
import io.tollgate.core.Reason;
import io.tollgate.core.world.def.AttributeValue;
import io.tollgate.core.world.def.WindowDef;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The model itself, by examples worked out by hand: section 6. */
class ReferenceCreditTest {
    private static final String ACME = "org:acme";

    private static ReferenceWallet.Tranche tranche(final String id, final long amount) {
        return new ReferenceWallet.Tranche(id, amount, amount, 0, 0, null);
    }

    @Test
    void shouldRoundEachDimensionUp() {
        final HandWorld world = new HandWorld()
                .price(HandWorld.TOKENS, 10, 3, Map.of())
                .price(HandWorld.TPM, 1, 4, Map.of())
                .wallet(ACME, true, tranche("t", 1_000));
        // ceil(5 * 10 / 3) = 17, ceil(5 / 4) = 2
        final ReferenceAnswer.Cost cost = world.chat(DecideMode.CHECK, 5).cost();
        assertNotNull(cost);
        assertEquals(19, cost.amount());
        assertEquals(1_000, cost.spendable());
        assertEquals(2, cost.scale());
        assertEquals(7, cost.priceVersion());
        assertEquals(List.of(new ReferenceAnswer.Share("t", 19)), cost.shares());
    }

    @Test
    void shouldTakeTheMostSpecificPrice() {
        final HandWorld world = new HandWorld()
                .price(HandWorld.TOKENS, 1, 1, Map.of())
                .price(HandWorld.TOKENS, 9, 1, Map.of("resource.model", "large"))
                .wallet(ACME, true, tranche("t", 1_000));
        assertEquals(4, cost(world, 4));
        world.stated = Map.of("resource.model", new AttributeValue.Text("large"));
        assertEquals(36, cost(world, 4));
    }

    private static long cost(final HandWorld world, final long tokens) {
        final ReferenceAnswer.Cost cost = world.chat(DecideMode.CHECK, tokens).cost();
        return cost == null ? -1 : cost.amount();
    }

    @Test
    void shouldDenyWhatHasNoPrice() {
        final HandWorld world = new HandWorld()
                .price(HandWorld.TOKENS, 1, 1, Map.of("resource.model", "large"))
                .wallet(ACME, true, tranche("t", 1_000));
        assertEquals(Reason.PRICE_UNKNOWN, world.chat(DecideMode.CHECK, 4).reason());
        assertEquals(
                Reason.PRICE_UNKNOWN,
                new HandWorld().wallet(ACME, true).chat(DecideMode.CHECK, 4).reason());
    }

    @Test
    void shouldSpendTheLastCreditOnce() {
        final HandWorld world =
                new HandWorld().price(HandWorld.TOKENS, 1, 1, Map.of()).wallet(ACME, true, tranche("t", 10));
        final ReferenceRequest.Options none = ReferenceRequest.Options.NONE;
        assertEquals(
                Reason.OK,
                world.ask("tell", DecideMode.CONSUME, 6, "token", none).reason());
        assertEquals(
                Reason.CREDIT_EXHAUSTED,
                world.ask("tell", DecideMode.CONSUME, 5, "token", none).reason());
        assertEquals(
                Reason.OK,
                world.ask("tell", DecideMode.CONSUME, 4, "token", none).reason());
        assertEquals(
                Reason.CREDIT_EXHAUSTED,
                world.ask("tell", DecideMode.CHECK, 1, "token", none).reason());
    }

    @Test
    void shouldCountTheSmallerView() {
        final long soon = HandWorld.T0_MS + 1_000;
        final HandWorld world = new HandWorld().price(HandWorld.TOKENS, 1, 1, Map.of());
        world.wallets.add(new ReferenceWallet(
                "w",
                ACME,
                "EUR",
                true,
                ReferenceWallet.Status.ACTIVE,
                List.of(
                        tranche("stays", 5),
                        new ReferenceWallet.Tranche("expires", 100, 100, 0, soon, null),
                        new ReferenceWallet.Tranche("comes", 100, 100, soon, 0, null)),
                List.of(),
                2,
                soon + 6,
                WindowDef.NONE,
                ReferenceWallet.FLEXPRICE));
        // now: stays + expires = 105; at settlement: stays + comes = 105; less 2 pending
        assertEquals(Reason.OK, world.chat(DecideMode.CHECK, 103).reason());
        assertEquals(Reason.CREDIT_EXHAUSTED, world.chat(DecideMode.CHECK, 104).reason());
        // shares are of what is valid at settlement: larger amount first, of which pending has spent 2
        final ReferenceAnswer.Cost cost = world.chat(DecideMode.CHECK, 101).cost();
        assertNotNull(cost);
        assertEquals(
                List.of(new ReferenceAnswer.Share("comes", 98), new ReferenceAnswer.Share("stays", 3)), cost.shares());
    }

    @Test
    void shouldOrderTranchesByPriorityExpiryAmountAndId() {
        final long far = HandWorld.T0_MS + 1_000_000;
        final HandWorld world = new HandWorld()
                .price(HandWorld.TOKENS, 1, 1, Map.of())
                .wallet(
                        ACME,
                        true,
                        new ReferenceWallet.Tranche("f", 5, 1, 0, 0, null),
                        new ReferenceWallet.Tranche("e", 5, 1, 0, 0, null),
                        new ReferenceWallet.Tranche("d", 6, 1, 0, 0, null),
                        new ReferenceWallet.Tranche("c", 1, 1, 0, far, null),
                        new ReferenceWallet.Tranche("b", 1, 1, 0, 0, 2),
                        new ReferenceWallet.Tranche("a", 1, 1, 0, 0, 1));
        final ReferenceAnswer.Cost cost = world.chat(DecideMode.CHECK, 6).cost();
        assertNotNull(cost);
        assertEquals(
                List.of("a", "b", "c", "d", "e", "f"),
                cost.shares().stream().map(ReferenceAnswer.Share::trancheId).toList());
    }

    @Test
    void shouldOnlyWarnPostPaid() {
        final HandWorld world =
                new HandWorld().price(HandWorld.TOKENS, 1, 1, Map.of()).wallet(ACME, false);
        final ReferenceAnswer answer = world.chat(DecideMode.RESERVE, 6);
        assertEquals(Outcome.WARN, answer.outcome());
        assertNotNull(answer.cost());
        assertEquals(-6, answer.cost().spendable());
        assertEquals(Reason.CREDIT_LOW, answer.reason());
    }

    @Test
    void shouldAskTheNearestPayer() {
        final HandWorld world = new HandWorld()
                .price(HandWorld.TOKENS, 1, 1, Map.of())
                .wallet(ACME, true, tranche("t", 100))
                .wallet("org:acme/project:rag", true, tranche("t", 3));
        assertEquals(Reason.CREDIT_EXHAUSTED, world.chat(DecideMode.CHECK, 4).reason());
    }

    @Test
    void shouldDenyWithoutWalletAndWithAFrozenOne() {
        final HandWorld poor = new HandWorld().price(HandWorld.TOKENS, 1, 1, Map.of());
        assertEquals(Reason.CREDIT_EXHAUSTED, poor.chat(DecideMode.CHECK, 4).reason());
        assertNull(poor.chat(DecideMode.CHECK, 4).cost());
        final HandWorld frozen = new HandWorld().price(HandWorld.TOKENS, 1, 1, Map.of());
        frozen.wallets.add(new ReferenceWallet(
                "w",
                ACME,
                "EUR",
                true,
                ReferenceWallet.Status.FROZEN,
                List.of(),
                List.of(),
                0,
                0,
                WindowDef.NONE,
                List.of()));
        assertEquals(Reason.WALLET_FROZEN, frozen.chat(DecideMode.CHECK, 4).reason());
    }
}
