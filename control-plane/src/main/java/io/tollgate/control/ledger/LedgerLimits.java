/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.ledger;

/**
 * How long what is reported may be; UTF-8 bytes. A record beyond a limit is rejected for good.
 *
 * @param maxRecordBytes of one record
 * @param maxIdBytes of ids, names and the customer
 * @param maxPathBytes of the scope's path
 * @param maxProperties how many properties
 * @param maxPropertyBytes of one property, name and value together
 * @param maxQueuedBytes of records that wait for the writer; more is refused for now
 */
public record LedgerLimits(
        int maxRecordBytes,
        int maxIdBytes,
        int maxPathBytes,
        int maxProperties,
        int maxPropertyBytes,
        long maxQueuedBytes) {
    /** Above everything that a sidecar's journal holds. */
    public static final LedgerLimits DEFAULT = new LedgerLimits(128 << 10, 1_024, 4_096, 1_024, 64 << 10, 64L << 20);
}
