/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import io.tollgate.loader.freshness.LoaderClock;
import io.tollgate.loader.transfer.ControlPlaneClient;
import io.tollgate.loader.transfer.ControlPlaneClient.Failure;
import io.tollgate.loader.transfer.ControlPlaneClient.Stream;
import io.tollgate.v1.DeltaBatch;
import io.tollgate.v1.PullDeltasRequest;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks the control plane what is newer, one call at a time: every heartbeat interval a new call, because only the first answer of a call
 * proves anything about now. A call that is not answered in time has failed, however healthy its connection looks. Loader's thread only.
 */
final class Heartbeats {
    /** Beyond the wait that the control plane was asked for; then the next call replaces this one. */
    private static final long LINGER_MS = 500;

    /** Learns what the control plane says. */
    interface Host {
        /** What to ask with: identity, bundle, and what is installed now. */
        PullDeltasRequest question();

        /** The first answer of a call, which confirms; sent = when its question left. */
        void answered(PullDeltasRequest question, DeltaBatch answer, long sentNs, long sentWallMs);

        /** A later message of a call: news, no confirmation. */
        void news(DeltaBatch news);

        /** A call has failed. */
        void failed(String cause);
    }

    private final ControlPlaneClient client;
    private final Inbox inbox;
    private final LoaderClock clock;
    private final Backoff backoff;
    private final Host host;
    private final long intervalNs;
    private final long answerTimeoutNs;
    private final long lingerNs = TimeUnit.MILLISECONDS.toNanos(LINGER_MS);

    private @Nullable Call call;
    private long nextAtNs;

    private static final class Call {
        final PullDeltasRequest question;
        final long sentNs;
        final long sentWallMs;

        @Nullable
        Stream stream;

        boolean answered;

        Call(PullDeltasRequest question, long sentNs, long sentWallMs) {
            this.question = question;
            this.sentNs = sentNs;
            this.sentWallMs = sentWallMs;
        }
    }

    Heartbeats(ControlPlaneClient client, Inbox inbox, LoaderClock clock, Backoff backoff, Timings timings, Host host) {
        this.client = client;
        this.inbox = inbox;
        this.clock = clock;
        this.backoff = backoff;
        this.host = host;
        this.intervalNs = timings.heartbeatNs();
        this.answerTimeoutNs = timings.answerTimeoutNs();
        this.nextAtNs = clock.monotonicNs();
    }

    /** One look at the clock; sends, gives up, replaces. */
    int poll(long nowNs) {
        Call running = call;
        if (running == null) {
            if (nowNs - nextAtNs < 0) {
                return 0;
            }
            send();
            return 1;
        }
        long elapsedNs = nowNs - running.sentNs;
        if (!running.answered && elapsedNs > answerTimeoutNs) {
            end(running, "no answer in time");
            client.suspect();
            fail("no answer from " + client.address() + " within " + TimeUnit.NANOSECONDS.toMillis(answerTimeoutNs)
                    + " ms");
            return 1;
        }
        if (running.answered && elapsedNs > intervalNs + lingerNs) {
            end(running, "replaced by the next heartbeat");
            send();
            return 1;
        }
        return 0;
    }

    /** Asks again at once, because what is installed has changed. */
    void askNow() {
        if (call != null) {
            end(call, "asked again");
        }
        nextAtNs = clock.monotonicNs();
    }

    /** Ends the running call, since what it brings is of no use; asks again after a wait. */
    void retryAfter(long waitNs) {
        if (call != null) {
            end(call, "its deltas are of no use");
        }
        nextAtNs = clock.monotonicNs() + waitNs;
    }

    /** The connection is back: no need to wait longer. */
    void reachable() {
        if (call == null && backoff.failures() > 0) {
            nextAtNs = clock.monotonicNs();
        }
    }

    /** Ends the running call; nothing is asked any more unless polled. */
    void close() {
        if (call != null) {
            end(call, "the loader stops");
        }
    }

    private void send() {
        long waitMs = TimeUnit.NANOSECONDS.toMillis(intervalNs);
        PullDeltasRequest question =
                host.question().toBuilder().setWaitMs(waitMs).build();
        // Read before the question leaves: the answer can only be newer than this.
        Call next = new Call(question, clock.monotonicNs(), clock.wallMs());
        call = next;
        long deadlineMs = waitMs + TimeUnit.NANOSECONDS.toMillis(answerTimeoutNs) + LINGER_MS;
        Stream stream = client.pullDeltas(
                question, deadlineMs, inbox.listener(batch -> onBatch(next, batch), failure -> onEnd(next, failure)));
        next.stream = stream;
        stream.request(1);
    }

    private void onBatch(Call from, DeltaBatch batch) {
        if (from != call) {
            return;
        }
        if (from.stream != null) {
            from.stream.request(1);
        }
        if (from.answered) {
            host.news(batch);
        } else if (batch.getHeartbeat().getAnswersRequest()) {
            from.answered = true;
            backoff.onSuccess();
            host.answered(from.question, batch, from.sentNs, from.sentWallMs);
        }
    }

    private void onEnd(Call from, @Nullable Failure failure) {
        if (from != call) {
            return;
        }
        call = null;
        if (failure != null) {
            fail(client.address() + ": " + failure.message());
        } else if (!from.answered) {
            fail(client.address() + " ended the call without an answer");
        } else {
            long dueNs = from.sentNs + intervalNs;
            long nowNs = clock.monotonicNs();
            nextAtNs = dueNs - nowNs > 0 ? dueNs : nowNs;
        }
    }

    private void end(Call running, String why) {
        call = null;
        if (running.stream != null) {
            running.stream.cancel(why);
        }
    }

    private void fail(String cause) {
        nextAtNs = clock.monotonicNs() + backoff.onFailureNs();
        host.failed(cause);
    }

    int consecutiveFailures() {
        return backoff.failures();
    }
}
