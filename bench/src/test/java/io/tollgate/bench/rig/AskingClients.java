/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.rig;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.tollgate.v1.DecideBatchRequest;
import io.tollgate.v1.DecideRequest;
import io.tollgate.v1.DecideResponse;
import io.tollgate.v1.DecisionServiceGrpc;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Callers of all three kinds that ask until they are stopped and have every answer checked. Each method belongs to one thread. */
final class AskingClients {
    private static final int BATCH = 32;
    private static final int WINDOW = 64;

    private final ManagedChannel channel;
    private final List<DecideRequest> requests;
    private final AnswerCheck check;
    private final AtomicBoolean stop;

    AskingClients(
            final ManagedChannel channel,
            final List<DecideRequest> requests,
            final AnswerCheck check,
            final AtomicBoolean stop) {
        this.channel = channel;
        this.requests = requests;
        this.check = check;
        this.stop = stop;
    }

    void askOneByOne() {
        final DecisionServiceGrpc.DecisionServiceBlockingStub stub = DecisionServiceGrpc.newBlockingStub(channel);
        long lastVersion = 0;
        for (int i = 0; !stop.get(); i++) {
            try {
                final long version = check.check(stub.decide(requests.get(i % requests.size())));
                if (version < lastVersion) {
                    check.fault("one caller's answers went back from version " + lastVersion + " to " + version);
                }
                lastVersion = version;
            } catch (final StatusRuntimeException e) {
                check.fault("Decide: " + e.getStatus());
            }
        }
    }

    void askInBatches() {
        final DecisionServiceGrpc.DecisionServiceBlockingStub stub = DecisionServiceGrpc.newBlockingStub(channel);
        int at = 0;
        while (!stop.get()) {
            final DecideBatchRequest.Builder batch = DecideBatchRequest.newBuilder();
            for (int i = 0; i < BATCH; i++) {
                batch.addRequests(requests.get(at++ % requests.size()));
            }
            try {
                final Set<Long> versions = new TreeSet<>();
                final List<DecideResponse> answers =
                        stub.decideBatch(batch.build()).getResponsesList();
                answers.forEach(answer -> versions.add(check.check(answer)));
                if (versions.size() != 1 || answers.size() != BATCH) {
                    check.fault("a batch of " + answers.size() + " answers of versions " + versions);
                }
            } catch (final StatusRuntimeException e) {
                check.fault("DecideBatch: " + e.getStatus());
            }
        }
    }

    void askOverAStream() {
        final CountDownLatch ended = new CountDownLatch(1);
        DecisionServiceGrpc.newStub(channel).decideStream(new Window(ended));
        try {
            while (!ended.await(100, TimeUnit.MILLISECONDS)) {
                if (Thread.interrupted()) {
                    return;
                }
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Keeps a window of questions unanswered. gRPC runs its callbacks one after the other. */
    private final class Window implements ClientResponseObserver<DecideRequest, DecideResponse> {
        private final CountDownLatch ended;
        private ClientCallStreamObserver<DecideRequest> questions;
        private int sent;
        private int answered;
        private boolean closed;

        @SuppressWarnings("NullAway.Init") // gRPC calls beforeStart first
        Window(final CountDownLatch ended) {
            this.ended = ended;
        }

        @Override
        public void beforeStart(final ClientCallStreamObserver<DecideRequest> stream) {
            questions = stream;
            stream.setOnReadyHandler(() -> {
                while (sent == 0 || !stop.get() && sent - answered < WINDOW) {
                    send();
                }
            });
        }

        private void send() {
            questions.onNext(requests.get(sent++ % requests.size()));
        }

        @Override
        public void onNext(final DecideResponse answer) {
            check.check(answer);
            answered++;
            if (!stop.get()) {
                send();
            } else if (!closed) {
                closed = true;
                questions.onCompleted();
            }
        }

        @Override
        public void onError(final Throwable failure) {
            check.fault("DecideStream: " + Status.fromThrowable(failure));
            ended.countDown();
        }

        @Override
        public void onCompleted() {
            if (answered != sent) {
                check.fault("DecideStream: " + sent + " questions, " + answered + " answers");
            }
            ended.countDown();
        }
    }
}
