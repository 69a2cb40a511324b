/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import io.tollgate.core.world.def.CeilingDef;

/** Computes what a RATE ceiling's exact clock needs, once, so that decisions read it beside the limit. Loader's thread. */
@FunctionalInterface
public interface RateInliner {
    /** Most numbers of one ceiling. */
    int MAX_WORDS = CeilingDescriptor.RATE_WORDS;

    /**
     * Computes the numbers that {@link CeilingRow#rate} will give.
     *
     * @param ceiling    a RATE ceiling
     * @param target     takes at most {@value #MAX_WORDS} numbers from index 0; zero before, and left so when it is unlimited
     * @param overriding takes those of its override, on a clock that one counter serves for both; zero before, and left so when there is
     *                   none or it is unlimited
     */
    void inline(CeilingDef ceiling, long[] target, long[] overriding);
}
