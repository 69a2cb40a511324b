/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.quota;

import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Runs threads one shared memory access at a time, in an order drawn from a seed: the real code of the takers, every
 * interleaving reachable and repeatable.
 */
final class Stepper {
    /** A thread of the simulation. */
    private static final class Actor extends Thread {
        private final Stepper stepper;
        private final int number;

        Actor(Stepper stepper, int number, Runnable body) {
            super(body);
            this.stepper = stepper;
            this.number = number;
        }
    }

    /** Memory whose every concurrent access is a step. */
    static final class Memory extends UnsafeBuffer {
        Memory(int bytes) {
            super(BufferUtil.allocateDirectAligned(bytes, 256));
        }

        @Override
        public long getLongVolatile(int index) {
            step();
            return super.getLongVolatile(index);
        }

        @Override
        public void putLongVolatile(int index, long value) {
            step();
            super.putLongVolatile(index, value);
        }

        @Override
        public void putLongRelease(int index, long value) {
            step();
            super.putLongRelease(index, value);
        }

        @Override
        public boolean compareAndSetLong(int index, long expected, long value) {
            step();
            return super.compareAndSetLong(index, expected, value);
        }

        @Override
        public long getAndAddLong(int index, long delta) {
            step();
            return super.getAndAddLong(index, delta);
        }

        private static void step() {
            if (Thread.currentThread() instanceof Actor actor) {
                actor.stepper.step(actor.number);
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
