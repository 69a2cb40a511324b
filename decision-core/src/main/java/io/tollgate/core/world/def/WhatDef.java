/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world.def;

import java.util.Arrays;

/** What a rule is about: operation ids, already expanded from exact names and prefixes. None = nothing. */
public final class WhatDef {
    private final int[] operationIds;

    /** Copies the ids. */
    public WhatDef(final int... operationIds) {
        this.operationIds = operationIds.clone();
    }

    /** {@return how many operations} */
    public int size() {
        return operationIds.length;
    }

    /**
     * {@return an operation id}
     *
     * @param index 0 to size - 1
     */
    public int operationId(final int index) {
        return operationIds[index];
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof WhatDef that && Arrays.equals(operationIds, that.operationIds);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(operationIds);
    }

    @Override
    public String toString() {
        return Arrays.toString(operationIds);
    }
}
