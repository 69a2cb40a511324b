/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.capacity;

/** Knows the counters of pools. Loader's thread. */
@FunctionalInterface
public interface PoolBinder {
    /**
     * {@return the cell, of kind PERIOD, that counts what is taken of a pool; the same one for the same names}
     *
     * @param poolId    the pool
     * @param dimension name of its dimension
     */
    long cell(String poolId, String dimension);
}
