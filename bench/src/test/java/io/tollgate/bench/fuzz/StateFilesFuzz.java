/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.fuzz;

import io.tollgate.cli.lab.Lab;
import io.tollgate.cli.lab.LabSnapshot;
import io.tollgate.core.quota.CellStore;
import io.tollgate.core.quota.CellStoreException;
import io.tollgate.core.quota.InFlight;
import io.tollgate.core.quota.PeriodTable;
import io.tollgate.core.quota.Taker;
import io.tollgate.core.reservation.EndResult;
import io.tollgate.core.reservation.ReservationDesk;
import io.tollgate.core.reservation.ReservationStore;
import io.tollgate.core.reservation.ReservationStoreException;
import io.tollgate.core.reservation.ReservationSweeper;
import io.tollgate.v1.Actor;
import io.tollgate.v1.DecideMode;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.Place;
import io.tollgate.v1.Target;
import io.tollgate.v1.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * Counters and reservations whose files were changed on the disk: refused when they are opened, or healed; never a crash or an endless
 * loop.
 */
final class StateFilesFuzz implements FuzzTarget {
    private static final String CELLS = "cells/cells.tgc";
    private static final String RESERVATIONS = "reservations/reservations.tgr";
    private static byte[] cells = {};
    private static byte[] reservations = {};
    private static long cellStoreId;
    private static final Path FOLDER = SmallSnapshot.scratch();

    public static void fuzzerTestOneInput(final byte[] data) throws Exception {
        new StateFilesFuzz().run(data);
    }

    @Override
    public List<byte[]> seeds() {
        return List.of(new byte[] {0, 0, 0, 0, 64, 1, 1}, new byte[] {1, 0, 0, 1, 0, 4, 1, 2, 3, 4});
    }

    /** The files of a sidecar that has answered a few questions. */
    private static void prepare() throws IOException {
        final Path state = SmallSnapshot.scratch().resolve("state");
        final LabSnapshot snapshot = SmallSnapshot.lab(SmallSnapshot.scratch());
        try (Lab lab = Lab.open(snapshot, state, Instant.parse("2026-11-20T12:00:00Z"))) {
            for (int i = 0; i < 5; i++) {
                lab.decide(DecideRequest.newBuilder()
                        .setMode(DecideMode.DECIDE_MODE_RESERVE)
                        .setIdempotencyKey("key" + i)
                        .setActor(Actor.newBuilder().setType("user").setId("ana"))
                        .setPlace(Place.newBuilder().setOrganization("lumen").setProject("rag"))
                        .setTarget(Target.newBuilder()
                                .setProduct("llm")
                                .setResourceType("model")
                                .setAction("invoke"))
                        .addUsage(Usage.newBuilder().setAmount(500).setUnit("input_token"))
                        .build());
            }
            cells = Files.readAllBytes(state.resolve(CELLS));
            reservations = Files.readAllBytes(state.resolve(RESERVATIONS));
        }
        Files.createDirectories(FOLDER.resolve("cells"));
        Files.write(FOLDER.resolve(CELLS), cells);
        try (CellStore store = CellStore.open(FOLDER.resolve("cells"), 1)) {
            cellStoreId = store.id();
        }
    }

    @Override
    public void run(final byte[] data) throws Exception {
        if (cells.length == 0) {
            prepare();
        }
        if (data.length == 0) {
            return;
        }
        final boolean changesCells = (data[0] & 1) == 0;
        write(FOLDER.resolve(CELLS), changesCells ? FileChanges.apply(cells, data, 1) : cells);
        write(FOLDER.resolve(RESERVATIONS), changesCells ? reservations : FileChanges.apply(reservations, data, 1));
        try (CellStore counters = CellStore.open(FOLDER.resolve("cells"), 1);
                ReservationStore store =
                        ReservationStore.open(FOLDER.resolve("reservations"), new byte[16], cellStoreId, 0, 4)) {
            use(counters, store);
        } catch (final CellStoreException | ReservationStoreException expected) {
            // refused, with a reason
        }
    }

    private static void use(final CellStore counters, final ReservationStore store) {
        final InFlight flights = new InFlight(2);
        final ReservationDesk desk = store.newDesk(new Taker(counters.cells(), flights, 0), counters.cells());
        desk.release(1, 2, 0, PeriodTable.EMPTY, new EndResult());
        final ReservationSweeper sweeper = store.newSweeper(new Taker(counters.cells(), flights, 1), counters.cells());
        sweeper.sweepAll(Long.MAX_VALUE / 2, PeriodTable.EMPTY);
    }

    private static void write(final Path file, final byte[] bytes) throws IOException {
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
    }
}
