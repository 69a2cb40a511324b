/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/**
 * The protocol at full speed: things that cost nothing to make are swapped as fast as one thread can, so that a reader is often caught
 * between reading the current thing and showing that it reads it. Without the second read of {@code current} this fails within
 * milliseconds, with a plain store of the slot soon after (seen on x86-64).
 */
class SwapHolderTest {
    private static final int READERS = 2;
    private static final int SWAPS = 3_000_000;

    /** Stands for a mapped world. */
    private static final class Thing {
        private final long version;
        private volatile boolean closed;

        Thing(final long version) {
            this.version = version;
        }
    }

    @Test
    void shouldNeverCloseWhatIsPinned() throws InterruptedException {
        final List<Thing> closedInOrder = new ArrayList<>();
        final long[] closedCount = new long[1];
        final SwapHolder<Thing> holder = new SwapHolder<>(READERS, thing -> {
            thing.closed = true;
            closedCount[0]++;
            if (closedInOrder.size() < 10) {
                closedInOrder.add(thing);
            }
        });
        final AtomicReference<Throwable> failure = new AtomicReference<>();
        final AtomicBoolean running = new AtomicBoolean(true);
        final List<Thread> readers = new ArrayList<>();
        holder.activate(new Thing(0));
        for (int worker = 0; worker < READERS; worker++) {
            final int self = worker;
            final Thread reader = new Thread(() -> read(holder, self, running, failure), "reader-" + worker);
            readers.add(reader);
            reader.start();
        }
        long swaps = 0;
        while (swaps < SWAPS && failure.get() == null) {
            holder.activate(new Thing(++swaps));
            holder.reclaim();
            assertTrue(holder.retiredCount() <= READERS, "one thing for each reader at most waits");
        }
        running.set(false);
        for (final Thread reader : readers) {
            reader.join();
        }
        if (failure.get() != null) {
            throw new AssertionError("a reader failed after " + swaps + " swaps", failure.get());
        }
        holder.close();
        assertEquals(0, holder.retiredCount());
        assertEquals(SWAPS + 1, closedCount[0]);
        assertNull(holder.pin(0));
        assertEquals(10, closedInOrder.size());
    }

    private static void read(
            final SwapHolder<Thing> holder,
            final int worker,
            final AtomicBoolean running,
            final AtomicReference<Throwable> failure) {
        long last = 0;
        try {
            while (running.get()) {
                final Thing thing = holder.pin(worker);
                assertNotNull(thing);
                if (thing.closed || thing.version < last) {
                    throw new AssertionError(
                            "version " + thing.version + " after " + last + ", closed: " + thing.closed);
                }
                last = thing.version;
                for (int i = (int) (last & 15); i > 0; i--) {
                    Thread.onSpinWait();
                }
                if (thing.closed) {
                    throw new AssertionError("version " + thing.version + " was closed while pinned");
                }
                holder.release(worker);
            }
        } catch (final Throwable ex) { // handed to the test's thread
            failure.compareAndSet(null, ex);
        }
    }
}
