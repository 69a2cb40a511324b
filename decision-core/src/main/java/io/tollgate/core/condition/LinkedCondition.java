/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.condition;

import io.tollgate.core.policy.ConditionInput;
import io.tollgate.core.policy.ConditionProgram;

/** A condition of a world, ready to be evaluated. */
final class LinkedCondition implements ConditionProgram {
    private final Object family;
    /** Slots that a frame must have. */
    private final int slotCount;

    private final Node.Bool root;
    private final int[] slots;
    private final int cost;

    /**
     * Makes one.
     *
     * @param tables whose slots the nodes read, or tables that go on where these end
     * @param slots  that the nodes read, in the order of the source
     */
    LinkedCondition(final ConditionTables tables, final Node.Bool root, final int[] slots, final int cost) {
        family = tables.family();
        slotCount = tables.size();
        this.root = root;
        this.slots = slots;
        this.cost = cost;
    }

    @Override
    public int evaluate(final ConditionInput input) {
        return input instanceof ConditionFrame frame && frame.serves(family, slotCount) ? root.test(frame) : ERROR;
    }

    @Override
    public int cost() {
        return cost;
    }

    @Override
    public String explain(final ConditionInput input) {
        if (!(input instanceof ConditionFrame frame) || !frame.serves(family, slotCount)) {
            return "nothing is known about the request";
        }
        return root.test(frame) == ERROR ? ConditionWords.cause(frame) : ConditionWords.values(frame, slots);
    }
}
