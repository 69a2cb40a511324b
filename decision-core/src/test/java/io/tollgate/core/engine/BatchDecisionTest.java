/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import static io.tollgate.core.engine.CapacityWorld.own;
import static io.tollgate.core.engine.CapacityWorld.shared;
import static io.tollgate.core.engine.CapacityWorld.used;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.tollgate.core.BatchMode;
import io.tollgate.core.DecideMode;
import io.tollgate.core.Outcome;
import io.tollgate.core.Plane;
import io.tollgate.core.Reason;
import io.tollgate.core.Stage;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.Field;
import io.tollgate.core.reservation.EndOutcome;
import io.tollgate.core.reservation.EndResult;
import io.tollgate.core.world.def.PoolDef;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Semantics, section 8, sentence by sentence. */
class BatchDecisionTest extends CapacityTestBase {
    private static final PoolDef SHARED = shared("shared", 10);

    private final List<DecisionRequest> requests = new ArrayList<>();
    private final UserMessages messages = new UserMessages();
    private final List<String> texts = new ArrayList<>();

    private BatchDecisionTest with(final DecideMode mode, final long gpus) {
        requests.add(fill(new DecisionRequest(), mode, gpus));
        return this;
    }

    private String cumulative() {
        return decide(BatchMode.CUMULATIVE);
    }

    private String atomic() {
        return decide(BatchMode.ATOMIC);
    }

    private String decide(final BatchMode mode) {
        texts.clear();
        final List<String> answers = new ArrayList<>();
        worker.begin();
        final DecisionBatch batch = worker.batch();
        batch.begin(mode);
        requests.forEach(batch::add);
        batch.commit();
        for (final DecisionRequest each : requests) {
            batch.answer(each, decision);
            answers.add(
                    decision.outcome() == Outcome.ALLOW
                            ? "ALLOW"
                            : decision.reason().name());
            texts.add(messages.of(each, decision));
        }
        batch.end();
        worker.end();
        requests.clear();
        return String.join(" ", answers);
    }

    private CapacityWorld world(final long launches) {
        final CapacityWorld world = new CapacityWorld().with(SHARED);
        world.hourLimit = launches;
        return world;
    }

    private long launched() {
        fill(request, DecideMode.CHECK, 1);
        worker.begin();
        worker.decide(request, decision);
        final long used = decision.ceilings().used(0);
        worker.end();
        return used;
    }

    @Test
    void shouldJudgeEachAsIfThoseBeforeItThatWereAllowedHadBeenTaken() {
        activate(world(9));
        with(DecideMode.CHECK, 4)
                .with(DecideMode.CONSUME, 6)
                .with(DecideMode.RESERVE, 4)
                .with(DecideMode.CHECK, 2);
        // 4; 4 + 6 > 9 counts nothing; 4 + 4; 8 + 2 > 9
        assertEquals("ALLOW QUOTA_EXHAUSTED ALLOW QUOTA_EXHAUSTED", cumulative());
    }

    @Test
    void shouldTakeNothingInACumulativeBatch() {
        activate(world(9));
        assertEquals(
                "ALLOW ALLOW",
                with(DecideMode.CONSUME, 4).with(DecideMode.RESERVE, 4).cumulative());
        assertEquals(0, launched());
        assertEquals(0, used(fixture, SHARED));
        assertEquals(0, fixture.engine.reservations().reserved());
    }

    @Test
    void shouldTakeAllOfAnAtomicBatchInOneStep() {
        activate(world(9));
        assertEquals(
                "ALLOW ALLOW ALLOW",
                with(DecideMode.CONSUME, 4)
                        .with(DecideMode.CONSUME, 3)
                        .with(DecideMode.CONSUME, 2)
                        .atomic());
        assertEquals(9, launched());
        assertEquals(9, used(fixture, SHARED));
    }

    @Test
    void shouldTakeNothingWhenOneOfAnAtomicBatchIsDenied() {
        activate(world(9));
        assertEquals(
                "BATCH_DENIED QUOTA_EXHAUSTED BATCH_DENIED",
                with(DecideMode.CONSUME, 4)
                        .with(DecideMode.CONSUME, 6)
                        .with(DecideMode.CONSUME, 2)
                        .atomic());
        assertEquals("Another request of the atomic batch was denied, so nothing was taken.", texts.get(0));
        assertEquals(0, launched());
        assertEquals(0, used(fixture, SHARED));
    }

