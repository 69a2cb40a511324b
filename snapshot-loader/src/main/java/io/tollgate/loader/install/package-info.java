/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
/**
 * Snapshots on disk: the state directory, Chronicle Map files, the flat world files, the INSTALLED marker, restart and offline inspection.
 *
 * <p>Owned by the loader's thread; {@code RecordSource} and {@code SnapshotInspector} serve admin threads and say how.
 */
@NullMarked
package io.tollgate.loader.install;

import org.jspecify.annotations.NullMarked;
