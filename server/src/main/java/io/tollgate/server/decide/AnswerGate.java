/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import io.tollgate.core.journal.UsageLog;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Holds answers back until the usage they rest on is as durable as configured, in their order; the event loop goes on meanwhile. Where
 * nothing has to be waited for (no journal, durability of the process, nothing taken) an answer passes at once.
 *
 * <p>Belongs to one event loop, but {@link #wake}, which the journal's thread calls. That sees {@code waits} set before the loop looks
 * at the
 * durable sequence once more, so no answer is forgotten.
 */
final class AnswerGate {
    /** Tells an answer. */
    @FunctionalInterface
    interface Teller {
        /**
         * Tells it, on the event loop.
         *
         * @param durable false = what it rests on is not durable and will never be: it must not be told as it is
         */
        void tell(boolean durable);
    }

    private record Held(long sequence, Teller teller) {}

    private final @Nullable UsageLog log;
    private final ArrayDeque<Held> held = new ArrayDeque<>();
    private volatile @Nullable Executor loop;
    private volatile boolean waits;
    private long owed;

    AnswerGate(final @Nullable UsageLog log) {
        this.log = log;
    }

    /** Says what runs on the lane's event loop. */
    void runsOn(final Executor executor) {
        loop = executor;
    }

    /** Adds to what the answer that is being made rests on: sequence of the journal, 0 = nothing. */
    void owe(final long sequence) {
        owed = Math.max(owed, sequence);
    }

    /** {@return what the answer that was just made rests on; 0 = nothing} */
    long takeOwed() {
        final long sequence = owed;
        owed = 0;
        return sequence;
    }

    /** Has an answer told: now, or when all up to a sequence is durable. */
    void pass(final long sequence, final Teller teller) {
        final UsageLog journal = log;
        if (journal == null || held.isEmpty() && sequence <= journal.durableSequence()) {
            teller.tell(true);
            return;
        }
        held.add(new Held(sequence, teller));
        waits = true;
        flush();
    }

    /** {@return answers that are held} */
    int heldCount() {
        return held.size();
    }

    /** More is durable, or nothing will be any more. Any thread. */
    void wake() {
        final Executor executor = loop;
        if (waits && executor != null) {
            try {
                executor.execute(this::flush);
            } catch (final RejectedExecutionException ignored) {
                // the loop has ended, and with it the calls
            }
        }
    }

    private void flush() {
        final UsageLog journal = log;
        if (journal == null) {
            return;
        }
        final boolean failed = journal.failed();
        final long durable = journal.durableSequence();
        Held first = held.peek();
        while (first != null && (first.sequence <= durable || failed)) {
            held.remove();
            first.teller.tell(first.sequence <= durable);
            first = held.peek();
        }
        waits = first != null;
    }
}
