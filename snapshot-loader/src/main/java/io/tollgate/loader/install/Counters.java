/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.install;

import io.tollgate.core.quota.CellStore;
import io.tollgate.core.quota.CellStoreException;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The live counters, opened with the choice of what to do when they are damaged.
 *
 * @param store the counters
 * @param wasReset what was found was damaged and set aside; every counter began at zero
 */
public record Counters(CellStore store, boolean wasReset) {
    private static final System.Logger LOG = System.getLogger("tollgate.loader.install");

    /**
     * Opens them.
     *
     * @param newStoreId random; for a new store
     * @param resetWhenDamaged true = set a damaged store aside and begin at zero, which may admit up to a whole limit again
     * @throws IOException when they are damaged and must not be reset, or the disk fails
     */
    public static Counters open(StateDirectory directory, long newStoreId, boolean resetWhenDamaged)
            throws IOException {
        Path folder = directory.cells();
        try {
            return new Counters(CellStore.open(folder, newStoreId), false);
        } catch (CellStoreException e) {
            if (!resetWhenDamaged) {
                throw new IOException(
                        "the live counters in " + folder + " are damaged (" + e.getMessage()
                                + "), and without them this sidecar could admit again what was used up already."
                                + " Bring the folder back from a copy; or set on_counter_corruption: reset, which sets it"
                                + " aside and begins with every counter at zero",
                        e);
            }
            Path aside = directory.setAside(folder);
            LOG.log(
                    System.Logger.Level.ERROR,
                    "the live counters were damaged (" + e.getMessage() + "); they lie in " + aside
                            + " now and every counter begins at zero, as on_counter_corruption: reset demands."
                            + " Up to one whole limit per ceiling may be admitted a second time");
            return new Counters(CellStore.open(folder, newStoreId), true);
        }
    }
}
