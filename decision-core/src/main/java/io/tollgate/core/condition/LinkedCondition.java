/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.condition;

import io.tollgate.core.policy.ConditionInput;
import io.tollgate.core.policy.ConditionProgram;

/** A condition of a world, ready to be evaluated. */
final class LinkedCondition implements ConditionProgram {
    private final ConditionTables tables;
    private final Node.Bool root;
    private final int[] slots;
    private final int cost;

    /**
     * Makes one.
     *
     * @param tables whose slots the nodes read
     * @param slots  that the nodes read, in the order of the source
     */
    LinkedCondition(final ConditionTables tables, final Node.Bool root, final int[] slots, final int cost) {
        this.tables = tables;
        this.root = root;
        this.slots = slots;
        this.cost = cost;
    }

    @Override
    public int evaluate(final ConditionInput input) {
        return input instanceof ConditionFrame frame && frame.tables() == tables ? root.test(frame) : ERROR;
    }

    @Override
    public int cost() {
        return cost;
    }

    @Override
    public String explain(final ConditionInput input) {
        if (!(input instanceof ConditionFrame frame) || frame.tables() != tables) {
            return "nothing is known about the request";
        }
        return root.test(frame) == ERROR ? ConditionWords.cause(frame) : ConditionWords.values(frame, slots);
    }
}
