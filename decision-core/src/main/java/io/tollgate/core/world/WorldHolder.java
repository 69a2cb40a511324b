/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import org.jspecify.annotations.Nullable;

/**
 * The world that decisions read: swaps one for the next under running decisions, and closes a retired world once no worker has it pinned.
 * Assumptions, guarantees, access modes and why they suffice: {@link SwapHolder}.
 */
public final class WorldHolder implements AutoCloseable {
    private final SwapHolder<World> worlds;

    /**
     * Makes the slots.
     *
     * @param workers how many; workers are numbered from 0
     */
    public WorldHolder(final int workers) {
        worlds = new SwapHolder<>(workers, World::close);
    }

    /** {@return how many workers have slots} */
    public int workers() {
        return worlds.workers();
    }

    /**
     * Pins the current world for a worker; {@link #release} must follow. One thread at a time uses a slot, and pins one world at a time.
     * Lock-free; allocates nothing.
     *
     * @param worker 0 to workers - 1
     * @return the world, or null when none was activated yet (nothing is pinned then)
     */
    public @Nullable World pin(final int worker) {
        return worlds.pin(worker);
    }

    /**
     * Gives up what the worker has pinned; without a pin does nothing.
     *
     * @param worker 0 to workers - 1
     */
    public void release(final int worker) {
        worlds.release(worker);
    }

    /** {@return the current world, without pinning it: for its facts and heap tables only; null before the first activation} */
    public @Nullable World current() {
        return worlds.current();
    }

    /**
     * Makes a world current; the one before it is retired. Loader's thread.
     *
     * @param next open, and never active before
     */
    public void activate(final World next) {
        if (next.closed() || next == worlds.current()) {
            throw new IllegalArgumentException(next + " is closed or active already; open a new one");
        }
        worlds.activate(next);
    }

    /**
     * Closes the retired worlds that nobody has pinned. Loader's thread.
     *
     * @return how many worlds it closed
     */
    public int reclaim() {
        return worlds.reclaim();
    }

    /** {@return how many retired worlds still wait for their readers; loader's thread} */
    public int retiredCount() {
        return worlds.retiredCount();
    }

    /**
     * Retires the current world too: {@link #pin} gives null from now on. Loader's thread; call {@link #reclaim} until
     * {@link #retiredCount} is 0.
     */
    @Override
    public void close() {
        worlds.close();
    }
}
