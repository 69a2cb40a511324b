/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.journal;

import io.tollgate.core.journal.JournalSegment;
import io.tollgate.loader.journal.JournalFacts.Durability;

/**
 * How a journal is kept.
 *
 * @param durability what an acknowledged record outlives
 * @param maxBytes most bytes of all segments together
 * @param segmentBytes of one; a multiple of 64
 */
public record JournalSettings(Durability durability, long maxBytes, int segmentBytes) {
    /** 256 MiB in segments of 4 MiB, which outlive the process. */
    public static final JournalSettings DEFAULT = new JournalSettings(Durability.PROCESS, 256L << 20, 4 << 20);

    /** Checks that a journal can be made of it. */
    public JournalSettings {
        if (segmentBytes < JournalSegment.MIN_BYTES || segmentBytes % JournalSegment.alignment() != 0) {
            throw new IllegalArgumentException("a journal segment must have at least " + JournalSegment.MIN_BYTES
                    + " bytes and a multiple of " + JournalSegment.alignment() + ", not " + segmentBytes);
        }
        if (maxBytes < 2L * segmentBytes) {
            throw new IllegalArgumentException("the journal must have room for 2 segments of " + segmentBytes
                    + " bytes, its maximum is " + maxBytes);
        }
    }
}
