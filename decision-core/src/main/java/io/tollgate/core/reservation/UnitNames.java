/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reservation;

/** The units that somebody names, to be compared without making texts of them. */
public interface UnitNames {
    /** {@return whether a usage has the unit of this name} */
    boolean is(int usage, byte[] name, int length);
}
