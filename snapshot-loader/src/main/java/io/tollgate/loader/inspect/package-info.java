/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
/**
 * Snapshots looked at offline: an installed folder that no sidecar is using, or a snapshot file.
 *
 * <p>For commands, not for the running sidecar; one thread.
 */
@NullMarked
package io.tollgate.loader.inspect;

import org.jspecify.annotations.NullMarked;
