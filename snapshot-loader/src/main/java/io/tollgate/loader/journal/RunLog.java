/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.journal;

import io.tollgate.core.journal.JournalSegment;
import io.tollgate.v1.UsageRecord;
import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The records of one run, to be read in their order. Of the running one the frames are known to be whole and without a hole; in those of an
 * earlier run each frame is checked, and for each sequence that is missing there is a *void* record: of no customer and no amount, with an
 * event id that says so. A hole is what a killed process had claimed and not committed, which was never acknowledged; or damage.
 *
 * <p>Files are added by the journal's thread; all else, reading, acknowledging and removing files, belongs to the thread that reports.
 */
final class RunLog {
    private static final SegmentFile[] NONE = {};

    private final Producer producer;
    private final boolean running;
    private volatile SegmentFile[] files = NONE;
    private volatile long acknowledged;
    private volatile long last;

    private int fileIndex;
    private int offset = JournalSegment.HEADER_BYTES;
    private long reached;

    RunLog(Producer producer, boolean running) {
        this.producer = producer;
        this.running = running;
    }

    Producer producer() {
        return producer;
    }

    SegmentFile[] files() {
        return files;
    }

    void add(SegmentFile file) {
        SegmentFile[] before = files;
        SegmentFile[] grown = Arrays.copyOf(before, before.length + 1);
        grown[before.length] = file;
        files = grown;
    }

    /** Forgets the oldest file. */
    void removeFirst() {
        files = Arrays.copyOfRange(files, 1, files.length);
        fileIndex = Math.max(0, fileIndex - 1);
        if (fileIndex == 0) {
            offset = JournalSegment.HEADER_BYTES;
            reached = 0;
        }
    }

    /** Newest sequence that may be read. */
    long last() {
        return last;
    }

    void last(long sequence) {
        last = sequence;
    }

    long acknowledged() {
        return acknowledged;
    }

    void acknowledged(long sequence) {
        acknowledged = sequence;
    }

    long pending() {
        return Math.max(0, last - acknowledged);
    }

    long lengthBytes() {
        long sum = 0;
        for (SegmentFile file : files) {
            sum += file.length();
        }
        return sum;
    }

    /** {@return where the next frame begins, from a place on; -1 = there is none} */
    private int find(JournalSegment segment, int from) {
        if (running) {
            return segment.frameLength(from) > 0 ? from : -1;
        }
        return nextIntact(segment, from);
    }

    /** Searches a file that some process left for the next whole frame. */
    static int nextIntact(JournalSegment segment, int from) {
        int capacity = segment.buffer().capacity();
        for (int at = from; at < capacity; at += JournalSegment.alignment()) {
            if (segment.intact(at)) {
                return at;
            }
        }
        return -1;
    }

    int read(long after, int maxRecords, int maxBytes, UsageSource.RecordConsumer to) {
        long next = Math.max(after, acknowledged) + 1;
        long newest = last;
        if (next <= reached) {
            fileIndex = 0;
            offset = JournalSegment.HEADER_BYTES;
        }
        int given = 0;
        long bytes = 0;
        while (next <= newest && given < maxRecords) {
            boolean found = seek(next);
            JournalSegment segment = files[Math.min(fileIndex, files.length - 1)].segment();
            long first = found ? segment.frameSequence(offset) : Long.MAX_VALUE;
            if (first > next) {
                // a hole, or what a damaged end has swallowed
                if (given > 0 && bytes >= maxBytes) {
                    break;
                }
                bytes += giveVoid(next, to);
                next++;
                given++;
                continue;
            }
            int record = JournalSegment.firstRecord(offset);
            long end = Math.min(first + segment.frameCount(offset), newest + 1);
            for (long sequence = first; sequence < end && given < maxRecords; sequence++) {
                int length = segment.buffer().getInt(record);
                if (sequence == next) {
                    if (given > 0 && bytes + length > maxBytes) {
                        reached = next - 1;
                        return given;
                    }
                    to.onRecord(sequence, segment.buffer(), record + Integer.BYTES, length);
                    bytes += length;
                    given++;
                    next++;
                }
                record += Integer.BYTES + length;
            }
        }
        reached = next - 1;
        return given;
    }

    /** Moves to the frame that has a sequence, or the first behind it; false when there is none. */
    private boolean seek(long sequence) {
        while (fileIndex < files.length) {
            JournalSegment segment = files[fileIndex].segment();
            int at = find(segment, offset);
            if (at >= 0) {
                offset = at;
                if (segment.frameSequence(at) + segment.frameCount(at) > sequence) {
                    return true;
                }
                offset = JournalSegment.after(at, segment.frameLength(at));
            } else if (fileIndex + 1 < files.length) {
                fileIndex++;
                offset = JournalSegment.HEADER_BYTES;
            } else {
                return false;
            }
        }
        return false;
    }

    private int giveVoid(long sequence, UsageSource.RecordConsumer to) {
        byte[] bytes = UsageRecord.newBuilder()
                .setEventId(UsageSource.VOID_PREFIX + producer.sidecarId() + ":" + producer.bootId() + ":" + sequence)
                .build()
                .toByteArray();
        to.onRecord(sequence, new UnsafeBuffer(bytes), 0, bytes.length);
        return bytes.length;
    }
}
