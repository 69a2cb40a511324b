/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.service;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A call whose transport is ready when the test says so. Callbacks run on the test's thread. */
final class FakeCall<T> extends ServerCallStreamObserver<T> {
    final List<T> sent = new ArrayList<>();
    final List<String> ends = new ArrayList<>();
    /** How many more messages the transport takes. */
    int room;

    private Runnable onReady = () -> {};
    private Runnable onCancel = () -> {};
    private boolean cancelled;

    void ready(int messages) {
        room = messages;
        onReady.run();
    }

    void cancel() {
        cancelled = true;
        onCancel.run();
    }

    @Override
    public void onNext(T value) {
        room--;
        sent.add(value);
    }

    @Override
    public void onError(Throwable cause) {
        ends.add(Status.fromThrowable(cause).getCode().toString());
    }

    @Override
    public void onCompleted() {
        ends.add("completed");
    }

    @Override
    public boolean isReady() {
        return room > 0 && !cancelled;
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    @Override
    public void setOnCancelHandler(@Nullable Runnable handler) {
        onCancel = handler == null ? () -> {} : handler;
    }

    @Override
    public void setOnCloseHandler(Runnable handler) {
        // Only the real transport knows when everything is sent.
    }

    @Override
    public void setOnReadyHandler(Runnable handler) {
        onReady = handler;
    }

    @Override
    public void setCompression(String compression) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void disableAutoInboundFlowControl() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void request(int count) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setMessageCompression(boolean enable) {
        throw new UnsupportedOperationException();
    }
}
