/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.util.concurrent.EventExecutor;
import io.tollgate.server.metrics.LaneCounters;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A group of event loops, one lane each, and their probes. */
final class IoLoops {
    private static final long CLOSE_MS = 2_000;

    private final EventLoopGroup group;
    private final List<Lane> lanes;

    /**
     * Makes as many event loops as there are lanes.
     *
     * @param namePrefix threads are called "prefix-0", "prefix-1"...
     */
    IoLoops(final String namePrefix, final List<Lane> lanes) {
        this.lanes = List.copyOf(lanes);
        final AtomicInteger next = new AtomicInteger();
        final ThreadFactory factory = task -> {
            final int index = next.getAndIncrement();
            return new IoThread(task, namePrefix + "-" + index, this.lanes.get(index));
        };
        group = IoTransport.group(lanes.size(), factory);
        for (final EventExecutor loop : group) {
            loop.execute(() -> {
                Lane.current().gate.runsOn(loop);
                Lane.current().loop = loop;
            });
        }
    }

    EventLoopGroup group() {
        return group;
    }

    /** {@return the counters of every loop} */
    List<LaneCounters> counters() {
        return lanes.stream().map(lane -> lane.counters).toList();
    }

    /** Starts measuring how late each loop is. */
    void probeEvery(final long intervalNs) {
        for (final EventExecutor loop : group) {
            loop.execute(() -> scheduleProbe(loop, intervalNs));
        }
    }

    /**
     * Ends all streams, each on its own loop.
     *
     * @param patienceNs for those that have to wait for something
     */
    void endStreams(final long patienceNs) {
        if (group.isShuttingDown()) {
            return;
        }
        for (final EventExecutor loop : group) {
            loop.execute(() -> List.copyOf(Lane.current().streams).forEach(stream -> stream.leave(patienceNs)));
        }
    }

    private static void scheduleProbe(final EventExecutor loop, final long intervalNs) {
        Lane.current().lag.scheduled(System.nanoTime() + intervalNs);
        loop.schedule(
                () -> {
                    Lane.current().lag.probed(System.nanoTime());
                    scheduleProbe(loop, intervalNs);
                },
                intervalNs,
                TimeUnit.NANOSECONDS);
    }

    /** Ends the threads. {@return whether they have ended} */
    boolean stop() {
        return group.shutdownGracefully(0, CLOSE_MS, TimeUnit.MILLISECONDS).awaitUninterruptibly(2 * CLOSE_MS);
    }
}
