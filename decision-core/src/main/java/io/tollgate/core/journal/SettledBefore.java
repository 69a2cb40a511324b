/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.journal;

/** Which reservations earlier runs have settled, by their journals. For the start, before there are workers. */
@FunctionalInterface
public interface SettledBefore {
    /** Nothing was journaled. */
    SettledBefore NOTHING = (high, low) -> false;

    /**
     * {@return whether the usage of a reservation is in the journal}
     *
     * @param high first half of the reservation's id
     * @param low second half of it
     */
    boolean contains(long high, long low);
}
