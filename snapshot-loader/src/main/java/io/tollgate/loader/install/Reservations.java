/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.install;

import io.tollgate.core.journal.SettledBefore;
import io.tollgate.core.reservation.ReservationStore;
import io.tollgate.core.reservation.ReservationStoreException;
import io.tollgate.core.symbol.Utf8Hash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.random.RandomGenerator;

/**
 * The open reservations, opened; a file that cannot be used is set aside, and what it held stays counted: higher, never lower.
 *
 * @param store the reservations
 * @param wasSetAside what was found could not be used
 */
public record Reservations(ReservationStore store, boolean wasSetAside) {
    private static final System.Logger LOG = System.getLogger("tollgate.loader.install");
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final int KEY_BYTES = 16;

    /**
     * Opens them.
     *
     * @param cellStoreId the counters that they refer to
     * @param random unpredictable: ids of reservations are made with keys from it
     * @param settled which settles that were in the middle are in the usage journal
     * @throws IOException when the disk fails
     */
    public static Reservations open(
            StateDirectory directory, long cellStoreId, RandomGenerator random, SettledBefore settled)
            throws IOException {
        Path folder = directory.reservations();
        byte[] keys = new byte[KEY_BYTES];
        random.nextBytes(keys);
        try {
            return new Reservations(open(folder, keys, cellStoreId, settled), false);
        } catch (ReservationStoreException e) {
            Path aside = directory.setAside(folder);
            LOG.log(
                    System.Logger.Level.ERROR,
                    "the reservations could not be used (" + e.getMessage() + "); they lie in " + aside
                            + " now. What they held stays counted until its period is over; gauges and wallets stay charged"
                            + " for good. Settling any of them answers UNKNOWN, and idempotency keys are forgotten");
            return new Reservations(open(folder, keys, cellStoreId, settled), true);
        }
    }

    private static ReservationStore open(Path folder, byte[] keys, long cellStoreId, SettledBefore settled)
            throws IOException {
        return ReservationStore.open(folder, keys, cellStoreId, bootId(), ReservationStore.MAX_SEGMENTS, settled);
    }

    /** Of this start of the machine; 0 where nobody says. */
    private static long bootId() {
        try {
            byte[] text = Files.readString(BOOT_ID).trim().getBytes(StandardCharsets.UTF_8);
            return Utf8Hash.of(text, 0, text.length);
        } catch (IOException | RuntimeException e) {
            return 0;
        }
    }
}
