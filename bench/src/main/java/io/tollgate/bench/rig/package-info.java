/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */

/**
 * The processes that are measured: a sidecar as it ships, the empty server, and a control plane that serves ready-made snapshot files.
 * Each prints one line when it answers and ends when its standard input does, so that none outlives the measurement.
 */
@NullMarked
package io.tollgate.bench.rig;

import org.jspecify.annotations.NullMarked;
