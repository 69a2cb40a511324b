/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
/**
 * Snapshots on their way from the control plane: the transport behind a seam, and every check that comes before the first use of a byte.
 *
 * <p>Owned by the loader's thread, but for the transport's callbacks, which touch nothing of ours.
 */
@NullMarked
package io.tollgate.loader.transfer;

import org.jspecify.annotations.NullMarked;
