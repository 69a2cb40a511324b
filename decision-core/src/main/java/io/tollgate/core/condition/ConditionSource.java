/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.condition;

/** Knows the values of variables for one decision. Asked at most once for each variable and decision; neither allocates nor throws. */
public interface ConditionSource {
    /**
     * Says the value by calling one of the frame's setters for the slot; calling none means that it is missing.
     *
     * @param tables whose variable
     * @param slot   which
     * @param into   takes the value
     */
    void resolve(ConditionTables tables, int slot, ConditionFrame into);
}
