/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.dryrun;

import io.tollgate.core.request.DecisionRequest;
import io.tollgate.core.request.Defect;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import org.agrona.BitUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The last requests, for the dry run. Fixed memory; who keeps a request neither waits nor allocates.
 *
 * <pre>
 *   slot i (2 KiB):   0: stamp | 8: request, see {@link RequestCodec}
 *   stamp             0 = never used; odd = being written; even = 2 * (number of the request + 1)
 * </pre>
 *
 * <p>Assumptions: any number of writers; one reader at a time, which may come too late: it copies a slot, and drops the copy when the stamp
 * has changed meanwhile. Guarantees: what it reads is one whole request; a writer that meets another one in its slot (a whole ring behind)
 * drops its request.
 *
 * <table>
 * <caption>Access modes</caption>
 * <tr><th>field</th><th>writer</th><th>write</th><th>reader</th><th>read</th></tr>
 * <tr><td>next</td><td>any</td><td>get-and-add</td><td>reader</td><td>volatile</td></tr>
 * <tr><td>stamp</td><td>who claims the slot</td><td>compare-and-set to odd, release to even</td>
 * <td>reader, writers</td><td>volatile</td></tr>
 * <tr><td>request bytes</td><td>who holds the odd stamp</td><td>plain</td>
 * <td>reader</td><td>plain, between two reads of the stamp</td></tr>
 * </table>
 */
public final class RequestRing {
    /** Most bytes of a request with its stamp; a longer one is not kept. */
    public static final int SLOT_BYTES = 2_048;

    private static final int STAMP = 0;
    private static final int REQUEST = 8;
    private static final int NEXT = 64;
    private static final int SKIPPED = 192;

    private final UnsafeBuffer slots;
    private final int capacity;
    /** Counters on lines of their own. */
    private final UnsafeBuffer counters = new UnsafeBuffer(ByteBuffer.allocateDirect(256));

    private final UnsafeBuffer copy = new UnsafeBuffer(new byte[SLOT_BYTES]);
    private final RequestCodec reading = new RequestCodec();

    /** Keeps requests for one thread. */
    public final class Keeper {
        private final RequestCodec codec = new RequestCodec();

        private Keeper() {}

        /** Keeps a request in the place of the oldest one. Allocates nothing, waits for nobody. */
        public void keep(final DecisionRequest request) {
            if (request.defect() != Defect.NONE) {
                return;
            }
            final long number = counters.getAndAddLong(NEXT, 1);
            final int slot = (int) (number % capacity) * SLOT_BYTES;
            final long stamp = slots.getLongVolatile(slot + STAMP);
            if ((stamp & 1) != 0 || !slots.compareAndSetLong(slot + STAMP, stamp, 2 * number + 1)) {
                counters.getAndAddLong(SKIPPED, 1);
                return;
            }
            final boolean fits = codec.write(request, slots, slot + REQUEST, SLOT_BYTES - REQUEST);
            if (!fits) {
                counters.getAndAddLong(SKIPPED, 1);
            }
            slots.putLongRelease(slot + STAMP, fits ? 2 * (number + 1) : 0);
        }
    }

    /** Room for so many requests, at least 1. */
    public RequestRing(final int capacity) {
        this.capacity = capacity;
        slots = new UnsafeBuffer(
                ByteBuffer.allocateDirect(Math.multiplyExact(capacity, SLOT_BYTES) + BitUtil.CACHE_LINE_LENGTH));
    }

    /** {@return what one thread keeps requests with} */
    public Keeper keeper() {
        return new Keeper();
    }

    int capacity() {
        return capacity;
    }

    /** How many are kept, about. */
    int kept() {
        return (int) Math.min(capacity, counters.getLongVolatile(NEXT));
    }

    /** Requests that were not kept: too long, or two came for one place. */
    long skipped() {
        return counters.getLongVolatile(SKIPPED);
    }

    /** Reads what lies in a place; {@return false when nothing whole does}. One reader at a time. */
    boolean read(final int place, final DecisionRequest into) {
        final int slot = place * SLOT_BYTES;
        final long stamp = slots.getLongVolatile(slot + STAMP);
        if (stamp == 0 || (stamp & 1) != 0) {
            return false;
        }
        copy.putBytes(0, slots, slot + REQUEST, SLOT_BYTES - REQUEST);
        VarHandle.loadLoadFence();
        return slots.getLongVolatile(slot + STAMP) == stamp
                && reading.read(copy, 0, SLOT_BYTES - REQUEST, into)
                && into.defect() == Defect.NONE;
    }
}
