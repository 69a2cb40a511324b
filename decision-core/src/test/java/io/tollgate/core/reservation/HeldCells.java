/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reservation;

import io.tollgate.core.quota.CellKind;
import io.tollgate.core.quota.CellStore;
import io.tollgate.core.quota.Cells;
import io.tollgate.core.quota.InFlight;
import io.tollgate.core.quota.TakePlan;
import io.tollgate.core.quota.Taker;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.Field;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Counters and reservations in files, and a worker that reserves so much of a period and one of a gauge, without an engine. */
final class HeldCells implements AutoCloseable {
    static final long NOW_NS = 1_800_000_000_000_000_000L;
    static final long NOW_MS = NOW_NS / 1_000_000;
    static final long TTL_MS = 60_000;
    static final long ORDINAL = 9;
    private static final byte[] UNIT = "token".getBytes(StandardCharsets.UTF_8);
    private static final byte[] KEYS = "0123456789abcdef".getBytes(StandardCharsets.UTF_8);
    private static final int PERIOD_CHARGE = 0;
    private static final int GAUGE_CHARGE = 1;

    final CellStore cells;
    final ReservationStore store;
    final InFlight inFlight;
    final ReservationSweeper sweeper;
    final long period;
    final long soft;
    final long gauge;
    private final int workers;

    HeldCells(Path folder, int workers) throws IOException {
        this(folder, workers, 77, 1);
    }

    HeldCells(Path folder, int workers, long newCellStoreId, long bootId) throws IOException {
        this.workers = workers;
        cells = CellStore.open(folder.resolve("cells"), newCellStoreId);
        period = cells.findOrAllocate(1, 1, CellKind.PERIOD);
        soft = cells.findOrAllocate(1, 2, CellKind.PERIOD);
        gauge = cells.findOrAllocate(1, 3, CellKind.GAUGE);
        inFlight = new InFlight(workers + 1);
        try {
            store = ReservationStore.open(folder.resolve("reservations"), KEYS, cells.id(), bootId, 64);
        } catch (IOException | RuntimeException e) {
            cells.close();
            throw e;
        }
        sweeper = store.newSweeper(new Taker(cells.cells(), inFlight, workers), cells.cells());
    }

    Worker worker(int number) {
        if (number >= workers) {
            throw new IllegalArgumentException("worker " + number + " of " + workers);
        }
        return new Worker(this, number);
    }

    long used() {
        return cells.cells().readUsed(period, ORDINAL);
    }

    long softUsed() {
        return cells.cells().readUsed(soft, ORDINAL);
    }

    long held() {
        return cells.cells().readGauge(gauge);
    }

    void sweep(long sinceNowMs) {
        sweeper.sweepAll(NOW_NS + sinceNowMs * 1_000_000, null);
    }

    @Override
    public void close() throws IOException {
        store.close();
        cells.close();
    }

    /** One thread's. */
    static final class Worker {
        final ReservationDesk desk;
        final EndResult result = new EndResult();
        private final HeldCells held;
        private final Cells cells;
        private final Taker taker;
        private final TakePlan plan = new TakePlan();
        private final DecisionRequest request = new DecisionRequest();
        private final DecisionRequest actual = new DecisionRequest();
        long high;
        long low;

        Worker(HeldCells held, int number) {
            this.held = held;
            cells = held.cells.cells();
            taker = new Taker(cells, held.inFlight, number);
            desk = held.store.newDesk(taker, cells);
            request.reset().set(Field.ORGANIZATION, "acme").set(Field.ACTION, "invoke");
        }

        /** {@return whether there was room} */
        boolean reserve(long tokens) {
            ReservationWriter writer = desk.writer();
            if (!writer.ensure(ReservationWriter.blocks(3, 2, 1, UNIT.length, 1, request.factWords()))) {
                return false;
            }
            plan.begin(NOW_NS);
            plan.addPeriod(held.period, Long.MAX_VALUE, tokens, ORDINAL, Long.MAX_VALUE, TakePlan.HARD);
            plan.addPeriod(held.soft, 0, tokens, ORDINAL, Long.MAX_VALUE, TakePlan.SOFT);
            plan.addGauge(held.gauge, Long.MAX_VALUE, 1, TakePlan.HARD);
            while (taker.take(plan) != Taker.TAKEN) {
                Thread.yield();
                plan.begin(NOW_NS);
                plan.addPeriod(held.period, Long.MAX_VALUE, tokens, ORDINAL, Long.MAX_VALUE, TakePlan.HARD);
                plan.addPeriod(held.soft, 0, tokens, ORDINAL, Long.MAX_VALUE, TakePlan.SOFT);
                plan.addGauge(held.gauge, Long.MAX_VALUE, 1, TakePlan.HARD);
            }
            long part = part(writer, 0, tokens);
            writer.publish(part, NOW_MS, TTL_MS, NOW_MS + TTL_MS, 1, 5, 6);
            high = writer.high();
            low = writer.low();
            return true;
        }

        private long part(ReservationWriter writer, long previous, long tokens) {
            writer.beginEntries();
            writer.entry(plan, 0, ReservationWriter.CEILING, PERIOD_CHARGE, 0);
            writer.entry(plan, 1, ReservationWriter.CEILING, PERIOD_CHARGE, 0);
            writer.entry(plan, 2, ReservationWriter.CEILING, GAUGE_CHARGE, 0);
            writer.beginPart(previous, 2, 1, 1, 1, NOW_MS);
            writer.charge(11, false, 0, tokens, 0, 0);
            writer.charge(12, true, 1, 1, 0, 0);
            writer.unit(UNIT, 0, UNIT.length, tokens);
            writer.term(0, 0, 1);
            request.writeFacts(writer.facts());
            return writer.endPart();
        }

        String id() {
            return ReservationIds.text(high, low);
        }

        EndOutcome settle(String id, long tokens) {
            return settle(ReservationIds.high(id), ReservationIds.low(id), tokens);
        }

        EndOutcome settle(long idHigh, long idLow, long tokens) {
            actual.reset().addUsage(tokens, "token");
            return desk.settle(idHigh, idLow, actual, NOW_NS, null, result);
        }

        EndOutcome release(String id) {
            return desk.release(ReservationIds.high(id), ReservationIds.low(id), NOW_NS, null, result);
        }

        EndOutcome releaseAt(String id, long sinceNowMs) {
            return desk.release(
                    ReservationIds.high(id), ReservationIds.low(id), NOW_NS + sinceNowMs * 1_000_000, null, result);
        }
    }
}
