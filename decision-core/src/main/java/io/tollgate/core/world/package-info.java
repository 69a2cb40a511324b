/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */

/**
 * Everything that decisions read, of one snapshot version, immutable: heap tables (registry, policies, entitlement sets) and mapped rows
 * (the directory). {@link io.tollgate.core.world.WorldWriter} makes the files, {@link io.tollgate.core.world.World} reads them,
 * {@link io.tollgate.core.world.WorldHolder} swaps one world for the next under running decisions.
 *
 * <p>The loader's thread writes, opens, activates and closes worlds; any worker reads a world that it has pinned.
 */
@NullMarked
package io.tollgate.core.world;

import org.jspecify.annotations.NullMarked;
