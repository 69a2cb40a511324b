/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import io.tollgate.core.world.World;
import io.tollgate.loader.delta.DeltaLog;
import io.tollgate.loader.delta.DeltaRefusedException;
import io.tollgate.loader.delta.DeltaState;
import io.tollgate.loader.install.DeltaBuild;
import io.tollgate.loader.install.Installation;
import io.tollgate.loader.install.InstalledRecords;
import io.tollgate.loader.install.InstalledSnapshot;
import io.tollgate.loader.transfer.RefusedException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot that is installed and not active yet, brought up to the deltas that are in force. Loader's thread only.
 *
 * @param installation finished
 * @param caughtUp the deltas that it lacked; null = none
 * @param world what will be active
 */
record Successor(Installation installation, @Nullable DeltaBuild caughtUp, World world) {
    /**
     * Brings a finished installation up to the deltas that are in force.
     *
     * @throws RefusedException when it does not lead there
     */
    static Successor of(Installation finished, LiveDeltas deltas, @Nullable World live)
            throws IOException, RefusedException {
        InstalledSnapshot result = finished.result();
        try (InstalledRecords of = new InstalledRecords(result.folder())) {
            DeltaBuild lacking = deltas.catchUp(result, of, live);
            if (lacking == null) {
                return new Successor(finished, null, result.world());
            }
            World world = lacking.finish();
            result.world().close();
            return new Successor(finished, lacking, world);
        } catch (DeltaRefusedException e) {
            throw new RefusedException(RefusedException.Check.ROLLBACK, e.reason());
        }
    }

    DeltaState state() {
        return caughtUp == null ? DeltaState.of(installation.manifest().manifest()) : caughtUp.state();
    }

    /** Right before activation. */
    void beforeActivation() {
        installation.beforeActivation();
        if (caughtUp != null) {
            caughtUp.beforeActivation();
        }
    }

    /** A successor whose deltas are on the disk. */
    record Ready(Successor successor, @Nullable DeltaLog log) {}
}
