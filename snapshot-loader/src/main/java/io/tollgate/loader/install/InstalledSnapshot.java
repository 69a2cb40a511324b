/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.install;

import io.tollgate.core.world.World;
import io.tollgate.loader.transfer.SnapshotVersion;
import io.tollgate.loader.transfer.VerifiedManifest;
import java.nio.file.Path;

/**
 * A snapshot on disk whose world is open.
 *
 * @param folder where it lies
 * @param manifest what it is
 * @param world what decisions read of it
 */
public record InstalledSnapshot(Path folder, VerifiedManifest manifest, World world) {
    /** {@return epoch and version} */
    public SnapshotVersion version() {
        return manifest.version();
    }
}
