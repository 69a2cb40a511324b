/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
/**
 * The usage journal as decision workers see it: a log of frames in mapped memory that any number of them append to at once, without a
 * lock, an allocation or a system call. Files, syncing, reading for reports and recovery are {@code loader.journal}'s.
 *
 * <p>No threads of its own. Shared by all workers: {@link io.tollgate.core.journal.UsageLog}; one for each worker:
 * {@link io.tollgate.core.journal.UsageDesk}. Segments are added by the one thread that owns the journal.
 */
@NullMarked
package io.tollgate.core.journal;

import org.jspecify.annotations.NullMarked;
