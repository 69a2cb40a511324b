/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.jcstress;

import io.tollgate.core.quota.Cells;
import io.tollgate.core.quota.InFlight;
import io.tollgate.core.quota.TakePlan;
import io.tollgate.core.quota.Taker;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.reservation.EndOutcome;
import io.tollgate.core.reservation.EndResult;
import io.tollgate.core.reservation.ReservationDesk;
import io.tollgate.core.reservation.ReservationStore;
import io.tollgate.core.reservation.ReservationWriter;
import java.nio.charset.StandardCharsets;

/** A reservation of 10 of a counter and one of a gauge, and two workers who want to end it. */
class OneReservation {
    /** 2026-11-20T00:00:00Z. */
    static final long NOW_NS = 1_795_132_800_000_000_000L;

    static final long NOW_MS = NOW_NS / 1_000_000;
    static final long TTL_MS = 6_000;
    /** 72 s later: past the tombstone deadline, and within the 10 minutes that an end is remembered. */
    static final long PAST_TOMBSTONE_NS = NOW_NS + 12 * TTL_MS * 1_000_000;

    private static final long COUNTER = Cells.ref(1);
    private static final long GAUGE = Cells.ref(2);
    private static final long ORDINAL = 9;
    private static final byte[] UNIT = "token".getBytes(StandardCharsets.UTF_8);
    private static final int BLOCKS = 16;
    /** Only read. */
    private static final DecisionRequest FACTS = new DecisionRequest().reset();

    static final DecisionRequest FOUR = new DecisionRequest().reset().addUsage(4, "token");
    static final DecisionRequest THIRTEEN = new DecisionRequest().reset().addUsage(13, "token");

    private final ReservationStore store = ReservationStore.tiny(BLOCKS, 1);

    final Cells cells = Cells.inMemory(2);
    final InFlight inFlight = new InFlight(2);
    final ReservationDesk first;
    final ReservationDesk second;
    final EndResult firstResult = new EndResult();
    final EndResult secondResult = new EndResult();
    final long high;
    final long low;

    OneReservation() {
        final Taker taker = new Taker(cells, inFlight, 0);
        first = store.newDesk(taker, cells);
        second = store.newDesk(new Taker(cells, inFlight, 1), cells);
        final ReservationWriter writer = first.writer();
        if (!writer.ensure(ReservationWriter.blocks(2, 2, 1, UNIT.length, 1, FACTS.factWords()))) {
            throw new IllegalStateException("the store is full");
        }
        final TakePlan plan = new TakePlan(2);
        plan.begin(NOW_NS);
        plan.addPeriod(COUNTER, Long.MAX_VALUE, 10, ORDINAL, Long.MAX_VALUE, TakePlan.HARD);
        plan.addGauge(GAUGE, 1, 1, TakePlan.HARD);
        taker.take(plan);
        writer.beginEntries();
        writer.entry(plan, 0, ReservationWriter.CEILING, 0, 0);
        writer.entry(plan, 1, ReservationWriter.CEILING, 1, 0);
        writer.beginPart(0, 2, 1, 1, 1, NOW_MS);
        writer.charge(11, false, 0, 10, 0, 0);
        writer.charge(12, true, 1, 1, 0, 0);
        writer.unit(UNIT, 0, UNIT.length, 10);
        writer.term(0, 0, 1);
        FACTS.writeFacts(writer.facts());
        writer.publish(writer.endPart(), NOW_MS, TTL_MS, NOW_MS + TTL_MS, 1, 0, 0);
        high = writer.high();
        low = writer.low();
    }

    int settle(final ReservationDesk desk, final DecisionRequest actual, final long epochNs, final EndResult result) {
        return code(desk.settle(high, low, actual, epochNs, null, result));
    }

    int release(final ReservationDesk desk, final long epochNs, final EndResult result) {
        return code(desk.release(high, low, epochNs, null, result));
    }

    /** 9 for BUSY. */
    private static int code(final EndOutcome outcome) {
        return outcome == EndOutcome.BUSY ? 9 : outcome.code();
    }

    /** What both counters hold, as one number: 100 for each of the gauge. */
    int counted() {
        return (int) (cells.readUsed(COUNTER, ORDINAL) + 100 * cells.readGauge(GAUGE));
    }
}
