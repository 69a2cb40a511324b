/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.ledger;

/** A row of the table producer, being changed. Ledger's thread. */
final class ProducerRow {
    final long id;
    final String sidecarId;
    final String bootId;
    long acceptedSequence;
    long appendedSequence;
    long eventCount;
    long rejectedCount;
    long lostCount;
    long lastReportMs;

    ProducerRow(long id, String sidecarId, String bootId) {
        this.id = id;
        this.sidecarId = sidecarId;
        this.bootId = bootId;
    }

    @Override
    public String toString() {
        return sidecarId + "/" + bootId;
    }
}
