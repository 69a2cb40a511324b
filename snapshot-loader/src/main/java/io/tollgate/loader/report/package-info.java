/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
/**
 * Reports the usage journal to the control plane's ledger: at least once on the wire, so that the ledger can count it exactly once.
 * It frees nothing in the journal that was not acknowledged.
 *
 * <p>One thread of its own, {@code tollgate-report}: reading and freeing the journal touches the disk, and heartbeats must not wait
 * for that.
 */
@NullMarked
package io.tollgate.loader.report;

import org.jspecify.annotations.NullMarked;
