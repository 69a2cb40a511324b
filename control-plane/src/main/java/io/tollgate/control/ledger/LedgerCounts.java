/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.ledger;

/**
 * What was done since the start. Immutable.
 *
 * @param duplicates records that were there already
 * @param conflicts of the rejected: same place or same event, other content
 * @param lost sequences that will never come
 */
record LedgerCounts(long accepted, long duplicates, long rejected, long conflicts, long lost, long ledgerSequence) {
    static final LedgerCounts NONE = new LedgerCounts(0, 0, 0, 0, 0, 0);

    LedgerCounts plus(LedgerCounts more) {
        return new LedgerCounts(
                accepted + more.accepted,
                duplicates + more.duplicates,
                rejected + more.rejected,
                conflicts + more.conflicts,
                lost + more.lost,
                Math.max(ledgerSequence, more.ledgerSequence));
    }
}
