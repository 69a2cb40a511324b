/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.ledger;

import io.tollgate.loader.transfer.ControlPlaneClient.Failure;
import io.tollgate.loader.transfer.ControlPlaneClient.Listener;
import io.tollgate.loader.transfer.UsageTransport;
import io.tollgate.v1.UsageAck;
import io.tollgate.v1.UsageBatch;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Over a real transport, one that loses, doubles, holds back and swaps batches and acknowledgements, and cuts reports: more than TCP ever
 * does. What it did is counted, so that a test can see that it did something.
 */
final class LossyTransport implements UsageTransport {
    final AtomicInteger mischief = new AtomicInteger();
    private final UsageTransport real;
    private final Random random;
    private volatile boolean calm;

    LossyTransport(UsageTransport real, Random random) {
        this.real = real;
        this.random = random;
    }

    /** From now on everything goes through. */
    void calm() {
        calm = true;
    }

    /** One in so many. */
    private boolean happens(int oneIn) {
        synchronized (random) {
            if (calm || random.nextInt(oneIn) != 0) {
                return false;
            }
        }
        mischief.incrementAndGet();
        return true;
    }

    @Override
    public String address() {
        return real.address();
    }

    @Override
    public Report report(Listener<UsageAck> listener) {
        Report report = real.report(new LossyAcks(listener));
        return new Report() {
            private @Nullable UsageBatch held;

            @Override
            public boolean isReady() {
                return report.isReady();
            }

            @Override
            public void send(UsageBatch batch) {
                if (happens(12)) {
                    return;
                }
                UsageBatch before = held;
                held = null;
                if (before == null && happens(12)) {
                    held = batch;
                    return;
                }
                report.send(batch);
                if (happens(12)) {
                    report.send(batch);
                }
                if (before != null) {
                    report.send(before);
                }
                if (happens(40)) {
                    report.cancel("cut by the test");
                }
            }

            @Override
            public void end() {
                report.end();
            }

            @Override
            public void cancel(String reason) {
                report.cancel(reason);
            }
        };
    }

    /** Acknowledgements of one report; those held back come with the next one. */
    private final class LossyAcks implements Listener<UsageAck> {
        private final Listener<UsageAck> listener;
        private final Deque<UsageAck> held = new ArrayDeque<>();

        LossyAcks(Listener<UsageAck> listener) {
            this.listener = listener;
        }

        @Override
        public void onMessage(UsageAck ack) {
            if (happens(10)) {
                return;
            }
            if (happens(10)) {
                held.add(ack);
                return;
            }
            listener.onMessage(ack);
            if (happens(10)) {
                listener.onMessage(ack);
            }
            while (!held.isEmpty()) {
                listener.onMessage(held.removeFirst());
            }
        }

        @Override
        public void onEnd(@Nullable Failure failure) {
            held.forEach(listener::onMessage);
            listener.onEnd(failure);
        }
    }
}
