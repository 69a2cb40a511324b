/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Swaps one immutable thing for the next under running readers, and closes a retired one once nobody reads it. Here the things are worlds
 * and the readers decision workers; the class is generic so that its protocol can be tested at full speed.
 *
 * <p>Each worker has a slot. To read, it writes the number of the current world into its slot and looks whether that world is still the
 * current one; if not, it tries again with the newer one. The loader first makes another world current and then looks at the slots.
 *
 * <table>
 * <caption>Access modes</caption>
 * <tr><th>field</th><th>writer</th><th>write</th><th>readers</th><th>read</th></tr>
 * <tr><td>current</td><td>loader</td><td>volatile</td><td>workers</td><td>volatile</td></tr>
 * <tr><td>slot of a worker</td><td>that worker</td><td>pin: volatile; release: release</td><td>loader</td><td>volatile</td></tr>
 * <tr><td>retired</td><td>loader</td><td>plain</td><td>loader</td><td>plain</td></tr>
 * </table>
 *
 * <p>Assumptions
 * <ol>
 *   <li>One thread at a time uses a slot, and it pins at most one world at a time.
 *   <li>{@link #activate}, {@link #reclaim} and {@link #close} are called on one thread, the loader's.
 *   <li>A world is activated at most once.
 * </ol>
 *
 * <p>Guarantees
 * <ol>
 *   <li>A pinned world is not closed before it is released. Volatile accesses have one order that all threads agree on. In it let W be
 *       the worker's write of its slot, R its second read of {@code current}, which still gave world n; A the loader's write that
 *       replaced n, S its read of the slot. W is before R and A before S, since each thread's own accesses keep their order; R is before
 *       A, since it did not see what A wrote. So W is before S: the loader sees n in the slot, or what the worker wrote there later, which
 *       is its release or a later pin.
 *   <li>What a worker read of a world happens before that world is closed: its release store is seen by the volatile read of the slot.
 *   <li>Every retired world is closed by the first {@link #reclaim} after its last reader left. Pinning fails to make progress only while
 *       new worlds become current, so it is lock-free, and as the loader swaps seldom, done at the first try.
 * </ol>
 */
final class SwapHolder<T> {
    private static final VarHandle SLOTS = MethodHandles.arrayElementVarHandle(long[].class);
    /** In longs: two cache lines, since the machine prefetches lines in pairs. */
    private static final int STRIDE = 16;
    /** In a slot: nothing is pinned. */
    private static final long IDLE = 0;

    private final int workers;
    private final long[] slots;
    private final Consumer<T> closer;
    private final List<Pinnable<T>> retired = new ArrayList<>();
    private volatile @Nullable Pinnable<T> current;
    private long activations;

    private record Pinnable<T>(T value, long number) {}

    /**
     * Makes the slots.
     *
     * @param workers how many; workers are numbered from 0
     * @param closer  closes what nobody reads any more; called by {@link #reclaim}
     */
    SwapHolder(final int workers, final Consumer<T> closer) {
        this.workers = workers;
        this.closer = closer;
        slots = new long[(workers + 2) * STRIDE];
    }

    /** {@return how many workers have slots} */
    int workers() {
        return workers;
    }

    /**
     * Pins the current world for a worker; {@link #release} must follow. Lock-free; allocates nothing.
     *
     * @param worker 0 to workers - 1
     * @return the world, or null when none was activated yet (nothing is pinned then)
     */
    @Nullable
    T pin(final int worker) {
        final int slot = slot(worker);
        assert (long) SLOTS.get(slots, slot) == IDLE : "worker " + worker + " has something pinned already";
        Pinnable<T> seen = current;
        while (seen != null) {
            SLOTS.setVolatile(slots, slot, seen.number);
            final Pinnable<T> again = current;
            if (again == seen) {
                return seen.value;
            }
            seen = again;
        }
        SLOTS.setRelease(slots, slot, IDLE);
        return null;
    }

    /**
     * Gives up what the worker has pinned; without a pin does nothing.
     *
     * @param worker 0 to workers - 1
     */
    void release(final int worker) {
        SLOTS.setRelease(slots, slot(worker), IDLE);
    }

    /** {@return the current world, without pinning it: for its facts and heap tables only; null before the first activation} */
    @Nullable
    T current() {
        final Pinnable<T> seen = current;
        return seen == null ? null : seen.value;
    }

    /** Makes a world current; the one before it is retired. Loader's thread. */
    void activate(final T next) {
        final Pinnable<T> last = current;
        current = new Pinnable<>(next, ++activations);
        if (last != null) {
            retired.add(last);
        }
    }

    /**
     * Closes the retired worlds that nobody has pinned. Loader's thread.
     *
     * @return how many worlds it closed
     */
    int reclaim() {
        int closed = 0;
        for (int i = retired.size() - 1; i >= 0; i--) {
            if (!pinned(retired.get(i).number)) {
                closer.accept(retired.remove(i).value);
                closed++;
            }
        }
        return closed;
    }

    /** {@return how many retired worlds still wait for their readers; loader's thread} */
    int retiredCount() {
        return retired.size();
    }

    /**
     * Retires the current world too: {@link #pin} gives null from now on. Loader's thread; call {@link #reclaim} until
     * {@link #retiredCount} is 0.
     */
    void close() {
        final Pinnable<T> last = current;
        if (last != null) {
            current = null;
            retired.add(last);
        }
        reclaim();
    }

    private boolean pinned(final long number) {
        for (int worker = 0; worker < workers; worker++) {
            if ((long) SLOTS.getVolatile(slots, slot(worker)) == number) {
                return true;
            }
        }
        return false;
    }

    private static int slot(final int worker) {
        return (worker + 1) * STRIDE;
    }
}
