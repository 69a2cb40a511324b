/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.request;

/** Where the facts of a request are read from, see {@link DecisionRequest#readFacts}. Does not allocate. */
public interface FactSource {
    /** {@return the next number} */
    long get();

    /** Reads a slice that was padded to whole words. */
    void get(byte[] bytes, int offset, int length);
}
