/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decisionlog;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.tollgate.v1.DecisionLogEntry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The far side of the rings: numbers entries, masks them, makes lines of them, and hands them to file, collector and followers. What an
 * event loop had to drop gets numbers too, that appear nowhere: the gap stands where the loss was, as seen by that loop.
 */
final class LogAgent implements Agent {
    static final String NAME = "tollgate-decision-log";

    /** Entries of one event loop before the next has its turn. */
    private static final int TURN = 256;

    private final JsonFormat.Printer json =
            JsonFormat.printer().omittingInsignificantWhitespace().sortingMapKeys();
    private final LogControl control;
    private final boolean enabled;
    private final EntryReader reader;
    private final LogTotals totals;
    private final Followers followers;
    private final @Nullable FileSink file;
    private final @Nullable OtlpSink otlp;
    private final LongSupplier monotonicNs;
    private final Queue<LaneLog> newLanes = new ConcurrentLinkedQueue<>();
    private final List<Source> sources = new ArrayList<>();

    /** An event loop's ring. */
    private static final class Source {
        final LaneLog lane;
        /** Of its losses, those that have had their numbers. */
        long lost;

        Source(final LaneLog lane) {
            this.lane = lane;
        }
    }

    LogAgent(
            final LogControl control,
            final EntryReader reader,
            final LogTotals totals,
            final Followers followers,
            final @Nullable FileSink file,
            final @Nullable OtlpSink otlp,
            final LongSupplier monotonicNs) {
        this.control = control;
        enabled = control.active;
        this.reader = reader;
        this.totals = totals;
        this.followers = followers;
        this.file = file;
        this.otlp = otlp;
        this.monotonicNs = monotonicNs;
    }

    /** For any thread. */
    void add(final LaneLog lane) {
        newLanes.add(lane);
    }

    @Override
    public int doWork() {
        for (LaneLog lane = newLanes.poll(); lane != null; lane = newLanes.poll()) {
            sources.add(new Source(lane));
        }
        int work = followers.turn();
        control.active = enabled || followers.isWanted();
        for (int i = 0; i < sources.size(); i++) {
            work += drain(sources.get(i));
        }
        final long nowNs = monotonicNs.getAsLong();
        final long epochMs = control.epochMs.getAsLong();
        if (file != null) {
            work += file.flush(nowNs, epochMs);
            control.healthy = file.isHealthy();
            work += file.tidy();
        }
        if (otlp != null) {
            work += otlp.turn(nowNs, epochMs);
        }
        return work;
    }

    private int drain(final Source source) {
        // read first: when the ring is found empty after it, all entries before these losses have had their numbers
        final long lostBefore = source.lane.lostCount();
        final OneToOneRingBuffer ring = source.lane.ring();
        final int count =
                ring == null ? 0 : ring.read((type, from, at, length) -> entry(source, from, at, length), TURN);
        if (ring == null || ring.producerPosition() == ring.consumerPosition()) {
            catchUp(source, lostBefore);
        }
        return count;
    }

    private void catchUp(final Source source, final long lostSoFar) {
        if (lostSoFar > source.lost) {
            totals.skip(lostSoFar - source.lost);
            source.lost = lostSoFar;
        }
    }

    private void entry(final Source source, final MutableDirectBuffer from, final int at, final int length) {
        catchUp(source, from.getLong(at + EntryLayout.LOST));
        final int flags = from.getByte(at + EntryLayout.FLAGS);
        final DecisionLogEntry entry;
        final String line;
        try {
            entry = reader.read(from, at, length)
                    .setSequence(totals.nextSequence())
                    .build();
            line = file == null && otlp == null ? "" : json.print(entry);
        } catch (final InvalidProtocolBufferException | RuntimeException e) {
            // bytes of a message that was just made; still, its number is missing and it counts
            totals.lost(1);
            totals.failed(e, control.epochMs.getAsLong());
            return;
        }
        followers.offer(entry);
        if (file != null) {
            file.add(
                    (line + "\n").getBytes(StandardCharsets.UTF_8),
                    (flags & EntryLayout.KEEP) != 0,
                    (flags & EntryLayout.AUDITED) != 0);
        } else {
            totals.written(1);
        }
        if (otlp != null) {
            otlp.add(entry, line);
        }
    }

    @Override
    public void onClose() {
        doWork();
        boolean more = true;
        while (more) {
            more = false;
            for (final Source source : sources) {
                more |= drain(source) > 0;
            }
        }
        if (file != null) {
            file.close(monotonicNs.getAsLong(), control.epochMs.getAsLong());
        }
        if (otlp != null) {
            otlp.close(control.epochMs.getAsLong());
        }
        followers.end();
    }

    @Override
    public String roleName() {
        return NAME;
    }
}
