/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.ledger;

/**
 * A record that was read and is within the limits.
 *
 * @param dimension its name, or "#" and the id when the record names none
 * @param remarks bits of {@link Remarks}
 */
record UsageEntry(
        String eventId,
        long timestampMs,
        String customer,
        String feature,
        String scopePath,
        String dimension,
        long amount,
        Links links,
        int remarks) {
    private static final long MS_PER_DAY = 86_400_000;

    /** What it belongs to. */
    record Links(String leaseId, String reservationId, String decisionId) {}

    /** {@return days since 1970, UTC} */
    long day() {
        return Math.floorDiv(timestampMs, MS_PER_DAY);
    }

    /** {@return whether the other one says the same use: how it was come by and when may differ} */
    boolean samesUse(UsageEntry other) {
        return amount == other.amount
                && dimension.equals(other.dimension)
                && customer.equals(other.customer)
                && feature.equals(other.feature)
                && scopePath.equals(other.scopePath);
    }
}
