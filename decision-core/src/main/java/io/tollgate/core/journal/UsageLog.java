/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.journal;

import java.util.zip.CRC32C;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The journal of one run, in memory that outlives the process: segments, one behind the other, made ahead of need.
 *
 * <pre>
 *   room:      what workers may still set aside, bytes. Set aside before anything is taken, so that what was taken can be recorded
 *   claim:     one get-and-add on the segment's claim word gives place and sequences:   count of records (32) | offset (32)
 *   commit:    the frame is filled, then its length is written with release
 *   rotation:  the one whose claim crosses the end of the segment notes where it ends, and opens the next
 * </pre>
 *
 * Sequences are given with the place, so they are without a gap and in the order of the places. A process that is killed between a claim
 * and its commit leaves a hole, whose length and sequences show by what lies behind it; nothing in a hole was acknowledged.
 *
 * <p>Assumptions: frames have at most {@link JournalSegment#MAX_FRAME_BYTES}; every append was set aside before.
 * Guarantees: {@link #append} always finds a place, takes no lock, allocates nothing and makes no system call; the
 * others wait for the few instructions of who opens the next segment, and for nothing else. The order of commits is not
 * that of the places: a reader stops at the first frame that is not committed. Near its end two who set aside at once
 * may both be refused where one would have had room: refused work is asked again.
 *
 * <table>
 *   <caption>access modes</caption>
 *   <tr><td>room, refused</td><td>get-and-add</td></tr>
 *   <tr><td>current segment</td><td>volatile; written by who rotates</td></tr>
 *   <tr><td>durable sequence, failed</td><td>release / volatile write by the journal's thread, volatile read</td></tr>
 * </table>
 */
public final class UsageLog {
    private static final int ROOM = 128;
    private static final int DURABLE = 256;
    private static final int REFUSED = 384;
    private static final int WORDS_BYTES = 512;

    private final UnsafeBuffer words = new UnsafeBuffer(BufferUtil.allocateDirectAligned(WORDS_BYTES, 64));
    private final boolean awaitsDurability;
    private volatile JournalSegment current;
    private volatile boolean failed;
    /** Written by the thread that adds segments. */
    private JournalSegment last;

    /**
     * A log without room: segments come by {@link #add}. It begins behind a segment that is full, in memory, and has no records: so the
     * first real one is opened like any other, and a sidecar starts on a full disk too.
     *
     * @param awaitsDurability whether an answer has to wait until {@link #durableSequence} has reached what was appended for it
     */
    public UsageLog(final String sidecarId, final String bootId, final boolean awaitsDurability) {
        this.awaitsDurability = awaitsDurability;
        final JournalSegment origin = JournalSegment.create(
                new UnsafeBuffer(new byte[JournalSegment.MIN_BYTES]), JournalSegment.ORIGIN, 0, sidecarId, bootId);
        final int used = JournalSegment.MIN_BYTES - JournalSegment.HEADER_BYTES;
        origin.begin(1);
        origin.claim(used, 0);
        current = origin;
        last = origin;
        words.putLongVolatile(ROOM, JournalSegment.room(JournalSegment.MIN_BYTES) - used);
    }

    /** Adds an empty segment behind the others. The journal's thread. */
    public void add(final JournalSegment segment) {
        last.next(segment);
        last = segment;
        words.getAndAddLong(ROOM, JournalSegment.room(segment.buffer().capacity()));
    }

    /** {@return the run that appends here} */
    public String bootId() {
        return current.bootId();
    }

    /** {@return the segment that is appended to} */
    public JournalSegment current() {
        return current;
    }

    /** {@return bytes that can still be appended} */
    public long room() {
        return words.getLongVolatile(ROOM);
    }

    /** Sets room aside; {@return false when there is not so much, or the journal has failed}. */
    boolean reserve(final long bytes) {
        if (failed) {
            return false;
        }
        if (words.getAndAddLong(ROOM, -bytes) >= bytes) {
            return true;
        }
        words.getAndAddLong(ROOM, bytes);
        return false;
    }

    /** Gives back what was set aside and not used. */
    void release(final long bytes) {
        words.getAndAddLong(ROOM, bytes);
    }

    /** Counts something that was refused because it could not have been recorded. */
    void refused() {
        words.getAndAddLong(REFUSED, 1);
    }

    /** {@return how many takes and settles were refused because they could not have been recorded} */
    public long refusedCount() {
        return words.getLongVolatile(REFUSED);
    }

    /**
     * Appends a frame; room for its aligned length was set aside.
     *
     * @param frame from 16 on it is complete
     * @param view of the same bytes
     * @param count its records
     * @return sequence of the first record
     */
    long append(final byte[] frame, final UnsafeBuffer view, final int length, final int count, final CRC32C crc) {
        final int aligned = JournalSegment.aligned(length);
        while (true) {
            final JournalSegment segment = current;
            final int capacity = segment.buffer().capacity();
            if (JournalSegment.offset(segment.claimed()) <= capacity) {
                final long before = segment.claim(aligned, count);
                final int at = JournalSegment.offset(before);
                if (at + aligned <= capacity) {
                    final long sequence = segment.first() + JournalSegment.count(before);
                    view.putLong(JournalSegment.FRAME_SEQUENCE, sequence);
                    segment.commit(at, frame, view, length, crc);
                    return sequence;
                }
                if (at <= capacity) {
                    rotate(segment, at, segment.first() + JournalSegment.count(before));
                    continue;
                }
            }
            Thread.onSpinWait();
        }
    }

    /** Only one claim begins within the segment and ends beyond it: its thread is alone here. */
    private void rotate(final JournalSegment full, final int at, final long sequence) {
        JournalSegment next = full.next();
        while (next == null) {
            // cannot be: what is set aside has a segment, and a segment is added before its room
            Thread.onSpinWait();
            next = full.next();
        }
        next.begin(sequence);
        full.end(at);
        // what frames used of the end of the segment beyond its counted room
        words.getAndAddLong(
                ROOM,
                at
                        - JournalSegment.HEADER_BYTES
                        - JournalSegment.room(full.buffer().capacity()));
        current = next;
    }

    /** {@return sequence of the newest record that was claimed by anybody before this call; 0 = none} */
    public long appendedSequence() {
        while (true) {
            final JournalSegment segment = current;
            final long claimed = segment.claimed();
            if (JournalSegment.offset(claimed) <= segment.buffer().capacity()) {
                return segment.first() + JournalSegment.count(claimed) - 1;
            }
            Thread.onSpinWait();
        }
    }

    /** {@return whether answers wait for {@link #durableSequence}} */
    public boolean awaitsDurability() {
        return awaitsDurability;
    }

    /** {@return sequence up to which all is as durable as configured} */
    public long durableSequence() {
        return words.getLongVolatile(DURABLE);
    }

    /** Says how far it is durable. The journal's thread. */
    public void durableSequence(final long sequence) {
        words.putLongRelease(DURABLE, sequence);
    }

    /** {@return whether nothing can be made durable any more: nothing is set aside from then on} */
    public boolean failed() {
        return failed;
    }

    /** Says that nothing can be made durable any more, until the next start. The journal's thread. */
    public void fail() {
        failed = true;
    }
}