    @Test
    void shouldTellWhatOthersOfADeniedBatchMayKnow() {
        activate(world(9));
        with(DecideMode.CONSUME, 4).with(DecideMode.CONSUME, 6).atomic();
        worker.begin();
        final DecisionBatch batch = worker.batch();
        batch.begin(BatchMode.ATOMIC);
        final DecisionRequest one = fill(new DecisionRequest(), DecideMode.CONSUME, 4);
        final DecisionRequest two = fill(new DecisionRequest(), DecideMode.CONSUME, 6);
        batch.add(one);
        batch.add(two);
        batch.commit();
        batch.answer(one, decision);
        assertEquals(Stage.COMMIT, decision.stage());
        assertEquals(0, decision.ceilings().size());
        assertEquals(0, decision.capacity().size());
        assertEquals(0, decision.matchedRuleCount());
        assertFalse(decision.retryStated());
        batch.answer(two, decision);
        assertEquals(Stage.QUOTA, decision.stage());
        assertEquals(4, decision.ceilings().used(0), "as if the one before it had been taken");
        batch.end();
        worker.end();
    }

    @Test
    void shouldUsePoolsAsIfThoseBeforeHadBeenServed() {
        activate(new CapacityWorld().with(own("own", "org:acme", 5), shared("shared", 5)));
        assertEquals(
                "ALLOW CAPACITY_UNAVAILABLE ALLOW CAPACITY_UNAVAILABLE",
                with(DecideMode.CHECK, 4)
                        .with(DecideMode.CHECK, 6)
                        .with(DecideMode.CHECK, 4)
                        .with(DecideMode.CHECK, 4)
                        .cumulative());
        assertEquals(
                "ALLOW ALLOW ALLOW",
                with(DecideMode.CONSUME, 4)
                        .with(DecideMode.CONSUME, 4)
                        .with(DecideMode.CONSUME, 1)
                        .atomic());
        assertEquals(5, used(fixture, own("own", "org:acme", 5)));
        assertEquals(4, used(fixture, shared("shared", 5)));
    }

    @Test
    void shouldShowCountersAsLeftByThoseBeforeAndByTheRequestItself() {
        activate(world(9));
        worker.begin();
        final DecisionBatch batch = worker.batch();
        final DecisionRequest one = fill(new DecisionRequest(), DecideMode.CONSUME, 4);
        final DecisionRequest two = fill(new DecisionRequest(), DecideMode.CONSUME, 3);
        batch.begin(BatchMode.ATOMIC);
        batch.add(one);
        batch.add(two);
        batch.commit();
        batch.answer(one, decision);
        assertEquals(4, decision.ceilings().used(0));
        assertEquals(4, decision.capacity().used(0));
        batch.answer(two, decision);
        assertEquals(7, decision.ceilings().used(0));
        assertEquals(7, decision.capacity().used(0));
        batch.end();
        worker.end();
    }

    @Test
    void shouldDenyWhatABatchCannotHave() {
        activate(world(9));
        requests.add(fill(new DecisionRequest(), DecideMode.CONSUME, 1).allowPartial(true));
        requests.add(fill(new DecisionRequest(), DecideMode.CONSUME, 1).set(Field.IDEMPOTENCY_KEY, "k"));
        with(DecideMode.CHECK, 1);
        assertEquals("INVALID_REQUEST INVALID_REQUEST ALLOW", cumulative());
        with(DecideMode.CHECK, 1).with(DecideMode.CONSUME, 1);
        assertEquals("INVALID_REQUEST BATCH_DENIED", atomic());
        assertTrue(texts.get(0).contains("CONSUME or RESERVE"), texts.get(0));
    }

    @Test
    void shouldCountNothingForWhatEarlierStagesDeny() {
        activate(world(9));
        with(DecideMode.CHECK, 9);
        requests.get(0).set(Field.PROJECT, "nowhere");
        with(DecideMode.CHECK, 9);
        assertEquals("UNKNOWN_SCOPE ALLOW", cumulative());
        with(DecideMode.CONSUME, 1);
        requests.get(0).set(Field.PROJECT, "nowhere");
        with(DecideMode.CONSUME, 9);
        assertEquals("UNKNOWN_SCOPE BATCH_DENIED", atomic());
        assertEquals(0, launched());
    }

