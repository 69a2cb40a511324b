/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.envoy;

import io.grpc.netty.shaded.io.netty.bootstrap.Bootstrap;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelInitializer;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.EventLoop;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollSocketChannel;
import io.tollgate.bench.load.ProcessStat;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sends HTTP/1.1 requests over keep-alive connections, once. Open loop: requests are due at a fixed rate, whatever the server does; one
 * that finds no free connection waits, and its time counts from when it was due (no coordinated omission). Closed loop: every connection
 * always waits for an answer.
 *
 * <p>Sending and receiving are the work of one event loop, which owns all that changes here; the calling thread waits and reads the
 * counters of the processes.
 */
final class HttpLoad {
    private static final long CONNECT_S = 5;
    private static final long DRAIN_S = 5;
    private static final int MOST_WAITING = 200_000;

    private final Plan plan;
    private final HttpRequests requests;
    private final HttpTally tally = new HttpTally();
    private final ArrayDeque<HttpLane> free = new ArrayDeque<>();
    private final ArrayDeque<Long> waiting = new ArrayDeque<>();
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private long fromNs;
    private long toNs;
    private long beginNs;
    private long next;
    private int unanswered;
    private boolean over;

    /**
     * What to do.
     *
     * @param port        of 127.0.0.1
     * @param connections that are kept open; in a closed loop as many requests are always unanswered
     * @param ratePerS    open loop: requests due per second; 0 = closed loop
     * @param settleS     seconds before measuring
     * @param durationS   seconds to measure
     */
    record Plan(int port, int connections, int ratePerS, double settleS, double durationS) {}

    /**
     * What came of it.
     *
     * @param measuredNs length of the window
     * @param cpuNs      processor time of each process in the window
     */
    record Result(HttpTally tally, long measuredNs, List<Long> cpuNs) {
        double perS() {
            return tally.answered * 1e9 / measuredNs;
        }

        double latencyUs(final double percentile) {
            return tally.latency.getValueAtPercentile(percentile) / 1e3;
        }

        double cpuUsPerRequest(final int process) {
            return cpuNs.get(process) / 1e3 / tally.answered;
        }
    }

    HttpLoad(final Plan plan, final HttpRequests requests) {
        this.plan = plan;
        this.requests = requests;
    }

    /**
     * Runs it.
     *
     * @param processes whose processor time is read
     * @throws IOException when the server cannot be reached, or a process is gone
     */
    Result run(final List<ProcessStat> processes) throws IOException, InterruptedException {
        final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        try {
            final EventLoop loop = group.next();
            final List<Channel> channels = connect(group);
            beginNs = System.nanoTime();
            fromNs = beginNs + (long) (plan.settleS * 1e9);
            toNs = fromNs + (long) (plan.durationS * 1e9);
            loop.execute(() -> start(loop));
            sleepUntil(fromNs);
            final List<Long> before = cpu(processes);
            final long readNs = System.nanoTime();
            sleepUntil(toNs);
            final List<Long> after = cpu(processes);
            final long measuredNs = System.nanoTime() - readNs;
            awaitDrained(loop);
            for (final Channel channel : channels) {
                channel.close();
            }
            final List<Long> used = new ArrayList<>();
            for (int i = 0; i < before.size(); i++) {
                used.add(after.get(i) - before.get(i));
            }
            return new Result(tally, measuredNs, used);
        } finally {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(2, TimeUnit.SECONDS);
        }
    }

