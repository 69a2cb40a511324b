/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tollgate.core.DecideMode;
import io.tollgate.core.Enforcement;
import io.tollgate.core.Reason;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The model itself, by examples worked out by hand: gauges and section 7. */
class ReferenceReservationTest {
    private static final long HOUR_MS = 3_600_000;

    /** A world in which chat costs nothing to speak of. */
    private static HandWorld world() {
        return new HandWorld()
                .ceiling(HandWorld.TOKENS, 100, Enforcement.HARD)
                .price(HandWorld.TOKENS, 0, 1, Map.of())
                .wallet("org:acme", true);
    }

    private static ReferenceRequest.Options ttl(final long ms, final String key) {
        return new ReferenceRequest.Options(false, ms, key);
    }

    @Test
    void shouldHoldAGaugeUntilItEnds() {
        final HandWorld world = world().ceiling(HandWorld.RUNNING, 1, Enforcement.HARD);
        assertEquals(Reason.INVALID_REQUEST, world.chat(DecideMode.CONSUME, 1).reason());
        assertEquals(Reason.OK, world.chat(DecideMode.RESERVE, 10).reason());
        final ReferenceAnswer second = world.chat(DecideMode.RESERVE, 10);
        assertEquals(Reason.CONCURRENCY_EXHAUSTED, second.reason());
        assertEquals(0, second.retryAfterNs());
        assertEquals(false, second.retryNever());
        assertEquals(ReferenceReservations.Ending.SETTLED, world.settle("r1", 10));
        assertEquals(Reason.OK, world.chat(DecideMode.RESERVE, 10).reason());
    }

    @Test
    void shouldGiveBackWhatWasNotUsed() {
        final HandWorld world = world();
        world.chat(DecideMode.RESERVE, 60);
        assertEquals(60, world.used());
        assertEquals(ReferenceReservations.Ending.SETTLED, world.settle("r0", 45));
        assertEquals(45, world.used());
        // the same call again, or another, changes nothing
        assertEquals(ReferenceReservations.Ending.SETTLED, world.settle("r0", 99));
        assertEquals(ReferenceReservations.Ending.SETTLED, world.release("r0"));
        assertEquals(45, world.used());
    }

    @Test
    void shouldChargeAnOverrunAsDebt() {
        final HandWorld world = world();
        world.chat(DecideMode.RESERVE, 60);
        assertEquals(ReferenceReservations.Ending.OVERRUN, world.settle("r0", 130));
        assertEquals(130, world.used());
    }

    @Test
    void shouldGiveBackToThePeriodItCameFrom() {
        final HandWorld world = world();
        world.ask("chat", DecideMode.RESERVE, 60, "token", ttl(2 * HOUR_MS, ""));
        world.later(HOUR_MS).ask("look", DecideMode.CONSUME, 7, "token", ReferenceRequest.Options.NONE);
        world.settle("r0", 10);
        assertEquals(7, world.used());
        // an excess goes to the period now, when its own is over
        world.ask("chat", DecideMode.RESERVE, 20, "token", ttl(2 * HOUR_MS, ""));
        world.later(HOUR_MS);
        assertEquals(ReferenceReservations.Ending.OVERRUN, world.settle("r3", 25));
        assertEquals(5, world.used());
    }

    @Test
    void shouldReturnSoftHoldsAtTheTtlAndHardOnesAtTheTombstone() {
        final HandWorld hard = world();
        hard.ask("chat", DecideMode.RESERVE, 60, "token", ttl(10_000, ""));
        hard.later(10_000);
        assertEquals(60, hard.used());
        hard.later(99_999);
        assertEquals(60, hard.used());
        hard.later(1);
        assertEquals(0, hard.used());
        // late, and only once
        assertEquals(ReferenceReservations.Ending.EXPIRED, hard.settle("r0", 8));
        assertEquals(ReferenceReservations.Ending.EXPIRED, hard.settle("r0", 8));
        assertEquals(8, hard.used());

        final HandWorld soft = new HandWorld()
                .ceiling(HandWorld.TOKENS, 100, Enforcement.SOFT)
                .price(HandWorld.TOKENS, 0, 1, Map.of())
                .wallet("org:acme", true);
        soft.ask("chat", DecideMode.RESERVE, 60, "token", ttl(10_000, ""));
        assertEquals(60, soft.later(9_999).used());
        assertEquals(0, soft.later(1).used());
        assertEquals(Reason.INVALID_REQUEST, soft.extend("r0", 1, 0).reason());
        assertEquals(ReferenceReservations.Ending.SETTLED, soft.settle("r0", 9));
        assertEquals(9, soft.used());
    }

