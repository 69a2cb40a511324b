/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.service;

import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.tollgate.control.ledger.Ledger;
import io.tollgate.control.ledger.Receipt;
import io.tollgate.v1.SidecarIdentity;
import io.tollgate.v1.UsageAck;
import io.tollgate.v1.UsageBatch;
import java.util.function.Consumer;

/**
 * One ReportUsage call: hands batches to the ledger and its receipts back. A caller has at most {@value #WINDOW} batches here, and gets no
 * further while it does not read its acknowledgements.
 *
 * <p>Callbacks come from gRPC's threads, receipts from the ledger's: both take this object's monitor, and nothing under it waits.
 */
final class UsageReportCall implements StreamObserver<UsageBatch> {
    static final int WINDOW = 4;
    private static final int MAX_RECORDS = 10_000;

    private final Ledger ledger;
    private final ServerCallStreamObserver<UsageAck> response;
    private final Consumer<UsageReportCall> onEnd;
    private int atLedger;
    /** Messages to ask for once the transport has room for more acknowledgements. */
    private int owed;

    private boolean halfClosed;
    private boolean ended;

    /** @param onEnd called once, when the call is over */
    UsageReportCall(Ledger ledger, ServerCallStreamObserver<UsageAck> response, Consumer<UsageReportCall> onEnd) {
        this.ledger = ledger;
        this.response = response;
        this.onEnd = onEnd;
    }

    /** Within the call's first callback. */
    void start() {
        response.disableAutoRequest();
        response.setOnCancelHandler(this::gone);
        response.setOnReadyHandler(this::askForMore);
        response.request(WINDOW);
    }

    @Override
    public void onNext(UsageBatch batch) {
        synchronized (this) {
            if (ended) {
                return;
            }
            atLedger++;
        }
        try {
            check(batch);
        } catch (StatusException e) {
            end(e);
            return;
        }
        ledger.submit(batch, receipt -> done(batch.getProducer(), receipt));
    }

    private static void check(UsageBatch batch) throws StatusException {
        SidecarTable.check(batch.getProducer());
        if (batch.getProducer().getBootId().isEmpty()) {
            throw wrong("producer.boot_id is empty: sequences are counted per run");
        }
        if (batch.getRecordsCount() > MAX_RECORDS) {
            throw wrong("a batch has " + batch.getRecordsCount() + " records; at most " + MAX_RECORDS + " are taken");
        }
        if (batch.getRecordsCount() > 0
                && (batch.getFirstSequence() < 1 || batch.getFirstSequence() > Long.MAX_VALUE - MAX_RECORDS)) {
            throw wrong("first_sequence " + Long.toUnsignedString(batch.getFirstSequence())
                    + " is out of range; the first record of a run has sequence 1");
        }
        if (batch.getAcknowledgedSequence() < 0
                || batch.getAppendedSequence() < 0
                || batch.getDamagedFromSequence() < 0
                || batch.getAcknowledgedSequence() == Long.MAX_VALUE) {
            throw wrong("a sequence is out of range");
        }
    }

    private static StatusException wrong(String what) {
        return Status.INVALID_ARGUMENT.withDescription(what).asException();
    }

    private synchronized void done(SidecarIdentity producer, Receipt receipt) {
        atLedger--;
        if (ended) {
            return;
        }
        switch (receipt.result()) {
            case ACCEPTED -> {
                acknowledge(producer, receipt);
                owed++;
                askForMore();
                if (halfClosed && atLedger == 0) {
                    finish();
                    response.onCompleted();
                }
            }
            case GAP -> {
                acknowledge(producer, receipt);
                end(Status.OUT_OF_RANGE.withDescription(receipt.message()).asException());
            }
            case REFUSED ->
                end(Status.FAILED_PRECONDITION
                        .withDescription(receipt.message())
                        .asException());
            case UNAVAILABLE ->
                end(Status.UNAVAILABLE.withDescription(receipt.message()).asException());
        }
    }

    private void acknowledge(SidecarIdentity producer, Receipt receipt) {
        response.onNext(UsageAck.newBuilder()
                .setProducer(producer)
                .setAcceptedSequence(receipt.acceptedSequence())
                .addAllRejected(receipt.rejected())
                .build());
    }

    private synchronized void askForMore() {
        if (!ended && owed > 0 && response.isReady()) {
            response.request(owed);
            owed = 0;
        }
    }

    private synchronized void end(StatusException why) {
        if (!ended) {
            finish();
            response.onError(why);
        }
    }

    /** The control plane shuts down. */
    void leave() {
        end(Status.UNAVAILABLE
                .withDescription("the control plane is shutting down")
                .asException());
    }

    private void finish() {
        ended = true;
        onEnd.accept(this);
    }

    private synchronized void gone() {
        if (!ended) {
            finish();
        }
    }

    @Override
    public void onError(Throwable cause) {
        gone();
    }

    @Override
    public synchronized void onCompleted() {
        halfClosed = true;
        if (!ended && atLedger == 0) {
            finish();
            response.onCompleted();
        }
    }
}
