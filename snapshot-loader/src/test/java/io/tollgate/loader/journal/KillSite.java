/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.journal;

import io.tollgate.core.journal.UsageDesk;
import io.tollgate.core.journal.UsageSubject;
import io.tollgate.core.quota.CellKind;
import io.tollgate.core.quota.CellStore;
import io.tollgate.core.quota.InFlight;
import io.tollgate.core.quota.TakePlan;
import io.tollgate.core.quota.Taker;
import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.reservation.EndOutcome;
import io.tollgate.core.reservation.EndResult;
import io.tollgate.core.reservation.ReservationDesk;
import io.tollgate.core.reservation.ReservationIds;
import io.tollgate.core.reservation.ReservationStore;
import io.tollgate.core.reservation.ReservationWriter;
import io.tollgate.loader.journal.JournalFacts.Durability;
import io.tollgate.loader.storage.Storage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.agrona.concurrent.UnsafeBuffer;

/** Counters, reservations and journal of one sidecar in a folder, opened as a sidecar does, with workers but without an engine. */
final class KillSite implements AutoCloseable {
    static final int WORKERS = 2;
    static final String SIDECAR = "edge-1";
    private static final long NOW_NS = 1_800_000_000_000_000_000L;
    private static final long NOW_MS = NOW_NS / 1_000_000;
    private static final long TTL_MS = 60_000;
    private static final long ORDINAL = 9;
    private static final byte[] UNIT = "token".getBytes(StandardCharsets.UTF_8);
    private static final UnsafeBuffer DIMENSION = new UnsafeBuffer("llm.tokens".getBytes(StandardCharsets.UTF_8));
    private static final byte[] KEYS = "0123456789abcdef".getBytes(StandardCharsets.UTF_8);

    final CellStore cells;
    final UsageJournal journal;
    final ReservationStore store;
    final long period;
    private final InFlight inFlight = new InFlight(WORKERS + 1);

    KillSite(Path folder, String boot) throws IOException {
        cells = CellStore.open(folder.resolve("cells"), 77);
        period = cells.findOrAllocate(1, 1, CellKind.PERIOD);
        journal = UsageJournal.open(
                Storage.LOCAL,
                folder.resolve("journal"),
                folder.resolve("damaged"),
                new JournalSettings(Durability.PROCESS, 512L * JournalSite.SEGMENT, JournalSite.SEGMENT),
                new Producer(SIDECAR, boot),
                new SplittableRandom(boot.hashCode()),
                System::nanoTime);
        store = ReservationStore.open(folder.resolve("reservations"), KEYS, cells.id(), 1, 64, journal.settled());
    }

    long used() {
        return cells.cells().readUsed(period, ORDINAL);
    }

    void sweep() {
        store.newSweeper(new Taker(cells.cells(), inFlight, WORKERS), cells.cells())
                .sweepAll(NOW_NS, null);
    }

    @Override
    public void close() throws IOException {
        store.close();
        journal.close();
        cells.close();
    }

    /** One thread's. */
    static final class Worker {
        private final KillSite site;
        private final Taker taker;
        private final UsageDesk usage;
        private final ReservationDesk desk;
        private final TakePlan plan = new TakePlan();
        private final DecisionRequest request = new DecisionRequest();
        private final DecisionRequest actual = new DecisionRequest();
        private final UsageSubject subject = new UsageSubject();
        private final EndResult result = new EndResult();

        Worker(KillSite site, int number) {
            this.site = site;
            taker = new Taker(site.cells.cells(), site.inFlight, number);
            usage = new UsageDesk(site.journal.log(), number);
            desk = site.store.newDesk(taker, site.cells.cells(), usage);
            request.reset();
            byte[] scope = "org:acme".getBytes(StandardCharsets.UTF_8);
            subject.put(UsageSubject.SCOPE, scope, 0, scope.length);
        }

        private void take(long tokens) {
            do {
                plan.begin(NOW_NS);
                plan.addPeriod(site.period, Long.MAX_VALUE, tokens, ORDINAL, Long.MAX_VALUE, TakePlan.HARD);
            } while (taker.take(plan) != Taker.TAKEN);
        }

        /** {@return the id, or empty when there is no room} */
        String reserve(long tokens) {
            ReservationWriter writer = desk.writer();
            int words = ReservationWriter.subjectWords(subject, 1, DIMENSION.capacity());
            if (!writer.ensure(ReservationWriter.blocks(1, 1, 1, UNIT.length, 1, request.factWords() + words))) {
                return "";
            }
            take(tokens);
            writer.beginEntries();
            writer.entry(plan, 0, ReservationWriter.CEILING, 0, 0);
            writer.beginPart(0, 1, 1, 1, true, 1, NOW_MS);
            writer.charge(11, false, 3, 0, tokens, 0, 0);
            writer.unit(UNIT, 0, UNIT.length, tokens);
            writer.term(0, 0, 1);
            writer.subject(subject);
            writer.dimension(DIMENSION.byteArray(), 0, DIMENSION.capacity());
            request.writeFacts(writer.facts());
            writer.publish(writer.endPart(), NOW_MS, TTL_MS, NOW_MS + TTL_MS, 1, 5, 6);
            return ReservationIds.text(writer.high(), writer.low());
        }

        EndOutcome settle(String id, long tokens) {
            actual.reset().addUsage(tokens, "token");
            return desk.settle(ReservationIds.high(id), ReservationIds.low(id), actual, NOW_NS, null, result);
        }

        EndOutcome release(String id) {
            return desk.release(ReservationIds.high(id), ReservationIds.low(id), NOW_NS, null, result);
        }

        /** {@return whether it was taken and recorded} */
        boolean consume(String decision, long tokens) {
            byte[] name = decision.getBytes(StandardCharsets.UTF_8);
            usage.subject().reset().put(UsageSubject.DECISION, name, 0, name.length);
            if (!usage.ensure(usage.bound(1, DIMENSION.capacity(), 0))) {
                return false;
            }
            take(tokens);
            usage.begin(NOW_MS);
            usage.record(0, 3, DIMENSION, 0, DIMENSION.capacity(), tokens);
            usage.append();
            usage.trim();
            return true;
        }
    }
}
