/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.ledger;

/**
 * How a ledger behaves.
 *
 * @param passLost what to do when a sidecar was told that more is accepted than this ledger has: false = accept nothing more from it and
 *     say so, true = note the missing sequences as lost and go on
 * @param limits of what is reported
 */
public record LedgerConfig(boolean passLost, LedgerLimits limits) {
    /** Nothing is passed over. */
    public static final LedgerConfig DEFAULT = new LedgerConfig(false, LedgerLimits.DEFAULT);
}
