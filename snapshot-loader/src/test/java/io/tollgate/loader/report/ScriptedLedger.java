/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.report;

import io.tollgate.loader.journal.Producer;
import io.tollgate.loader.transfer.ControlPlaneClient.Failure;
import io.tollgate.loader.transfer.ControlPlaneClient.Listener;
import io.tollgate.loader.transfer.UsageTransport;
import io.tollgate.v1.RejectedUsage;
import io.tollgate.v1.SidecarIdentity;
import io.tollgate.v1.UsageAck;
import io.tollgate.v1.UsageBatch;
import java.util.ArrayList;
import java.util.List;

/** The other end of reports, which answers what the test tells it, on the test's thread. */
final class ScriptedLedger implements UsageTransport {
    final List<Call> calls = new ArrayList<>();
    boolean ready = true;

    /** A report that was begun. */
    final class Call implements Report {
        final Listener<UsageAck> listener;
        final List<UsageBatch> batches = new ArrayList<>();
        String end = "";

        Call(Listener<UsageAck> listener) {
            this.listener = listener;
        }

        @Override
        public boolean isReady() {
            return ready;
        }

        @Override
        public void send(UsageBatch batch) {
            batches.add(batch);
        }

        @Override
        public void end() {
            end = "ended";
        }

        @Override
        public void cancel(String reason) {
            end = reason;
        }

        void acknowledge(Producer producer, long sequence, RejectedUsage... rejected) {
            listener.onMessage(UsageAck.newBuilder()
                    .setProducer(SidecarIdentity.newBuilder()
                            .setSidecarId(producer.sidecarId())
                            .setBootId(producer.bootId()))
                    .setAcceptedSequence(sequence)
                    .addAllRejected(List.of(rejected))
                    .build());
        }

        void fail(String message) {
            listener.onEnd(new Failure(Failure.Kind.UNAVAILABLE, message));
        }

        List<Long> firsts() {
            return batches.stream().map(UsageBatch::getFirstSequence).toList();
        }
    }

    Call last() {
        return calls.get(calls.size() - 1);
    }

    @Override
    public Report report(Listener<UsageAck> listener) {
        Call call = new Call(listener);
        calls.add(call);
        return call;
    }

    @Override
    public String address() {
        return "ledger.test:7080";
    }
}
