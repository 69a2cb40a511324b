/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.request;

/** Where the facts of a request are written to, see {@link DecisionRequest#writeFacts}. Does not allocate. */
public interface FactSink {
    /** Writes a number. */
    void put(long value);

    /** Writes a slice, padded to whole words. */
    void put(byte[] bytes, int offset, int length);
}
