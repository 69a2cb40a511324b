/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.journal;

import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The usage journal as the one that reports it sees it: records of this run and of earlier ones that no ledger has acknowledged.
 *
 * <p>For one thread. Nothing here throws for what is on the disk: what is damaged was set aside, and is counted in {@link #facts}.
 */
public interface UsageSource {
    /**
     * Event ids of void records begin so: sequences for which there is nothing to report (claimed by a thread that was killed before it
     * committed, never acknowledged; or damaged). They have neither customer nor amount, and the same bytes whenever they are read.
     */
    String VOID_PREFIX = "void:";

    /** {@return the oldest run with records that are not acknowledged; null = nothing is pending} */
    @Nullable
    Producer oldest();

    /**
     * Gives records in their order, without a gap, only such as are durable (by the configured durability).
     *
     * @param afterSequence gives what follows it; at least what was acknowledged is skipped
     * @param maxRecords at most so many
     * @param maxBytes at most so many bytes of records, but always one
     * @param to is given each; the bytes may be read until it returns
     * @return how many were given
     */
    int read(Producer producer, long afterSequence, int maxRecords, int maxBytes, RecordConsumer to);

    /**
     * Says that a ledger has everything up to a sequence for good. It is remembered across restarts, and segments that lie wholly below are
     * deleted. A sequence below an earlier one, or an unknown producer, is no error.
     */
    void acknowledged(Producer producer, long sequence);

    /** {@return how the journal stands; from any thread} */
    JournalFacts facts();

    /** Is given records. */
    @FunctionalInterface
    interface RecordConsumer {
        /**
         * One record.
         *
         * @param sequence its place in the producer's journal, from 1
         * @param bytes holds it; only until this returns
         * @param offset where the wire bytes of {@code tollgate.v1.UsageRecord} begin
         * @param length how many there are
         */
        void onRecord(long sequence, DirectBuffer bytes, int offset, int length);
    }
}
