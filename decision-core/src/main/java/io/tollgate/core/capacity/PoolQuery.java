/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.capacity;

import org.agrona.concurrent.UnsafeBuffer;

/** What a request is, where pools are concerned. Implemented by the engine for one worker; allocates nothing, throws nothing. */
public interface PoolQuery {
    /** In place of a type: the request has no such attribute, or too large a one. */
    int NO_VALUE = 0;

    /**
     * Looks an attribute of the registry up, or an {@link AskedName}. {@return its
     * {@link io.tollgate.core.world.def.AttributeType#code()}, or {@link #NO_VALUE}}
     */
    int find(int attributeId);

    /** {@return of a STRING that was found last the memory that it is in} */
    UnsafeBuffer textBuffer();

    /** {@return of a STRING that was found last where it starts} */
    int textOffset();

    /** {@return of a STRING that was found last its bytes} */
    int textLength();

    /** {@return of an INT, TIMESTAMP or BOOL that was found last the number, of a DOUBLE the bits} */
    long bits();
}