    @Test
    void shouldMakeAReservationOfEachRequestOfAnAtomicBatch() {
        activate(world(9));
        worker.begin();
        final DecisionBatch batch = worker.batch();
        final List<DecisionRequest> several = List.of(
                fill(new DecisionRequest(), DecideMode.RESERVE, 4),
                fill(new DecisionRequest(), DecideMode.CONSUME, 2),
                fill(new DecisionRequest(), DecideMode.RESERVE, 3));
        batch.begin(BatchMode.ATOMIC);
        several.forEach(batch::add);
        batch.commit();
        final long[][] ids = new long[3][];
        for (int i = 0; i < 3; i++) {
            batch.answer(several.get(i), decision);
            assertEquals(Outcome.ALLOW, decision.outcome());
            assertEquals(i != 1, decision.hasReservation());
            ids[i] = decision.hasReservation()
                    ? new long[] {decision.reservationHigh(), decision.reservationLow()}
                    : new long[2];
        }
        batch.end();
        assertNotEquals(ids[0][1], ids[2][1]);
        assertEquals(2, fixture.engine.reservations().reserved());
        assertEquals(9, used(fixture, SHARED));
        final EndResult result = new EndResult();
        assertEquals(EndOutcome.RELEASED, worker.release(ids[0][0], ids[0][1], result));
        assertEquals(5, used(fixture, SHARED));
        assertEquals(EndOutcome.RELEASED, worker.release(ids[2][0], ids[2][1], result));
        worker.end();
        assertEquals(2, used(fixture, SHARED));
        assertEquals(2, launched());
    }

    @Test
    void shouldRecordNoReservationOfADeniedBatch() {
        activate(world(9));
        assertEquals(
                "BATCH_DENIED QUOTA_EXHAUSTED",
                with(DecideMode.RESERVE, 4).with(DecideMode.RESERVE, 6).atomic());
        assertEquals(0, fixture.engine.reservations().reserved());
    }

    @Test
    void shouldDenyAllOfABatchThatIsTooLarge() {
        activate(world(Long.MAX_VALUE - 1));
        for (int i = 0; i < DecisionBatch.MAX_REQUESTS; i++) {
            with(DecideMode.CHECK, 0 + 1);
        }
        final String most = cumulative();
        assertEquals(10, most.split("ALLOW", -1).length - 1, "the pool holds ten");
        for (int i = 0; i <= DecisionBatch.MAX_REQUESTS; i++) {
            with(DecideMode.CONSUME, 1);
        }
        assertEquals(DecisionBatch.MAX_REQUESTS + 1, atomic().split("OVERLOADED", -1).length - 1);
        assertEquals(0, used(fixture, SHARED));
    }

    @Test
    void shouldDenyAllOfABatchWithMoreEntriesThanFitOneStep() {
        final CapacityWorld world = new CapacityWorld();
        for (int i = 0; i < 20; i++) {
            world.with(shared("p" + i, 1_000));
        }
        activate(world);
        for (int i = 0; i < 819; i++) { // 16,380 entries
            with(DecideMode.CONSUME, 1);
        }
        assertEquals(819, atomic().split("ALLOW", -1).length - 1);
        for (int i = 0; i < 820; i++) {
            with(DecideMode.CONSUME, 1);
        }
        assertEquals(820, atomic().split("OVERLOADED", -1).length - 1);
        assertEquals(819, used(fixture, shared("p0", 1_000)));
        // and the plan is as good as new
        assertEquals("ALLOW", with(DecideMode.CONSUME, 1).atomic());
    }

    @Test
    void shouldRestOnOneInstant() {
        activate(world(9));
        worker.begin();
        final DecisionBatch batch = worker.batch();
        final DecisionRequest one = fill(new DecisionRequest(), DecideMode.CONSUME, 4);
        batch.begin(BatchMode.ATOMIC);
        batch.add(one);
        batch.commit();
        fixture.clock.epochNs(fixture.clock.monotonicNs() + 3_600_000_000_000L);
        fixture.freshness.expire(Plane.CAPACITY);
        batch.answer(one, decision);
        assertEquals(Outcome.ALLOW, decision.outcome(), "what was taken is not denied afterwards");
        assertEquals(CapacityWorld.NOW_MS, decision.nowEpochMs());
        batch.end();
        worker.end();
        assertEquals("DENY SNAPSHOT_STALE", launch(1));
    }

    @Test
    void shouldDenyWithoutASnapshot() {
        assertEquals(
                "SNAPSHOT_MISSING SNAPSHOT_MISSING",
                with(DecideMode.CONSUME, 1).with(DecideMode.CONSUME, 1).atomic());
    }

