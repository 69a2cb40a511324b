/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
/**
 * The durable usage journal on the disk: segments that are made ahead of need, synced, read for reporting, deleted when they were
 * acknowledged, and set aside when they are damaged. What a worker appends, and how, is {@code core.journal}'s.
 *
 * <p>Owned by the thread {@code tollgate-journal}; {@link io.tollgate.loader.journal.UsageSource} is for the one thread that reports.
 */
@NullMarked
package io.tollgate.loader.journal;

import org.jspecify.annotations.NullMarked;
