/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

/** The EACH ceilings that rows define for their descendants. One thread. */
interface EachDefinitions {
    /** In place of none. */
    PreparedCeiling[] NOTHING = {};

    /** {@return what a row defines, in its order} */
    PreparedCeiling[] of(long row);
}