    @Test
    void shouldAllocateNothing() {
        final CapacityWorld world = new CapacityWorld().with(own("own", "org:acme", 1_000), shared("shared", 50_000));
        world.hourLimit = 60_000;
        activate(world);
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final DecisionRequest[] several = new DecisionRequest[8];
        for (int i = 0; i < several.length; i++) {
            several[i] = fill(new DecisionRequest(), i == 3 ? DecideMode.RESERVE : DecideMode.CONSUME, i + 1);
        }
        long least = Long.MAX_VALUE;
        int taken = 0;
        for (int round = 0; round < 3_000; round++) {
            final long before =
                    threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            worker.begin();
            final DecisionBatch batch = worker.batch();
            batch.begin(round % 2 == 0 ? BatchMode.ATOMIC : BatchMode.CUMULATIVE);
            for (final DecisionRequest each : several) {
                batch.add(each);
            }
            batch.commit();
            for (final DecisionRequest each : several) {
                batch.answer(each, decision);
                taken += decision.reason() == Reason.OK ? 1 : 0;
            }
            batch.end();
            worker.end();
            final long bytes =
                    threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
            least = round < 2_000 ? least : Math.min(least, bytes);
        }
        assertTrue(taken > 8_000, taken + " taken");
        assertEquals(0, least);
    }

    @Test
    void shouldBeExactBesideSingleTakes() throws Exception {
        final long limit = 30_000;
        final DecisionWorker other = fixture.engine.newWorker();
        for (int round = 0; round < 10; round++) {
            final PoolDef pool = shared("pool" + round, limit);
            activate(new CapacityWorld().with(pool));
            final AtomicLong taken = new AtomicLong();
            final AtomicLong wrong = new AtomicLong();
            final CyclicBarrier start = new CyclicBarrier(2);
            final Thread batches = new Thread(() -> launchBatches(worker, start, taken, wrong));
            final Thread singles = new Thread(() -> launchSingles(other, start, taken, wrong));
            batches.start();
            singles.start();
            batches.join();
            singles.join();
            assertEquals(0, wrong.get(), "wrong answers in round " + round);
            assertEquals(limit, taken.get());
            assertEquals(limit, used(fixture, pool));
        }
    }

    /** Batches of three; a deny is wrong while there is room for all three. */
    private void launchBatches(
            final DecisionWorker each, final CyclicBarrier start, final AtomicLong taken, final AtomicLong wrong) {
        final Decision answer = new Decision();
        final DecisionRequest one = fill(new DecisionRequest(), DecideMode.CONSUME, 1);
        await(start);
        Reason reason;
        do {
            each.begin();
            final DecisionBatch batch = each.batch();
            batch.begin(BatchMode.ATOMIC);
            for (int i = 0; i < 3; i++) {
                batch.add(one);
            }
            batch.commit();
            int allowed = 0;
            reason = Reason.OK;
            for (int i = 0; i < 3; i++) {
                batch.answer(one, answer);
                allowed += answer.outcome() == Outcome.ALLOW ? 1 : 0;
                reason = answer.reason() == Reason.OK || answer.reason() == Reason.BATCH_DENIED
                        ? reason
                        : answer.reason();
                if (answer.reason() == Reason.CAPACITY_UNAVAILABLE
                        && answer.capacity().used(0) < 30_000) {
                    wrong.incrementAndGet();
                }
            }
            batch.end();
            each.end();
            taken.addAndGet(allowed);
            wrong.addAndGet(allowed % 3);
        } while (reason == Reason.OK || reason == Reason.OVERLOADED);
        wrong.addAndGet(reason == Reason.CAPACITY_UNAVAILABLE ? 0 : 1);
    }

    private void launchSingles(
            final DecisionWorker each, final CyclicBarrier start, final AtomicLong taken, final AtomicLong wrong) {
        final Decision answer = new Decision();
        final DecisionRequest one = fill(new DecisionRequest(), DecideMode.CONSUME, 1);
        await(start);
        Reason reason;
        do {
            each.begin();
            each.decide(one, answer);
            reason = answer.reason();
            taken.addAndGet(reason == Reason.OK ? 1 : 0);
            if (reason == Reason.CAPACITY_UNAVAILABLE && answer.capacity().used(0) < 30_000) {
                wrong.incrementAndGet();
            }
            each.end();
        } while (reason == Reason.OK || reason == Reason.OVERLOADED);
        wrong.addAndGet(reason == Reason.CAPACITY_UNAVAILABLE ? 0 : 1);
    }

    private static void await(final CyclicBarrier start) {
        try {
            start.await();
        } catch (final Exception ex) {
            throw new AssertionError(ex);
        }
    }
}
