/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world.def;

/**
 * What an operation takes from a dimension.
 *
 * @param dimensionId position in the registry
 * @param fromUsage   takes what the request's usages say; else the constant
 * @param onlyUnitId  only usages in this unit; {@link #ANY_UNIT} = any that converts to the dimension's unit
 * @param constant    amount per request in the dimension's unit, when not from usage
 */
public record ChargeDef(int dimensionId, boolean fromUsage, int onlyUnitId, long constant) {
    /** Every usage whose unit converts to the dimension's unit counts. */
    public static final int ANY_UNIT = -1;
}
