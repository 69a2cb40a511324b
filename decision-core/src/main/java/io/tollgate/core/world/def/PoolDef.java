/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world.def;

import java.util.Map;

/**
 * So much of a capacity dimension exists somewhere, as the scheduler saw it.
 *
 * @param id           unique in the snapshot
 * @param dimensionId  position in the registry; of kind CAPACITY
 * @param match        attribute full name to the canonical text of the value that a request must have
 * @param available    free when it was observed, in the dimension's unit
 * @param observedAtMs when that was, milliseconds since 1970; 0 = not known
 * @param reservedFor  path of the one scope that may use it; "" = everybody
 */
public record PoolDef(
        String id, int dimensionId, Map<String, String> match, long available, long observedAtMs, String reservedFor) {
    public PoolDef {
        match = Map.copyOf(match);
    }
}