    @Test
    void shouldExtendWithoutChargingConstantsAgain() {
        final HandWorld world = world().ceiling(HandWorld.RUNNING, 1, Enforcement.HARD);
        world.chat(DecideMode.RESERVE, 60);
        assertEquals(Reason.OK, world.extend("r0", 30, 120_000).reason());
        assertEquals(90, world.used());
        assertEquals(Reason.QUOTA_EXHAUSTED, world.extend("r0", 11, 0).reason());
        world.later(119_999);
        assertEquals(ReferenceReservations.Ending.SETTLED, world.settle("r0", 75));
        assertEquals(75, world.used());
    }

    @Test
    void shouldForgetEndedReservationsAfterTenMinutes() {
        final HandWorld world = world();
        world.chat(DecideMode.RESERVE, 60);
        assertEquals(ReferenceReservations.Ending.RELEASED, world.release("r0"));
        assertEquals(0, world.used());
        world.later(599_999);
        assertEquals(ReferenceReservations.Ending.RELEASED, world.settle("r0", 5));
        world.later(1);
        assertEquals(ReferenceReservations.Ending.UNKNOWN, world.settle("r0", 5));
        assertEquals(0, world.used());
    }

    @Test
    void shouldAnswerARepeatedKeyAsAtFirst() {
        final HandWorld world = world();
        final ReferenceAnswer first = world.ask("look", DecideMode.CONSUME, 60, "token", ttl(0, "k"));
        assertEquals(first, world.ask("look", DecideMode.CONSUME, 60, "token", ttl(0, "k")));
        assertEquals(60, world.used());
        assertEquals(
                Reason.IDEMPOTENCY_MISMATCH,
                world.ask("look", DecideMode.CONSUME, 61, "token", ttl(0, "k")).reason());
        // a deny is not remembered
        assertEquals(
                Reason.QUOTA_EXHAUSTED,
                world.ask("look", DecideMode.CONSUME, 50, "token", ttl(0, "n")).reason());
        world.later(HOUR_MS);
        assertEquals(
                Reason.OK,
                world.ask("look", DecideMode.CONSUME, 50, "token", ttl(0, "n")).reason());
    }

    @Test
    void shouldKeepWhatARateGaveBackByTime() {
        final HandWorld world = new HandWorld()
                .price(HandWorld.TOKENS, 0, 1, Map.of())
                .wallet("org:acme", true)
                .ceiling(HandWorld.TPM, 60, Enforcement.HARD);
        world.chat(DecideMode.RESERVE, 60);
        world.later(20_000);
        // time gave 20 back, the other 40 come with the release
        assertEquals(ReferenceReservations.Ending.RELEASED, world.release("r0"));
        assertEquals(Reason.OK, world.chat(DecideMode.RESERVE, 60).reason());
        world.later(90_000);
        assertEquals(Reason.OK, world.chat(DecideMode.RESERVE, 60).reason());
        // all of it came back by time before: nothing of the new one is given away
        world.release("r1");
        assertEquals(Reason.RATE_LIMITED, world.chat(DecideMode.RESERVE, 1).reason());
    }

    @Test
    void shouldChargeWhatWasUsedAndNotReserved() {
        final HandWorld world = new HandWorld()
                .ceiling(HandWorld.TOKENS, 100, Enforcement.HARD)
                .price(HandWorld.TOKENS, 1, 1, Map.of())
                .price(HandWorld.RUNNING, 0, 1, Map.of())
                .wallet("org:acme", false);
        world.ask("chat", DecideMode.RESERVE);
        assertEquals(ReferenceReservations.Ending.OVERRUN, world.settle("r0", 30));
        assertEquals(30, world.used());
        final ReferenceAnswer.Cost cost = world.chat(DecideMode.CHECK, 1).cost();
        assertEquals(-30, cost == null ? 0 : cost.spendable());
    }
}
