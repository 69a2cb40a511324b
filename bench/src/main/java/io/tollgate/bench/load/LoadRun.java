/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.load;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollSocketChannel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Runs a plan once. The calling thread waits and reads the processes' counters; calls are made by the event loops and, in an open loop, by
 * the pacer's thread. Ends within the plan's span plus connecting (3 s) and draining.
 */
final class LoadRun {
    private static final long CONNECT_NS = TimeUnit.SECONDS.toNanos(3);
    private static final long LONGEST_NAP_NS = TimeUnit.MILLISECONDS.toNanos(2);

    private final LoadPlan plan;
    private final RequestPool pool;
    private final @Nullable ProcessStat server;

    LoadRun(final LoadPlan plan, final RequestPool pool, final @Nullable ProcessStat server) {
        this.plan = plan;
        this.pool = pool;
        this.server = server;
    }

    /**
     * Runs it.
     *
     * @throws IOException          when the server cannot be reached, or its process is gone
     * @throws InterruptedException when the thread is interrupted; the connections are closed
     */
    LoadResult run() throws IOException, InterruptedException {
        NettyNoise.silence();
        if (!Epoll.isAvailable()) {
            throw new IOException("epoll is not available here: " + Epoll.unavailabilityCause());
        }
        final EventLoopGroup loops =
                new MultiThreadIoEventLoopGroup(Math.min(plan.connections(), 2), EpollIoHandler.newFactory());
        final List<ManagedChannel> channels = new ArrayList<>();
        try {
            for (int i = 0; i < plan.connections(); i++) {
                channels.add(channel(loops));
            }
            for (final ManagedChannel channel : channels) {
                connect(channel);
            }
            return measure(loops, channels);
        } finally {
            for (final ManagedChannel channel : channels) {
                channel.shutdownNow();
            }
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }

    private LoadResult measure(final EventLoopGroup loops, final List<ManagedChannel> channels)
            throws IOException, InterruptedException {
        final long beginNs = System.nanoTime();
        final MeasuredWindow window = new MeasuredWindow(beginNs, plan.span());
        final boolean closed = !plan.loop().isOpen();
        final List<Lane> lanes = new ArrayList<>();
        for (int i = 0; i < channels.size(); i++) {
            final LaneSetup setup =
                    new LaneSetup(channels.get(i), pool, window, plan.inFlightOf(i), closed, loops.next());
            lanes.add(plan.call() == LoadPlan.Call.STREAM ? new StreamLane(setup) : new CallLane(setup, plan.call()));
        }
        for (final Lane lane : lanes) {
            lane.open();
        }
        final Pacer pacer = closed
                ? null
                : new Pacer(lanes, plan.loop(), window, beginNs, plan.span().drainNs());
        final Thread pacing = pacer == null ? null : new Thread(pacer, "tollgate-load-pacer");
        if (pacing != null) {
            pacing.start();
        }
        try {
            sleepUntil(window.fromNs(), window);
            final Reading before = read();
            sleepUntil(window.toNs(), window);
            final Reading after = read();
            if (pacing != null) {
                pacing.join();
            }
            drain(lanes, channels);
            return result(lanes, before, after, pacer);
        } finally {
            if (pacing != null) {
                pacing.interrupt();
            }
        }
    }

    private LoadResult result(
            final List<Lane> lanes, final Reading before, final Reading after, final @Nullable Pacer pacer) {
        final Tally all = new Tally();
        for (final Lane lane : lanes) {
            all.add(lane.tally());
            if (lane.inFlight() > 0) {
                all.error("no answer when the run ended", lane.inFlight());
            }
        }
        if (pacer != null && pacer.neverStarted() > 0) {
            all.error("due, but never started: too many unanswered", pacer.neverStarted());
        }
        return new LoadResult(
                plan,
                all,
                after.timeNs - before.timeNs,
                before.server == null || after.server == null ? null : after.server.since(before.server),
                after.client.since(before.client),
                pacer == null ? null : new LoadResult.Pacing(pacer.lateness(), pacer.delayedByLimit()));
    }

    private void drain(final List<Lane> lanes, final List<ManagedChannel> channels) throws InterruptedException {
        final long untilNs = System.nanoTime() + plan.span().drainNs();
        for (final Lane lane : lanes) {
            while (lane.inFlight() > 0 && System.nanoTime() - untilNs < 0) {
                TimeUnit.MILLISECONDS.sleep(1);
            }
            lane.halfClose();
        }
        for (final ManagedChannel channel : channels) {
            channel.shutdown();
        }
        for (final ManagedChannel channel : channels) {
            if (!channel.awaitTermination(1, TimeUnit.SECONDS)) {
                channel.shutdownNow();
                channel.awaitTermination(1, TimeUnit.SECONDS);
            }
        }
    }

    private static void sleepUntil(final long timeNs, final MeasuredWindow window) throws InterruptedException {
        for (long leftNs = timeNs - System.nanoTime(); leftNs > 0; leftNs = timeNs - System.nanoTime()) {
            if (Thread.interrupted()) {
                throw new InterruptedException("stopped before the end of the run");
            }
            if (window.isOver(System.nanoTime())) {
                return;
            }
            LockSupport.parkNanos(Math.min(leftNs, LONGEST_NAP_NS));
        }
    }

    private Reading read() throws IOException {
        return new Reading(
                System.nanoTime(), server == null ? null : Counters.of(server), Counters.of(ProcessStat.self()));
    }

    private ManagedChannel channel(final EventLoopGroup loops) {
        return NettyChannelBuilder.forAddress(plan.target().socket())
                .eventLoopGroup(loops)
                .channelType(plan.target().isUnix() ? EpollDomainSocketChannel.class : EpollSocketChannel.class)
                .directExecutor()
                .usePlaintext()
                .overrideAuthority("localhost")
                .build();
    }

    private void connect(final ManagedChannel channel) throws IOException, InterruptedException {
        final long untilNs = System.nanoTime() + CONNECT_NS;
        while (channel.getState(true) != ConnectivityState.READY) {
            if (System.nanoTime() - untilNs > 0) {
                throw new IOException(
                        "no connection to " + plan.target().display() + " within 3 s: is the server running?");
            }
            TimeUnit.MILLISECONDS.sleep(2);
        }
    }

    private record Reading(long timeNs, @Nullable Counters server, Counters client) {}

    private record Counters(long cpuNs, long residentKib) {
        static Counters of(final ProcessStat process) throws IOException {
            return new Counters(process.cpuNs(), process.residentAnonymousKib());
        }

        LoadResult.Usage since(final Counters before) {
            return new LoadResult.Usage(cpuNs - before.cpuNs, residentKib);
        }
    }
}
