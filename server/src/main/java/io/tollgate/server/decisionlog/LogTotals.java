/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decisionlog;

import java.util.concurrent.atomic.AtomicLong;

/** What the log counts. Written by the log's thread, read by any. */
final class LogTotals {
    private final AtomicLong sequence = new AtomicLong();
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong exported = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private final AtomicLong lengthBytes = new AtomicLong();
    private volatile Failure failure = new Failure("", 0);

    /**
     * What went wrong last.
     *
     * @param cause empty = nothing yet
     * @param atMs  since 1970
     */
    record Failure(String cause, long atMs) {}

    /** {@return the next number} */
    long nextSequence() {
        return sequence.incrementAndGet();
    }

    /** Leaves numbers out for entries that are gone. */
    void skip(final long count) {
        sequence.addAndGet(count);
        lost(count);
    }

    void written(final long count) {
        written.addAndGet(count);
    }

    void exported(final long count) {
        exported.addAndGet(count);
    }

    void lost(final long count) {
        lost.addAndGet(count);
    }

    void lengthBytes(final long bytes) {
        lengthBytes.set(bytes);
    }

    void failed(final Throwable cause, final long epochMs) {
        failure = new Failure(String.valueOf(cause), epochMs);
    }

    long sequence() {
        return sequence.get();
    }

    long written() {
        return written.get();
    }

    long exported() {
        return exported.get();
    }

    long lost() {
        return lost.get();
    }

    long lengthBytes() {
        return lengthBytes.get();
    }

    Failure failure() {
        return failure;
    }
}