    private List<Channel> connect(final EventLoopGroup group) throws IOException, InterruptedException {
        final List<Channel> channels = new ArrayList<>();
        for (int i = 0; i < plan.connections; i++) {
            final HttpLane lane = new HttpLane(this);
            free.add(lane);
            final var connected = new Bootstrap()
                    .group(group)
                    .channel(EpollSocketChannel.class)
                    .option(ChannelOption.TCP_NODELAY, true)
                    .handler(new ChannelInitializer<Channel>() {
                        @Override
                        protected void initChannel(final Channel channel) {
                            channel.pipeline().addLast(lane);
                        }
                    })
                    .connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), plan.port));
            if (!connected.await(CONNECT_S, TimeUnit.SECONDS) || !connected.isSuccess()) {
                throw new IOException("no connection to 127.0.0.1:" + plan.port, connected.cause());
            }
            channels.add(connected.channel());
        }
        return channels;
    }

    private void awaitDrained(final EventLoop loop) throws IOException, InterruptedException {
        try {
            drained.get(DRAIN_S, TimeUnit.SECONDS);
        } catch (final TimeoutException e) {
            final CompletableFuture<Void> ended = new CompletableFuture<>();
            loop.execute(() -> {
                over = true;
                tally.error("no answer when the run ended", unanswered + waiting.size());
                ended.complete(null);
            });
            ended.join();
        } catch (final ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }

    private static List<Long> cpu(final List<ProcessStat> processes) throws IOException {
        final List<Long> used = new ArrayList<>();
        for (final ProcessStat each : processes) {
            used.add(each.cpuNs());
        }
        return used;
    }

    private static void sleepUntil(final long timeNs) throws InterruptedException {
        for (long left = timeNs - System.nanoTime(); left > 0; left = timeNs - System.nanoTime()) {
            TimeUnit.NANOSECONDS.sleep(left);
        }
    }

    // From here on: the event loop.

    private void start(final EventLoop loop) {
        if (plan.ratePerS > 0) {
            tick(loop);
            return;
        }
        loop.schedule(this::end, toNs - System.nanoTime(), TimeUnit.NANOSECONDS);
        for (HttpLane lane = free.poll(); lane != null; lane = free.poll()) {
            send(lane, System.nanoTime());
        }
    }

    /** Sends all that is due, and comes again when the next one is. */
    private void tick(final EventLoop loop) {
        long dueNs = beginNs + dueAfterNs(next, plan.ratePerS);
        for (long nowNs = System.nanoTime(); dueNs - nowNs <= 0; nowNs = System.nanoTime()) {
            if (dueNs - toNs >= 0) {
                end();
                return;
            }
            next++;
            due(dueNs, nowNs);
            dueNs = beginNs + dueAfterNs(next, plan.ratePerS);
        }
        loop.schedule(() -> tick(loop), dueNs - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    /** {@return when a request is due after the begin, nanoseconds; exact, so the rate does not drift} */
    static long dueAfterNs(final long request, final int ratePerS) {
        final long second = 1_000_000_000L;
        return request / ratePerS * second + request % ratePerS * second / ratePerS;
    }

    private void due(final long dueNs, final long nowNs) {
        final HttpLane lane = free.poll();
        if (lane != null) {
            if (isMeasured(dueNs)) {
                tally.lateness(nowNs - dueNs);
            }
            send(lane, dueNs);
        } else if (waiting.size() < MOST_WAITING) {
            waiting.add(dueNs);
        } else {
            tally.error("due, but never sent: too many wait", 1);
        }
    }

    private void send(final HttpLane lane, final long sinceNs) {
        unanswered++;
        lane.send(requests.next(), sinceNs);
    }

    private boolean isMeasured(final long timeNs) {
        return timeNs - fromNs >= 0 && timeNs - toNs < 0;
    }

    void answered(final HttpLane lane, final int status, final long sinceNs) {
        final long nowNs = System.nanoTime();
        unanswered--;
        tally.answered(status, isMeasured(nowNs));
        if (isMeasured(plan.ratePerS > 0 ? sinceNs : nowNs)) {
            tally.latency(nowNs - sinceNs);
        }
        final Long dueNs = waiting.poll();
        if (dueNs != null) {
            send(lane, dueNs);
        } else if (plan.ratePerS == 0 && !over) {
            send(lane, nowNs);
        } else {
            free.add(lane);
        }
        finish();
    }

    /** A connection has ended; its request, if it had one, is lost. */
    void broken(final HttpLane lane, final String what, final boolean wasBusy) {
        free.remove(lane);
        if (drained.isDone()) {
            return;
        }
        tally.error(what, 1);
        if (wasBusy) {
            unanswered--;
            finish();
        }
    }

    private void end() {
        over = true;
        finish();
    }

    private void finish() {
        if (over && unanswered == 0 && waiting.isEmpty()) {
            drained.complete(null);
        }
    }
}
