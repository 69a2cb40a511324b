/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.util.concurrent.EventExecutor;
import io.tollgate.server.metrics.LaneCounters;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/** A group of event loops, one lane each, and their probes. */
final class IoLoops implements AutoCloseable {
    private static final long CLOSE_MS = 2_000;

    private final EventLoopGroup group;
    private final List<IoThread> threads = new CopyOnWriteArrayList<>();

    /**
     * @param namePrefix threads are called "prefix-0", "prefix-1"...
     * @param lanes      makes the lane of each thread
     */
    IoLoops(final int count, final String namePrefix, final IntFunction<Lane> lanes) {
        final AtomicInteger next = new AtomicInteger();
        final ThreadFactory factory = task -> {
            final int index = next.getAndIncrement();
            final IoThread thread = new IoThread(task, namePrefix + "-" + index, lanes.apply(index));
            threads.add(thread);
            return thread;
        };
        group = IoTransport.group(count, factory);
    }

    EventLoopGroup group() {
        return group;
    }

    /** {@return the counters of every loop that has run so far} */
    List<LaneCounters> counters() {
        return threads.stream().map(thread -> thread.lane.counters).toList();
    }

    /** Starts measuring how late each loop is. */
    void probeEvery(final long intervalNs) {
        for (final EventExecutor loop : group) {
            loop.execute(() -> scheduleProbe(loop, intervalNs));
        }
    }

    /** Ends all streams, each on its own loop. */
    void endStreams() {
        for (final EventExecutor loop : group) {
            loop.execute(() -> List.copyOf(Lane.current().streams).forEach(DecideStreamCall::leave));
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

    @Override
    public void close() {
        group.shutdownGracefully(0, CLOSE_MS, TimeUnit.MILLISECONDS).awaitUninterruptibly(CLOSE_MS);
    }
}
