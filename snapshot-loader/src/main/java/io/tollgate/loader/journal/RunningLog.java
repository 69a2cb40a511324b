/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.journal;

import io.tollgate.core.journal.JournalSegment;
import io.tollgate.core.journal.UsageLog;
import org.jspecify.annotations.Nullable;

/**
 * Follows the commits of the running log: how far all frames are committed, without a hole. Belongs to the journal's thread.
 */
final class RunningLog {
    private JournalSegment segment;
    private int offset;
    private long committed;

    RunningLog(UsageLog log) {
        segment = log.current();
        offset = segment.end() == 0 ? segment.buffer().capacity() : segment.end();
    }

    /** Goes on as far as it can; {@return sequence of the newest record reached}. */
    long follow() {
        while (true) {
            int length = segment.index() == JournalSegment.ORIGIN ? 0 : segment.frameLength(offset);
            if (length > 0) {
                committed = segment.frameSequence(offset) + segment.frameCount(offset) - 1;
                offset = JournalSegment.after(offset, length);
                continue;
            }
            @Nullable JournalSegment next = segment.next();
            if (segment.end() != offset || next == null) {
                return committed;
            }
            segment = next;
            offset = JournalSegment.HEADER_BYTES;
        }
    }

    /** Position in the run of the segment that it has reached. */
    int index() {
        return segment.index();
    }

    /** Segments behind that one. */
    int spares() {
        int count = 0;
        for (JournalSegment next = segment.next(); next != null; next = next.next()) {
            count++;
        }
        return count;
    }
}
