/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */

/**
 * What changed between two states of a bundle, and the durable log of such changes.
 *
 * <p>No threads of its own. {@link io.tollgate.control.delta.RecordTable} and {@link io.tollgate.control.delta.ChangeSet} belong to the
 * thread that publishes; {@link io.tollgate.control.delta.DeltaLog} is written by that thread and read by any. Writes below a bundle's
 * state folder only.
 */
@NullMarked
package io.tollgate.control.delta;

import org.jspecify.annotations.NullMarked;
