/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.warmup;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.stub.StreamObserver;
import io.tollgate.server.config.SidecarConfig;
import io.tollgate.server.decide.DecisionListeners;
import io.tollgate.server.decide.Evaluator;
import io.tollgate.server.decide.FaultLog;
import io.tollgate.server.decide.IoTransport;
import io.tollgate.v1.DecideBatchRequest;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DecisionServiceGrpc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * Asks questions over gRPC through a Unix domain socket in a directory that only this user may enter (over loopback
 * TCP where there are no such sockets), until enough were answered or the time is up. Blocks the thread that runs it.
 */
public final class WarmUp {
    private static final long NS_PER_MS = 1_000_000L;
    private static final String SOCKET = "s";
    private static final int IN_FLIGHT = 32;
    private static final int BATCH = 32;
    private static final int BATCH_EVERY = 4;

    private final SidecarConfig config;
    private final Evaluator evaluator;
    private final FaultLog faults;
    private final BooleanSupplier cancelled;

    /**
     * Prepares it.
     *
     * @param evaluator nobody else's; used by one thread of the warm-up
     * @param cancelled asked between rounds
     */
    public WarmUp(
            final SidecarConfig config,
            final Evaluator evaluator,
            final FaultLog faults,
            final BooleanSupplier cancelled) {
        this.config = config;
        this.evaluator = evaluator;
        this.faults = faults;
        this.cancelled = cancelled;
    }

    /**
     * Runs it.
     *
     * @return how many questions were answered
     * @throws IOException          when the socket or the transport fails
     * @throws InterruptedException when the thread is interrupted
     */
    public long run(final List<DecideRequest> questions) throws IOException, InterruptedException {
        final long deadlineNs = System.nanoTime() + config.warmUp().maxMs() * NS_PER_MS;
        final Path directory = Files.createTempDirectory("tollgate-warm-up");
        try (DecisionListeners listeners = open(directory)) {
            final EventLoopGroup clientLoop = IoTransport.group(1, IoTransport.threads("tollgate-warm-up-client"));
            final ManagedChannel channel = IoTransport.channel(listeners, clientLoop);
            try {
                return new Rounds(channel, questions, deadlineNs).run(() -> remove(directory));
            } catch (final ExecutionException e) {
                throw new IOException("a warm-up call failed: " + e.getCause(), e);
            } finally {
                channel.shutdownNow();
                clientLoop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            }
        } finally {
            remove(directory);
        }
    }

    /** Also the socket in it: once the one client is connected nobody needs the name, and a kill leaves nothing behind. */
    private static void remove(final Path directory) {
        try {
            Files.deleteIfExists(directory.resolve(SOCKET));
            Files.deleteIfExists(directory);
        } catch (final IOException ignored) {
            // an empty directory in the place for temporary files
        }
    }

    private DecisionListeners open(final Path directory) {
        final SidecarConfig.Listen listen = IoTransport.hasUnixSockets()
                ? new SidecarConfig.Listen(null, directory.resolve(SOCKET), null, null, null)
                : new SidecarConfig.Listen(IoTransport.anyLoopbackPort(), null, null, null, null);
        return DecisionListeners.openForWarmUp(config.listeningOn(listen, 1), () -> evaluator, faults);
    }

    /** The asking itself. */
    private final class Rounds {
        private final ManagedChannel channel;
        private final List<DecideRequest> questions;
        private final long deadlineNs;
        private int next;
        private long answered;

        Rounds(final ManagedChannel channel, final List<DecideRequest> questions, final long deadlineNs) {
            this.channel = channel;
            this.questions = questions;
            this.deadlineNs = deadlineNs;
        }

        long run(final Runnable connected) throws InterruptedException, ExecutionException {
            try {
                askSingly();
                connected.run();
                ask();
            } catch (final TimeoutException timeIsUp) {
                return answered;
            }
            return answered;
        }

        private void ask() throws InterruptedException, ExecutionException, TimeoutException {
            for (int round = 0; answered < config.warmUp().decisions() && leftNs() > 0; round++) {
                if (cancelled.getAsBoolean()) {
                    break;
                }
                askSingly();
                if (round % BATCH_EVERY == 0) {
                    askInOneBatch();
                    askOverAStream();
                }
            }
        }

        private void askSingly() throws InterruptedException, ExecutionException, TimeoutException {
            final DecisionServiceGrpc.DecisionServiceFutureStub stub = DecisionServiceGrpc.newFutureStub(channel);
            final List<Future<DecideResponse>> calls = new ArrayList<>();
            for (int i = 0; i < IN_FLIGHT; i++) {
                calls.add(stub.decide(question()));
            }
            for (final Future<DecideResponse> call : calls) {
                call.get(Math.max(1, leftNs()), TimeUnit.NANOSECONDS);
                answered++;
            }
        }

        private void askInOneBatch() throws InterruptedException, ExecutionException, TimeoutException {
            final DecideBatchRequest.Builder batch = DecideBatchRequest.newBuilder();
            for (int i = 0; i < Math.min(BATCH, config.limits().maxBatchSize()); i++) {
                batch.addRequests(question());
            }
            answered += DecisionServiceGrpc.newFutureStub(channel)
                    .decideBatch(batch.build())
                    .get(Math.max(1, leftNs()), TimeUnit.NANOSECONDS)
                    .getResponsesCount();
        }

        private void askOverAStream() throws InterruptedException {
            final CountDownLatch done = new CountDownLatch(1);
            final StreamObserver<DecideRequest> asked =
                    DecisionServiceGrpc.newStub(channel).decideStream(new UntilDone(done));
            for (int i = 0; i < BATCH; i++) {
                asked.onNext(question());
            }
            asked.onCompleted();
            if (done.await(Math.max(1, leftNs()), TimeUnit.NANOSECONDS)) {
                answered += BATCH;
            }
        }

        private DecideRequest question() {
            return questions.get(next++ % questions.size());
        }

        private long leftNs() {
            return deadlineNs - System.nanoTime();
        }
    }

    /** Wants to know only when the stream is over. */
    private record UntilDone(CountDownLatch done) implements StreamObserver<DecideResponse> {
        @Override
        public void onNext(final DecideResponse value) {}

        @Override
        public void onError(final Throwable t) {
            done.countDown();
        }

        @Override
        public void onCompleted() {
            done.countDown();
        }
    }
}
