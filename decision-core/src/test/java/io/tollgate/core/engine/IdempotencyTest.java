/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.DecideMode;
import io.tollgate.core.Outcome;
import io.tollgate.core.Reason;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.Field;
import io.tollgate.core.reservation.EndResult;
import io.tollgate.core.reservation.IdempotencyDesk;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdempotencyTest {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long DAY_NS = 86_400 * SECOND_NS;

    @TempDir
    Path directory;

    private final DecisionRequest request = new DecisionRequest();
    private final Decision decision = new Decision();
    private EngineFixture fixture;
    private DecisionWorker worker;
    private DecisionWorker other;

    @BeforeEach
    void start() {
        fixture = new EngineFixture(directory, 2);
        worker = fixture.engine.newWorker();
        other = fixture.engine.newWorker();
        HoldingWorld.activate(fixture, 1);
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void shouldGiveTheFirstAnswerAgainAndTakeOnce() {
        ask("k", 100);
        assertFalse(decision.isRepeated());
        final long high = decision.reservationHigh();
        final long low = decision.reservationLow();
        final byte[] bytes = {1, 2, 3, 4, 5, 6, 7, 8, 9};
        assertTrue(worker.wantsAnswer());
        worker.keepAnswer(bytes, bytes.length);
        fixture.clock.epochNs(HoldingWorld.NOW_NS + SECOND_NS);
        askBy(other, "k", 100);
        assertTrue(decision.isRepeated());
        assertEquals(Outcome.ALLOW, decision.outcome());
        assertEquals(100, decision.granted(request, 0));
        assertTrue(decision.hasReservation());
        assertEquals(high, decision.reservationHigh());
        assertEquals(low, decision.reservationLow());
        assertArrayEquals(bytes, Arrays.copyOf(other.firstAnswer(), other.firstAnswerLength()));
        assertEquals(1, fixture.engine.reservations().reserved());
    }

    @Test
    void shouldKeepWhatTheDecisionKnowsWhenNobodyGivesBytes() {
        ask("k", 8_000, true);
        assertEquals(6_000, decision.granted(request, 0));
        ask("k", 8_000, true);
        assertTrue(decision.isRepeated());
        assertEquals(6_000, decision.granted(request, 0));
        assertEquals(0, worker.firstAnswerLength());
    }

    @Test
    void shouldDenyTheSameKeyWithOtherParameters() {
        ask("k", 100);
        ask("k", 101);
        assertEquals(Reason.IDEMPOTENCY_MISMATCH, decision.reason());
        begin(worker);
        worker.decide(question("k", 0).set(Field.ACTION, "look"), decision);
        assertEquals(Reason.IDEMPOTENCY_MISMATCH, decision.reason());
        begin(worker);
        worker.decide(question("k", 100).reservationTtlNs(3 * SECOND_NS), decision);
        assertEquals(Reason.IDEMPOTENCY_MISMATCH, decision.reason());
        ask("k2", 101);
        assertFalse(decision.isRepeated(), "another key");
    }

    @Test
    void shouldNotMindWhatOnlySaysHowItIsAnswered() {
        ask("k", 100);
        begin(worker);
        worker.decide(question("k", 100).set(Field.CORRELATION_ID, "c-9").maxStalenessNs(50 * SECOND_NS), decision);
        assertTrue(decision.isRepeated());
    }

    @Test
    void shouldIgnoreTheKeyOfACheck() {
        begin(worker);
        worker.decide(question("k", 100).mode(DecideMode.CHECK), decision);
        ask("k", 200);
        assertEquals(Outcome.ALLOW, decision.outcome());
        begin(worker);
        worker.decide(question("k", 100).mode(DecideMode.CHECK), decision);
        assertFalse(decision.isRepeated());
        assertEquals(Outcome.ALLOW, decision.outcome());
    }

    @Test
    void shouldDecideADenyAnew() {
        ask("k", 7_000);
        assertEquals(Reason.RATE_LIMITED, decision.reason());
        ask("k", 50);
        assertEquals(Outcome.ALLOW, decision.outcome(), "a deny leaves no trace of its parameters");
        assertEquals(1, fixture.engine.reservations().keys());
    }

    @Test
    void shouldSayTryAgainWhileTheFirstIsInProgress() {
        ask("k", 100);
        // the first has not been concluded: its turn goes on
        askBy(other, "k", 100);
        assertEquals(Reason.OVERLOADED, decision.reason());
        assertEquals(Fault.KEY_IN_PROGRESS, decision.fault());
        worker.end();
        askBy(other, "k", 100);
        assertTrue(decision.isRepeated());
    }

    @Test
    void shouldRememberForADay() {
        ask("k", 100);
        worker.release(decision.reservationHigh(), decision.reservationLow(), new EndResult());
        later(DAY_NS - SECOND_NS);
        ask("k", 100);
        assertTrue(decision.isRepeated());
        later(DAY_NS);
        ask("k", 100);
        assertEquals(Outcome.ALLOW, decision.outcome());
        assertFalse(decision.isRepeated());
    }

    @Test
    void shouldRememberLongerThanADayWhileTheReservationIs() {
        begin(worker);
        worker.decide(question("k", 100).reservationTtlNs(DAY_NS), decision);
        final long high = decision.reservationHigh();
        final long low = decision.reservationLow();
        later(DAY_NS + DAY_NS / 2);
        begin(worker);
        worker.decide(question("k", 100).reservationTtlNs(DAY_NS), decision);
        assertTrue(decision.isRepeated());
        worker.release(high, low, new EndResult());
        later(DAY_NS + DAY_NS / 2 + 599 * SECOND_NS);
        begin(worker);
        worker.decide(question("k", 100).reservationTtlNs(DAY_NS), decision);
        assertTrue(decision.isRepeated());
        later(DAY_NS + DAY_NS / 2 + 600 * SECOND_NS);
        begin(worker);
        worker.decide(question("k", 100).reservationTtlNs(DAY_NS), decision);
        assertFalse(decision.isRepeated());
    }

    @Test
    void shouldExtendOnceForOneKeyAlsoWhenTheReservationHasEnded() {
        ask("", 100);
        final long high = decision.reservationHigh();
        final long low = decision.reservationLow();
        extend(high, low, "e", 50);
        assertEquals(Outcome.ALLOW, decision.outcome());
        extend(high, low, "e", 50);
        assertTrue(decision.isRepeated());
        extend(high, low, "e", 51);
        assertEquals(Reason.IDEMPOTENCY_MISMATCH, decision.reason());
        worker.settle(high, low, request.reset().addUsage(150, "token"), new EndResult());
        extend(high, low, "e", 50);
        assertTrue(decision.isRepeated());
        assertEquals(high, decision.reservationHigh());
        extend(high, low, "f", 50);
        assertEquals(Problem.RESERVATION_NOT_OPEN, decision.problem());
    }

    @Test
    void shouldForgetTheKeyOfAnExtendWithItsReservation() {
        ask("", 100);
        final long high = decision.reservationHigh();
        final long low = decision.reservationLow();
        extend(high, low, "e", 50);
        worker.settle(high, low, request.reset().addUsage(150, "token"), new EndResult());
        fixture.clock.epochNs(HoldingWorld.NOW_NS + 601 * SECOND_NS);
        extend(high, low, "e", 50);
        assertFalse(decision.isRepeated());
        assertEquals(Reason.INVALID_REQUEST, decision.reason());
    }

    @Test
    void shouldDenyWhenThereIsNoRoomForAKeyAndForgetNothing() {
        ask("first", 1);
        int made = 0;
        do {
            begin(worker);
            worker.decide(question("k" + made++, 0).set(Field.ACTION, "look"), decision);
        } while (decision.outcome() == Outcome.ALLOW && made < 100_000);
        assertEquals(Reason.OVERLOADED, decision.reason());
        assertTrue(made > 1_000, () -> "room for few");
        ask("first", 1);
        assertTrue(decision.isRepeated());
        begin(worker);
        worker.decide(question("k7", 0).set(Field.ACTION, "look"), decision);
        assertTrue(decision.isRepeated());
    }

    @Test
    void shouldKeepAnAnswerOfAnyAllowedLength() {
        for (final int length : new int[] {0, 1, 7, 8, 9, 223, 224, 225, IdempotencyDesk.MAX_ANSWER_BYTES}) {
            final byte[] bytes = new byte[length];
            Arrays.fill(bytes, (byte) length);
            ask("k" + length, 1);
            worker.release(decision.reservationHigh(), decision.reservationLow(), new EndResult());
            worker.keepAnswer(bytes, length);
            ask("k" + length, 1);
            assertArrayEquals(bytes, Arrays.copyOf(worker.firstAnswer(), worker.firstAnswerLength()));
        }
    }

    private DecisionRequest question(final String key, final long tokens) {
        return HoldingWorld.ask(request, DecideMode.RESERVE, tokens)
                .reservationTtlNs(30 * SECOND_NS)
                .set(Field.IDEMPOTENCY_KEY, key);
    }

    private void ask(final String key, final long tokens) {
        askBy(worker, key, tokens);
    }

    private void ask(final String key, final long tokens, final boolean partial) {
        begin(worker);
        worker.decide(question(key, tokens).allowPartial(partial), decision);
    }

    private void askBy(final DecisionWorker by, final String key, final long tokens) {
        begin(by);
        by.decide(question(key, tokens), decision);
    }

    private void extend(final long high, final long low, final String key, final long tokens) {
        begin(worker);
        worker.extend(high, low, request.reset().addUsage(tokens, "token").set(Field.IDEMPOTENCY_KEY, key), decision);
    }

    private static void begin(final DecisionWorker by) {
        by.end();
        by.begin();
    }

    private void later(final long sinceStartNs) {
        fixture.clock.epochNs(HoldingWorld.NOW_NS + sinceStartNs);
        fixture.confirmAll();
        fixture.refreshPeriods();
        fixture.sweep();
    }
}
