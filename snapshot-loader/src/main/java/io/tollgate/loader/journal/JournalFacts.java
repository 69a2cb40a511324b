/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.journal;

/**
 * How the journal stands; for status and metrics.
 *
 * @param enabled false = no usage is journaled; everything else is 0 then
 * @param durability PROCESS or POWER
 * @param pendingCount records appended and not acknowledged, of all runs
 * @param lengthBytes of all segments on the disk, those made ahead of need included
 * @param maxBytes what they may be at most; with less than a record's room left, billable work is denied
 * @param appendedSequence newest durable sequence of this run
 * @param acknowledgedSequence newest acknowledged sequence of this run
 * @param oldRunCount earlier runs with records that are not acknowledged
 * @param damagedCount segments that were set aside since the start
 * @param appendFailedCount takes and settles that were refused for lack of room, or since the journal failed
 * @param failed the journal has failed: nothing billable is allowed until the next start
 * @param lastError newest failure in words; empty = none since the start
 */
public record JournalFacts(
        boolean enabled,
        Durability durability,
        long pendingCount,
        long lengthBytes,
        long maxBytes,
        long appendedSequence,
        long acknowledgedSequence,
        int oldRunCount,
        long damagedCount,
        long appendFailedCount,
        boolean failed,
        String lastError) {
    /** What an acknowledged record outlives. */
    public enum Durability {
        /** The end of the process, however it ends. */
        PROCESS,
        /** A power failure too. */
        POWER
    }
}
