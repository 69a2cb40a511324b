/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.DecideMode;
import io.tollgate.core.Outcome;
import io.tollgate.core.Reason;
import io.tollgate.core.quota.Gcra;
import io.tollgate.core.quota.PeriodTable;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.Field;
import io.tollgate.core.reservation.EndOutcome;
import io.tollgate.core.reservation.EndResult;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each sentence of the semantics of reservations, with a clock that stands until it is moved. */
class ReservationTest {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long MINUTE_NS = 60 * SECOND_NS;
    private static final long HOUR_NS = 60 * MINUTE_NS;
    private static final long TTL_NS = 30 * SECOND_NS;

    @TempDir
    Path directory;

    private final DecisionRequest request = new DecisionRequest();
    private final DecisionRequest actual = new DecisionRequest();
    private final Decision decision = new Decision();
    private final EndResult result = new EndResult();
    private EngineFixture fixture;
    private DecisionWorker worker;

    @BeforeEach
    void start() {
        fixture = new EngineFixture(directory, 1);
        worker = fixture.engine.newWorker();
        HoldingWorld.activate(fixture, 1);
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void shouldTakeFromEverythingAndNameTheReservation() {
        reserve(500);
        assertEquals(Outcome.ALLOW, decision.outcome());
        assertEquals(500, used("tokens"));
        assertEquals(500, used("soft"));
        assertEquals(1, used("calls"));
        assertEquals(1, held());
        assertEquals(500, rateUsed());
        assertTrue(decision.hasReservation());
        assertEquals((HoldingWorld.NOW_NS + TTL_NS) / 1_000_000, decision.reservationExpiresMs());
        assertEquals(1, fixture.engine.reservations().reserved());
    }

    @Test
    void shouldRoundTheExpiryUpToMilliseconds() {
        fixture.clock.epochNs(HoldingWorld.NOW_NS + 1);
        reserve(1);
        assertEquals((HoldingWorld.NOW_NS + TTL_NS) / 1_000_000 + 1, decision.reservationExpiresMs());
    }

    @Test
    void shouldRaiseAShortTtlToASecondAndRefuseMoreThanADay() {
        decideWithTtl(5_000_000);
        assertEquals(HoldingWorld.NOW_NS / 1_000_000 + 1_000, decision.reservationExpiresMs());
        decideWithTtl(24 * HOUR_NS);
        assertEquals(Outcome.ALLOW, decision.outcome());
        decideWithTtl(24 * HOUR_NS + 1);
        assertEquals(Problem.TTL_TOO_LONG, decision.problem());
    }

    @Test
    void shouldDenyWhenAsManyAreHeldAsMayBeAndAdmitAgainAfterARelease() {
        reserve(1);
        final long high = decision.reservationHigh();
        final long low = decision.reservationLow();
        reserve(1);
        reserve(1);
        reserve(1);
        assertEquals(Reason.CONCURRENCY_EXHAUSTED, decision.reason());
        assertFalse(decision.retryStated(), "nobody knows when one is released");
        assertFalse(decision.hasReservation());
        assertEquals(3, fixture.engine.reservations().reserved());
        assertEquals(EndOutcome.RELEASED, release(high, low));
        reserve(1);
        assertEquals(Outcome.ALLOW, decision.outcome());
    }

    @Test
    void shouldGiveTheRestBackWhenLessWasUsed() {
        reserve(500);
        assertEquals(EndOutcome.SETTLED, settle(120));
        assertEquals(120, used("tokens"));
        assertEquals(120, used("soft"));
        assertEquals(1, used("calls"), "the request happened");
        assertEquals(0, held(), "a gauge comes back in full");
        assertEquals(120, rateUsed());
        assertEquals(1, fixture.engine.reservations().ended());
    }

    @Test
    void shouldGiveBackOfARateOnlyWhatTimeHasNot() {
        reserve(3_000);
        final long high = decision.reservationHigh();
        final long low = decision.reservationLow();
        reserve(3_000);
        // half of the bucket has come back by itself: just what the first took
        fixture.clock.epochNs(HoldingWorld.NOW_NS + MINUTE_NS / 2);
        assertEquals(EndOutcome.SETTLED, settleId(high, low, 0));
        assertEquals(3_000, rateUsed());
        reserve(3_001);
        assertEquals(Reason.RATE_LIMITED, decision.reason());
        reserve(3_000);
        assertEquals(Outcome.WARN, decision.outcome(), "over the soft limit only");
    }

    @Test
    void shouldRecordMoreThanReservedAsDebtAndSayOverrun() {
        reserve(500);
        assertEquals(EndOutcome.OVERRUN, settle(20_000));
        assertEquals(20_000, used("tokens"));
        assertEquals(20_000, used("soft"));
        assertEquals(0, held());
        reserve(1);
        assertEquals(Outcome.DENY, decision.outcome(), "the debt denies");
        assertEquals(-10_000, decision.ceilings().remaining(1));
    }

    @Test
    void shouldAnswerARepeatedCallTheSameAndChangeNothingMore() {
        reserve(500);
        assertEquals(EndOutcome.OVERRUN, settle(700));
        assertEquals(EndOutcome.OVERRUN, settle(9));
        assertEquals(EndOutcome.OVERRUN, release(decision.reservationHigh(), decision.reservationLow()));
        assertEquals(700, used("tokens"));
        reserve(500);
        assertEquals(EndOutcome.RELEASED, release(decision.reservationHigh(), decision.reservationLow()));
        assertEquals(EndOutcome.RELEASED, settle(100));
        assertEquals(700, used("tokens"));
        assertEquals(1, used("calls"), "a released request did not happen");
    }

    @Test
    void shouldCountWhatIsNotMentionedAsNotUsed() {
        reserve(500);
        assertEquals(EndOutcome.SETTLED, end());
        assertEquals(0, used("tokens"));
        assertEquals(1, used("calls"));
    }

    @Test
    void shouldConvertUnitsAsARequestWould() {
        reserve(5_000);
        actual.addUsage(1, "kilotoken").addUsage(200, "token").addUsage(1, "kilotoken");
        assertEquals(EndOutcome.SETTLED, end());
        assertEquals(2_200, used("tokens"));
    }

    @Test
    void shouldChangeNothingForAUnitThatTheOperationDoesNotAccept() {
        reserve(500);
        actual.addUsage(3, "token").addUsage(3, "page");
        assertEquals(EndOutcome.UNIT_NOT_ACCEPTED, end());
        assertEquals(1, result.usage());
        actual.reset().addUsage(-3, "token");
        assertEquals(EndOutcome.AMOUNT_NEGATIVE, end());
        assertEquals(500, used("tokens"));
        assertEquals(EndOutcome.SETTLED, settle(500));
    }

    @Test
    void shouldReturnSoftHoldsAtTheExpiryAndHardOnesAtTheTombstone() {
        reserve(500);
        later(TTL_NS - 1_000_000);
        assertEquals(500, used("soft"));
        later(TTL_NS);
        assertEquals(0, used("soft"));
        assertEquals(500, used("tokens"));
        assertEquals(1, held());
        assertEquals(1, fixture.engine.reservations().overdue());
        later(TTL_NS + 10 * TTL_NS - 1_000_000);
        assertEquals(500, used("tokens"));
        later(TTL_NS + 10 * TTL_NS);
        assertEquals(0, used("tokens"));
        assertEquals(0, used("calls"));
        assertEquals(0, held());
        assertEquals(EndOutcome.EXPIRED, release(decision.reservationHigh(), decision.reservationLow()));
    }

    @Test
    void shouldSettleWhatIsOverdueAsIfItWereOpen() {
        reserve(500);
        later(TTL_NS + SECOND_NS);
        assertEquals(EndOutcome.SETTLED, settle(400));
        assertEquals(400, used("tokens"));
        assertEquals(400, used("soft"), "charged again: it had come back");
    }

    @Test
    void shouldRecordALateSettleOnce() {
        reserve(500);
        later(TTL_NS + 10 * TTL_NS);
        assertEquals(EndOutcome.EXPIRED, settle(300));
        assertTrue(result.recordedLate());
        assertEquals(300, used("tokens"));
        assertEquals(300, used("soft"));
        assertEquals(1, used("calls"));
        assertEquals(0, held(), "nothing runs any more");
        assertEquals(EndOutcome.EXPIRED, settle(400));
        assertTrue(result.recordedLate());
        assertEquals(300, used("tokens"));
    }

    @Test
    void shouldExpireByTheClockEvenWhenNobodySweeps() {
        reserve(500);
        fixture.clock.epochNs(HoldingWorld.NOW_NS + 11 * TTL_NS);
        assertEquals(EndOutcome.EXPIRED, release(decision.reservationHigh(), decision.reservationLow()));
        assertEquals(0, used("tokens"));
    }

    @Test
    void shouldForgetTenMinutesAfterTheEndAndNeverReachAnotherByAnOldId() {
        reserve(500);
        final long high = decision.reservationHigh();
        final long low = decision.reservationLow();
        assertEquals(EndOutcome.SETTLED, settle(500));
        later(10 * MINUTE_NS - 1_000_000);
        assertEquals(EndOutcome.RELEASED.getClass(), release(high, low).getClass());
        assertEquals(EndOutcome.SETTLED, release(high, low));
        later(10 * MINUTE_NS);
        assertEquals(EndOutcome.UNKNOWN, release(high, low));
        for (int i = 0; i < 50; i++) {
            reserve(1);
            assertNotEquals(high, decision.reservationHigh());
            release(decision.reservationHigh(), decision.reservationLow());
        }
        assertEquals(EndOutcome.UNKNOWN, release(high, low));
        assertEquals(EndOutcome.UNKNOWN, release(high, low + 1));
        assertEquals(EndOutcome.UNKNOWN, release(0, 0));
    }

    @Test
    void shouldChargeDebtToThePeriodOfNowWhenThatOfTheReservationIsOver() {
        decideWithTtl(24 * HOUR_NS);
        assertEquals(10, used("tokens"));
        later(HOUR_NS);
        assertEquals(EndOutcome.OVERRUN, settle(70));
        assertEquals(60, used("tokens"), "the excess, in the hour of now");
        assertEquals(10, usedIn("tokens", 1), "what was reserved stays in its own hour");
    }

    @Test
    void shouldNotGiveBackIntoAnotherPeriod() {
        decideWithTtl(24 * HOUR_NS);
        later(2 * HOUR_NS);
        reserve(100);
        settleId(decision.reservationHigh(), decision.reservationLow(), 100);
        assertEquals(100, used("tokens"));
    }

    @Test
    void shouldSaturateWhatCannotBeCounted() {
        reserve(500);
        actual.addUsage(Long.MAX_VALUE, "kilotoken").addUsage(Long.MAX_VALUE, "token");
        assertEquals(EndOutcome.OVERRUN, end());
        assertEquals(Long.MAX_VALUE, used("tokens"));
        reserve(1);
        assertEquals(Outcome.DENY, decision.outcome());
    }

    @Test
    void shouldReserveAndSettleWhatChargesNothing() {
        worker.end();
        worker.begin();
        worker.decide(HoldingWorld.ask(request, DecideMode.RESERVE, 0).set(Field.ACTION, "look"), decision);
        assertEquals(Outcome.ALLOW, decision.outcome());
        assertTrue(decision.hasReservation());
        actual.addUsage(3, "page");
        assertEquals(EndOutcome.SETTLED, end());
    }

    @Test
    void shouldReserveWhatWasGrantedInPart() {
        worker.end();
        worker.begin();
        worker.decide(HoldingWorld.ask(request, DecideMode.RESERVE, 8_000).allowPartial(true), decision);
        assertEquals(6_000, decision.granted(request, 0));
        assertEquals(EndOutcome.OVERRUN, settle(6_001));
        assertEquals(6_001, used("tokens"));
    }

    @Test
    void shouldAddToTheReservationAndMoveItsExpiryOnlyForward() {
        reserve(500);
        final long high = decision.reservationHigh();
        final long low = decision.reservationLow();
        fixture.clock.epochNs(HoldingWorld.NOW_NS + SECOND_NS);
        extend(high, low, 300, 0);
        assertEquals(Outcome.ALLOW, decision.outcome());
        assertEquals(800, used("tokens"));
        assertEquals(1, used("calls"), "constant charges are not charged again");
        assertEquals(1, held());
        assertEquals((HoldingWorld.NOW_NS + TTL_NS) / 1_000_000, decision.reservationExpiresMs());
        extend(high, low, 0, 10 * SECOND_NS);
        assertEquals((HoldingWorld.NOW_NS + TTL_NS) / 1_000_000, decision.reservationExpiresMs());
        extend(high, low, 0, TTL_NS);
        assertEquals((HoldingWorld.NOW_NS + SECOND_NS + TTL_NS) / 1_000_000, decision.reservationExpiresMs());
        assertEquals(EndOutcome.SETTLED, settleId(high, low, 650));
        assertEquals(650, used("tokens"));
        assertEquals(0, held());
    }

    @Test
    void shouldLeaveTheReservationAsItWasWhenAnExtensionIsDenied() {
        reserve(500);
        final long high = decision.reservationHigh();
        final long low = decision.reservationLow();
        extend(high, low, 6_000, MINUTE_NS);
        assertEquals(Reason.RATE_LIMITED, decision.reason());
        assertEquals(500, used("tokens"));
        extend(high, low, 10, 0);
        assertEquals((HoldingWorld.NOW_NS + TTL_NS) / 1_000_000, decision.reservationExpiresMs());
        assertEquals(EndOutcome.OVERRUN, settleId(high, low, 511));
        assertEquals(511, used("tokens"));
    }

    @Test
    void shouldNotExtendWhatIsOverdueOrHasEnded() {
        reserve(500);
        final long high = decision.reservationHigh();
        final long low = decision.reservationLow();
        later(TTL_NS);
        extend(high, low, 10, 0);
        assertEquals(Problem.RESERVATION_NOT_OPEN, decision.problem());
        assertEquals(Reason.INVALID_REQUEST, decision.reason());
        settleId(high, low, 500);
        extend(high, low, 10, 0);
        assertEquals(Problem.RESERVATION_NOT_OPEN, decision.problem());
        extend(1, 2, 10, 0);
        assertEquals(Problem.RESERVATION_NOT_OPEN, decision.problem());
        assertEquals(500, used("tokens"));
    }

    @Test
    void shouldDenyBeforeAnythingIsTakenWhenTheStoreIsFull() {
        int made = 0;
        do {
            worker.end();
            worker.begin();
            worker.decide(HoldingWorld.ask(request, DecideMode.RESERVE, 0).set(Field.ACTION, "look"), decision);
            made++;
        } while (decision.outcome() == Outcome.ALLOW);
        assertEquals(Reason.OVERLOADED, decision.reason());
        assertEquals(Fault.RESERVATIONS_FULL, decision.fault());
        assertTrue(made > 1_000, () -> "room for few");
        reserve(10);
        assertEquals(Fault.RESERVATIONS_FULL, decision.fault());
        assertEquals(0, used("tokens"));
        later(11 * TTL_NS);
        later(11 * TTL_NS + 10 * MINUTE_NS);
        reserve(10);
        assertEquals(Outcome.ALLOW, decision.outcome(), "forgotten ones make room");
    }

    private void reserve(final long tokens) {
        worker.end();
        worker.begin();
        worker.decide(HoldingWorld.ask(request, DecideMode.RESERVE, tokens).reservationTtlNs(TTL_NS), decision);
    }

    private void decideWithTtl(final long ttlNs) {
        worker.end();
        worker.begin();
        worker.decide(HoldingWorld.ask(request, DecideMode.RESERVE, 10).reservationTtlNs(ttlNs), decision);
    }

    private void extend(final long high, final long low, final long tokens, final long ttlNs) {
        worker.end();
        worker.begin();
        request.reset();
        if (tokens > 0) {
            request.addUsage(tokens, "token");
        }
        worker.extend(high, low, request.reservationTtlNs(ttlNs), decision);
    }

    private EndOutcome settle(final long tokens) {
        return settleId(decision.reservationHigh(), decision.reservationLow(), tokens);
    }

    private EndOutcome settleId(final long high, final long low, final long tokens) {
        return worker.settle(high, low, actual.reset().addUsage(tokens, "token"), result);
    }

    private EndOutcome end() {
        return worker.settle(decision.reservationHigh(), decision.reservationLow(), actual, result);
    }

    private EndOutcome release(final long high, final long low) {
        return worker.release(high, low, result);
    }

    /** Time since the start, then what is due then. */
    private void later(final long sinceStartNs) {
        fixture.clock.epochNs(HoldingWorld.NOW_NS + sinceStartNs);
        fixture.confirmAll();
        fixture.refreshPeriods();
        fixture.sweep();
    }

    private long used(final String ceiling) {
        return usedIn(ceiling, 0);
    }

    private long usedIn(final String ceiling, final int periodsAgo) {
        final PeriodTable periods =
                java.util.Objects.requireNonNull(fixture.worlds.current()).periods();
        final String wanted = ceiling.equals("calls") ? "DAILY" : "HOURLY";
        for (int window = 0; window < periods.size(); window++) {
            if (periods.window(window).period().name().equals(wanted)) {
                final int place = periods.locate(window, fixture.clock.wallMs());
                return fixture.cells.readUsed(fixture.cellOf("org:acme", ceiling), periods.ordinal(place) - periodsAgo);
            }
        }
        throw new AssertionError("no window " + wanted);
    }

    private long held() {
        return fixture.cells.readGauge(fixture.cellOf("org:acme", "held"));
    }

    /** Tokens missing in the bucket of 6,000 a minute: a token every 10 ms. */
    private long rateUsed() {
        final long position = fixture.cells.readPosition(fixture.cellOf("org:acme", "tpm"));
        final long now = Gcra.position(1L << 62, fixture.clock.monotonicNs());
        return Math.max(0, position - now) / 10_000_000L;
    }
}
