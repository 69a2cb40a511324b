/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.journal;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/** A journal in memory, and what was appended to it. */
public final class MemoryJournal {
    public static final int SEGMENT_BYTES = JournalSegment.MIN_BYTES;

    public final UsageLog log;
    public final List<JournalSegment> segments = new ArrayList<>();

    public MemoryJournal(final int count) {
        this(count, false);
    }

    public MemoryJournal(final int count, final boolean awaitsDurability) {
        log = new UsageLog("edge-1", "boot-1", awaitsDurability);
        for (int i = 0; i < count; i++) {
            grow();
        }
    }

    /** Adds a segment. */
    public void grow() {
        final JournalSegment segment = JournalSegment.create(
                new UnsafeBuffer(BufferUtil.allocateDirectAligned(SEGMENT_BYTES, 64)),
                segments.size(),
                7_777 + segments.size(),
                "edge-1",
                "boot-1");
        segments.add(segment);
        log.add(segment);
    }

    /** One record: texts and numbers by field number. */
    public record Entry(long sequence, long high, long low, Map<Integer, Object> fields) {
        public String text(final int field) {
            return String.valueOf(fields.getOrDefault(field, ""));
        }

        public long number(final int field) {
            return (Long) fields.getOrDefault(field, 0L);
        }
    }

    /** All records, in the order of the log. */
    public List<Entry> entries() {
        final List<Entry> found = new ArrayList<>();
        for (final JournalSegment segment : segments) {
            int at = JournalSegment.HEADER_BYTES;
            while (segment.frameLength(at) > 0) {
                if (!segment.intact(at)) {
                    throw new AssertionError("damaged frame at " + at + " of " + segment);
                }
                int record = JournalSegment.firstRecord(at);
                for (int i = 0; i < segment.frameCount(at); i++) {
                    final int length = segment.buffer().getInt(record);
                    found.add(new Entry(
                            segment.frameSequence(at) + i,
                            segment.frameReservationHigh(at),
                            segment.frameReservationLow(at),
                            parse(segment.buffer(), record + Integer.BYTES, length)));
                    record += Integer.BYTES + length;
                }
                at = JournalSegment.after(at, segment.frameLength(at));
            }
        }
        return found;
    }

    private static Map<Integer, Object> parse(final UnsafeBuffer buffer, final int from, final int length) {
        final Map<Integer, Object> fields = new TreeMap<>();
        final int[] at = {from};
        while (at[0] < from + length) {
            final long tag = varint(buffer, at);
            final long value = varint(buffer, at);
            if ((tag & 7) == 0) {
                fields.put((int) (tag >>> 3), value);
            } else {
                final byte[] bytes = new byte[(int) value];
                buffer.getBytes(at[0], bytes);
                at[0] += bytes.length;
                fields.put((int) (tag >>> 3), new String(bytes, StandardCharsets.UTF_8));
            }
        }
        return fields;
    }

    private static long varint(final UnsafeBuffer buffer, final int[] at) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            final byte b = buffer.getByte(at[0]++);
            value |= (b & 0x7FL) << shift;
            if (b >= 0) {
                return value;
            }
        }
    }
}
