/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * A view of an index file: from the hash of a key to candidate rows. Layout: {@link FileDescriptor}. Immutable, safe for any thread.
 */
final class RowIndex {
    static final int SLOT_BYTES = Long.BYTES;
    /** A free slot ends a probe. */
    static final long FREE = 0;

    private final UnsafeBuffer buffer;
    private final int mask;

    RowIndex(final UnsafeBuffer buffer, final int slots) {
        this.buffer = buffer;
        mask = slots - 1;
    }

    /** {@return where the probe for a hash starts} */
    int start(final long hash) {
        return (int) hash & mask;
    }

    int next(final int slot) {
        return slot + 1 & mask;
    }

    int slots() {
        return mask + 1;
    }

    long slot(final int slot) {
        return buffer.getLong(FileDescriptor.LENGTH + slot * SLOT_BYTES);
    }

    /** {@return whether a slot may be of this hash: it carries the upper half} */
    static boolean candidate(final long slot, final long hash) {
        return (int) (slot >>> Integer.SIZE) == (int) (hash >>> Integer.SIZE);
    }

    static long row(final long slot) {
        return (slot & 0xFFFF_FFFFL) << RowDescriptor.UNIT_SHIFT;
    }

    static long slotOf(final long hash, final long row) {
        return hash >>> Integer.SIZE << Integer.SIZE | row >>> RowDescriptor.UNIT_SHIFT;
    }
}
