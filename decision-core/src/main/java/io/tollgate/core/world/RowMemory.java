/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import java.io.IOException;
import org.agrona.concurrent.UnsafeBuffer;

/** Where rows, and what hangs on them, are written and read again while a world is made. One thread. */
interface RowMemory {
    /**
     * {@return reference of new zero bytes, which lie in one buffer}
     *
     * @param length    how many
     * @param alignment a power of two
     * @throws IOException when there is no room
     */
    long allocate(int length, int alignment) throws IOException;

    /** {@return the memory that a reference points into, at {@link World#offset}} */
    UnsafeBuffer buffer(long ref);
}
