/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Runs threads one shared memory access at a time, with the store buffers of x86 (a later load may pass an earlier
 * store), in an order drawn from a seed: the real code of the takers, every interleaving reachable and repeatable.
 */
final class Stepper {
    /** A store that has been made and that others do not see yet. */
    private record Store(Memory memory, int index, long value) {}

    /** A thread of the simulation, with the store buffer of its processor: first in, first out, as x86 has it. */
    private static final class Actor extends Thread {
        private final Stepper stepper;
        private final int number;
        private final ArrayDeque<Store> stores = new ArrayDeque<>();

        Actor(Stepper stepper, int number, Runnable body) {
            super(body);
            this.stepper = stepper;
            this.number = number;
        }

        void drain() {
            while (!stores.isEmpty()) {
                drainOne();
            }
        }

        void drainOne() {
            Store store = stores.pollFirst();
            if (store != null) {
                store.memory().write(store.index(), store.value());
            }
        }
    }

    /** Memory whose every concurrent access is a step. Release stores wait in the buffer, all else empties it first. */
    static final class Memory extends UnsafeBuffer {
        Memory(int bytes) {
            super(BufferUtil.allocateDirectAligned(bytes, 256));
        }

        private void write(int index, long value) {
            super.putLong(index, value);
        }

        @Override
        public long getLong(int index) {
            if (Thread.currentThread() instanceof Actor actor) {
                for (Iterator<Store> stores = actor.stores.descendingIterator(); stores.hasNext(); ) {
                    Store store = stores.next();
                    if (store.memory() == this && store.index() == index) {
                        return store.value();
                    }
                }
            }
            return super.getLong(index);
        }

        @Override
        public long getLongVolatile(int index) {
            step(false);
            return getLong(index);
        }

        @Override
        public void putLongVolatile(int index, long value) {
            step(true);
            super.putLong(index, value);
        }

        @Override
        public void putLongRelease(int index, long value) {
            step(false);
            if (Thread.currentThread() instanceof Actor actor) {
                actor.stores.addLast(new Store(this, index, value));
            } else {
                super.putLong(index, value);
            }
        }

        @Override
        public boolean compareAndSetLong(int index, long expected, long value) {
            step(true);
            boolean same = super.getLong(index) == expected;
            if (same) {
                super.putLong(index, value);
            }
            return same;
        }

        @Override
        public long getAndAddLong(int index, long delta) {
            step(true);
            long before = super.getLong(index);
            super.putLong(index, before + delta);
            return before;
        }

        private static void step(boolean fence) {
            if (Thread.currentThread() instanceof Actor actor) {
                actor.stepper.step(actor.number);
                if (fence) {
                    actor.drain();
                } else if (actor.stepper.random.nextInt(4) == 0) {
                    actor.drainOne();
                }
            }
        }
    }

    private final SplittableRandom random;
    /** Switches happen with this chance at each step, or at a few steps chosen beforehand. */
    private final double chance;

    private final long[] switches = new long[4];
    private final Actor[] actors;
    private final boolean[] done;
    private volatile int turn;
    private volatile @Nullable Throwable failure;
    private long time;

    private Stepper(SplittableRandom random, int count) {
        this.random = random;
        this.actors = new Actor[count];
        this.done = new boolean[count];
        this.chance = random.nextInt(3) == 0 ? 0 : random.nextDouble() * 0.5;
        for (int i = 0; i < switches.length; i++) {
            switches[i] = random.nextInt(60 * count);
        }
    }

    /** Runs all bodies to their end. */
    static void run(SplittableRandom random, Runnable[] bodies, Stepper[] self) {
        Stepper stepper = new Stepper(random, bodies.length);
        self[0] = stepper;
        for (int i = 0; i < bodies.length; i++) {
            int number = i;
            stepper.actors[i] = new Actor(stepper, i, () -> stepper.act(number, bodies[number]));
        }
        stepper.turn = random.nextInt(bodies.length);
        for (Actor actor : stepper.actors) {
            actor.start();
        }
        for (Actor actor : stepper.actors) {
            try {
                actor.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        Throwable thrown = stepper.failure;
        if (thrown != null) {
            throw new AssertionError(thrown);
        }
    }

    /** A number that grows with every step; only the thread whose turn it is may ask. */
    long now() {
        return time++;
    }

    private void act(int number, Runnable body) {
        awaitTurn(number);
        try {
            body.run();
        } catch (Throwable e) {
            failure = e;
        }
        actors[number].drain();
        done[number] = true;
        pass(other(number));
    }

    private void step(int number) {
        time++;
        boolean leave = chance > 0 ? random.nextDouble() < chance : chosen();
        int next = leave ? other(number) : number;
        if (next != number) {
            pass(next);
            awaitTurn(number);
        }
    }

    private boolean chosen() {
        for (long at : switches) {
            if (at == time) {
                return true;
            }
        }
        return false;
    }

    /** Another thread that is not done, or the same if there is none. */
    private int other(int number) {
        int offset = 1 + random.nextInt(Math.max(1, actors.length - 1));
        for (int i = 0; i < actors.length; i++) {
            int candidate = (number + offset + i) % actors.length;
            if (candidate != number && !done[candidate]) {
                return candidate;
            }
        }
        return number;
    }

    private void pass(int next) {
        turn = next;
        LockSupport.unpark(actors[next]);
    }

    private void awaitTurn(int number) {
        while (turn != number) {
            LockSupport.park(this);
        }
    }
}
