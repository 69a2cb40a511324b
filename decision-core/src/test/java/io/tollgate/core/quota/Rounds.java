/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;

/** Real threads that go through numbered rounds side by side: none begins a round before all ended the last. */
final class Rounds {
    /** What one thread does in one round. */
    interface Body {
        void run(int thread, int round);
    }

    private final int rounds;
    private final AtomicLongArray reached;

    private Rounds(int threads, int rounds) {
        this.rounds = rounds;
        this.reached = new AtomicLongArray(threads);
    }

    static void run(int threads, int rounds, Body body) {
        new Rounds(threads, rounds).run(body);
    }

    private void run(Body body) {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread[] all = new Thread[reached.length()];
        for (int i = 0; i < all.length; i++) {
            int number = i;
            all[i] = new Thread(() -> {
                try {
                    for (int round = 0; round < rounds && failure.get() == null; round++) {
                        await(number, round, failure);
                        body.run(number, round);
                    }
                } catch (Throwable e) {
                    failure.compareAndSet(null, e);
                }
            });
            all[i].start();
        }
        for (Thread thread : all) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        Throwable first = failure.get();
        if (first != null) {
            throw new AssertionError(first);
        }
    }

    private void await(int thread, long round, AtomicReference<Throwable> failure) {
        reached.set(thread, round);
        for (int other = 0; other < reached.length(); other++) {
            int spins = 0;
            while (reached.get(other) < round && failure.get() == null) {
                if (++spins % 64 == 0) {
                    Thread.yield();
                } else {
                    Thread.onSpinWait();
                }
            }
        }
    }
}
