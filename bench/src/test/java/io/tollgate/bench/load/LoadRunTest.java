/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.grpc.stub.StreamObserver;
import io.tollgate.examples.generator.GeneratedShape;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DecisionServiceGrpc;
import io.tollgate.v1.Outcome;
import io.tollgate.v1.Reason;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadRunTest {
    private static final List<DecideRequest> REQUESTS =
            RequestSource.generated(GeneratedShape.of(100), new RequestSource.Draw(RequestSource.Hot.ZIPF, true), 64);

    @TempDir
    private Path folder;

    @SuppressWarnings("NullAway.Init") // every test starts one
    private Server server;

    @AfterEach
    void stop() throws InterruptedException {
        if (server != null) {
            server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        }
    }

    @Test
    void shouldCountEveryAnswerOfAClosedLoop() throws Exception {
        final AtomicInteger served = new AtomicInteger();
        serve(new Scripted(served, Integer.MAX_VALUE));
        final LoadResult result = run(plan(LoadPlan.Call.UNARY, 1, 2, LoadPlan.Loop.closed(8), 500));
        assertEquals(0, result.errorCount(), () -> result.tally().errors().toString());
        assertEquals(500, served.get(), "the budget of calls");
        assertEquals(500, result.tally().completedCalls());
        assertEquals(500, result.tally().latency().getTotalCount());
        assertEquals("{ALLOW OK=500}", result.tally().decisionsByReason().toString());
        assertTrue(result.callsPerS() > 0);
    }

    @Test
    void shouldCountEveryDecisionOfABatch() throws Exception {
        serve(new EmptyService(TypicalAnswer.make()));
        final LoadResult result = run(plan(LoadPlan.Call.BATCH, 7, 1, LoadPlan.Loop.closed(2), 50));
        assertEquals(0, result.errorCount(), () -> result.tally().errors().toString());
        assertEquals(50, result.tally().completedCalls());
        assertEquals(350, result.tally().decisionCount());
    }

    @Test
    void shouldKeepAWindowOfAStreamFull() throws Exception {
        serve(new EmptyService(TypicalAnswer.make()));
        final LoadResult result = run(plan(LoadPlan.Call.STREAM, 1, 2, LoadPlan.Loop.closed(16), 1_000));
        assertEquals(0, result.errorCount(), () -> result.tally().errors().toString());
        assertEquals(1_000, result.tally().decisionCount());
    }

    @Test
    void shouldWorkOverAUnixSocket() throws Exception {
        final Path socket = folder.resolve("s");
        final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        server = NettyServerBuilder.forAddress(
                        LocalAddress.parse("unix:" + socket).socket())
                .channelType(EpollServerDomainSocketChannel.class)
                .bossEventLoopGroup(loops)
                .workerEventLoopGroup(loops)
                .directExecutor()
                .addService(new EmptyService(TypicalAnswer.make()))
                .build()
                .start();
        final LoadPlan plan = new LoadPlan(
                LocalAddress.parse("unix:" + socket), LoadPlan.Call.UNARY, 1, 1, LoadPlan.Loop.closed(1), span(100));
        final LoadResult result = run(plan);
        assertEquals(100, result.tally().completedCalls());
        assertEquals(0, result.errorCount());
        stop();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    @Test
    void shouldChargeAStallToEveryCallThatItDelayedInAnOpenLoop() throws Exception {
        final long stallNs = TimeUnit.MILLISECONDS.toNanos(300);
        serve(new Stalling(20, stallNs));
        final LoadPlan.Loop loop = new LoadPlan.Loop(1, 1_000, false);
        final LoadResult result = run(plan(LoadPlan.Call.UNARY, 1, 1, loop, 200));
        assertEquals(0, result.errorCount(), () -> result.tally().errors().toString());
        assertEquals(200, result.tally().latency().getTotalCount());
        // about 180 calls were due during or right after the stall, though only one was in it
        final long late = result.tally().latency().getCountBetweenValues(stallNs / 3, Tally.HIGHEST_NS);
        assertTrue(late > 100, () -> late + " calls show the stall; coordinated omission would show 1");
    }

    @Test
    void shouldReportFailedCallsByCause() throws Exception {
        serve(new Scripted(new AtomicInteger(), 10));
        final LoadPlan.Span span =
                new LoadPlan.Span(0, TimeUnit.MILLISECONDS.toNanos(300), 100, TimeUnit.SECONDS.toNanos(5));
        final LoadResult result =
                run(new LoadPlan(address(), LoadPlan.Call.UNARY, 1, 1, LoadPlan.Loop.closed(1), span));
        assertEquals(10, result.tally().decisionCount());
        assertTrue(result.errorCount() > 0);
        assertEquals(
                "[RESOURCE_EXHAUSTED: scripted]",
                result.tally().errors().keySet().toString());
    }

    @Test
    void shouldReportAStreamThatTheServerEnds() throws Exception {
        serve(new Scripted(new AtomicInteger(), 5));
        final LoadPlan.Span span =
                new LoadPlan.Span(0, TimeUnit.MILLISECONDS.toNanos(300), 100, TimeUnit.SECONDS.toNanos(5));
        final LoadResult result =
                run(new LoadPlan(address(), LoadPlan.Call.STREAM, 1, 1, LoadPlan.Loop.closed(4), span));
        assertEquals(5, result.tally().decisionCount());
        assertEquals(4L, result.tally().errors().get("calls lost with their stream"));
    }

    @Test
    void shouldSayThatNobodyListens() throws Exception {
        serve(new EmptyService(TypicalAnswer.make()));
        final LoadPlan plan = plan(LoadPlan.Call.UNARY, 1, 1, LoadPlan.Loop.closed(1), 1);
        stop();
        final IOException failure = assertThrows(IOException.class, () -> run(plan));
        assertTrue(String.valueOf(failure.getMessage()).contains("is the server running?"), failure::toString);
    }

    private LoadResult run(final LoadPlan plan) throws IOException, InterruptedException {
        final RequestPool pool = plan.call() == LoadPlan.Call.BATCH
                ? RequestPool.ofBatches(REQUESTS, plan.batchSize())
                : RequestPool.ofDecisions(REQUESTS);
        return new LoadRun(plan, pool, ProcessStat.self()).run();
    }

    private LoadPlan plan(
            final LoadPlan.Call call,
            final int batch,
            final int connections,
            final LoadPlan.Loop loop,
            final long calls) {
        return new LoadPlan(address(), call, batch, connections, loop, span(calls));
    }

    private static LoadPlan.Span span(final long calls) {
        return new LoadPlan.Span(0, TimeUnit.SECONDS.toNanos(60), calls, TimeUnit.SECONDS.toNanos(10));
    }

    private LocalAddress address() {
        return LocalAddress.parse("127.0.0.1:" + server.getPort());
    }

    private void serve(final DecisionServiceGrpc.DecisionServiceImplBase service) throws IOException {
        final ServerBuilder<?> builder = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0));
        server = builder.directExecutor().addService(service).build().start();
    }

    /** Allows so many, then fails. */
    private static final class Scripted extends DecisionServiceGrpc.DecisionServiceImplBase {
        private final AtomicInteger served;
        private final int allowed;

        Scripted(final AtomicInteger served, final int allowed) {
            this.served = served;
            this.allowed = allowed;
        }

        @Override
        public void decide(final DecideRequest request, final StreamObserver<DecideResponse> observer) {
            if (served.incrementAndGet() > allowed) {
                observer.onError(
                        Status.RESOURCE_EXHAUSTED.withDescription("scripted").asRuntimeException());
                return;
            }
            observer.onNext(DecideResponse.newBuilder()
                    .setOutcome(Outcome.OUTCOME_ALLOW)
                    .setReason(Reason.REASON_OK)
                    .build());
            observer.onCompleted();
        }

        @Override
        public StreamObserver<DecideRequest> decideStream(final StreamObserver<DecideResponse> observer) {
            return new StreamObserver<>() {
                private boolean ended;

                @Override
                public void onNext(final DecideRequest request) {
                    if (ended) {
                        return;
                    }
                    if (served.incrementAndGet() > allowed) {
                        ended = true;
                        observer.onError(Status.RESOURCE_EXHAUSTED
                                .withDescription("scripted")
                                .asRuntimeException());
                        return;
                    }
                    observer.onNext(TypicalAnswer.make());
                }

                @Override
                public void onError(final Throwable failure) {
                    ended = true;
                }

                @Override
                public void onCompleted() {
                    observer.onCompleted();
                }
            };
        }
    }

    /** Stalls once. */
    private static final class Stalling extends DecisionServiceGrpc.DecisionServiceImplBase {
        private final int stallAt;
        private final long stallNs;
        private final AtomicInteger served = new AtomicInteger();

        Stalling(final int stallAt, final long stallNs) {
            this.stallAt = stallAt;
            this.stallNs = stallNs;
        }

        @Override
        public void decide(final DecideRequest request, final StreamObserver<DecideResponse> observer) {
            if (served.incrementAndGet() == stallAt) {
                final long untilNs = System.nanoTime() + stallNs;
                while (System.nanoTime() < untilNs) {
                    LockSupport.parkNanos(untilNs - System.nanoTime());
                }
            }
            observer.onNext(TypicalAnswer.make());
            observer.onCompleted();
        }
    }
}
