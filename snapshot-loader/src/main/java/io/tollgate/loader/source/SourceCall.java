/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.source;

import io.tollgate.loader.transfer.ControlPlaneClient.Failure;
import io.tollgate.loader.transfer.ControlPlaneClient.Listener;
import io.tollgate.loader.transfer.ControlPlaneClient.Stream;
import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * One call that is answered by a thread of this process: waits until messages are allowed, stops when it is cancelled.
 *
 * <p>Guarantees: the listener is called by the working thread alone, never after {@link #cancel} has been noticed, and its end comes once.
 */
final class SourceCall<A> implements Stream {
    private static final int MANY = 1 << 20;

    private final Listener<A> listener;
    private final String address;
    private final Semaphore allowed = new Semaphore(0);
    private volatile boolean cancelled;
    /** Guarded by this. */
    private @Nullable Closeable reading;

    /** Guarded by this. */
    private @Nullable Thread worker;

    /** What answers. */
    interface Work<A> {
        void run(SourceCall<A> call) throws IOException, InterruptedException;
    }

    SourceCall(Listener<A> listener, String address) {
        this.listener = listener;
        this.address = address;
    }

    /** On a thread of the source. */
    void run(Work<A> work) {
        if (!begin()) {
            return;
        }
        Failure failure;
        try {
            work.run(this);
            failure = null;
        } catch (SourceException e) {
            failure = new Failure(e.kind(), String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            failure = new Failure(Failure.Kind.UNAVAILABLE, "interrupted");
        } catch (IOException e) {
            failure = new Failure(Failure.Kind.UNAVAILABLE, e.toString());
        } catch (RuntimeException e) {
            failure = new Failure(Failure.Kind.OTHER, "unexpected: " + e);
            System.getLogger("tollgate.loader.source").log(System.Logger.Level.ERROR, address, e);
        }
        closeReading();
        finish();
        if (!cancelled) {
            listener.onEnd(failure);
        }
    }

    private synchronized boolean begin() {
        worker = cancelled ? null : Thread.currentThread();
        return worker != null;
    }

    /** From here on no cancel interrupts the thread, which goes on to other work; one that came before is swallowed. */
    private synchronized void finish() {
        worker = null;
        if (Thread.interrupted()) {
            cancelled = true;
        }
    }

    /** Hands a message on once one is allowed. False = cancelled, stop. */
    boolean send(A message) throws InterruptedException {
        allowed.acquire();
        if (cancelled) {
            return false;
        }
        listener.onMessage(message);
        return true;
    }

    /** What a cancel closes, so that a read that waits ends. */
    void reads(Closeable from) throws IOException {
        synchronized (this) {
            if (!cancelled) {
                reading = from;
                return;
            }
        }
        from.close();
    }

    @Override
    public void request(int messages) {
        allowed.release(Math.min(messages, MANY));
    }

    @Override
    public void cancel(String reason) {
        cancelled = true;
        allowed.release();
        closeReading();
        synchronized (this) {
            if (worker != null) {
                worker.interrupt();
            }
        }
    }

    private void closeReading() {
        Closeable open;
        synchronized (this) {
            open = reading;
            reading = null;
        }
        if (open != null) {
            try {
                open.close();
            } catch (IOException ignored) {
                // Nobody reads it any more.
            }
        }
    }
}
