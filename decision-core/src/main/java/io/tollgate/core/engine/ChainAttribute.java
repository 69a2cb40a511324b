/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.engine;

import io.tollgate.core.attribute.AttributeBlock;
import io.tollgate.core.world.ScopeRow;
import io.tollgate.core.world.World;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Where the value of an attribute stands, the same for conditions, prices and pools: what the nearest scope of the chain says (of an actor
 * the API key before its owner, of a place from the project up to global) wins over what the caller states. Scratch of one worker; belongs
 * to its thread; allocates nothing.
 */
final class ChainAttribute {
    private static final UnsafeBuffer NOWHERE = new UnsafeBuffer(new byte[0]);

    private final Evaluation evaluation;
    private final ScopeRow row = new ScopeRow();
    private UnsafeBuffer buffer = NOWHERE;
    private int block;
    private int entry = AttributeBlock.NONE;
    private int stated = StatedFacts.NONE;

    ChainAttribute(final Evaluation evaluation) {
        this.evaluation = evaluation;
    }

    /** Looks an attribute up; afterwards {@link #isInDirectory} or {@link #isStated} or neither. */
    void find(final int attributeId) {
        entry = AttributeBlock.NONE;
        stated = StatedFacts.NONE;
        final World world = evaluation.world;
        for (int i = evaluation.chainLength - 1; i >= 0; i--) {
            final long attributes = row.wrap(world, evaluation.chain[i]).attributesRef();
            if (attributes != World.NO_ROW) {
                buffer = world.attributeBuffer(attributes);
                block = World.attributeOffset(attributes);
                entry = AttributeBlock.find(buffer, block, attributeId);
                if (entry != AttributeBlock.NONE) {
                    return;
                }
            }
        }
        stated = evaluation.facts.attribute(attributeId);
    }

    /** {@return whether a scope of the chain says it} */
    boolean isInDirectory() {
        return entry != AttributeBlock.NONE;
    }

    /** {@return whether the caller states it, and no scope does} */
    boolean isStated() {
        return stated != StatedFacts.NONE;
    }

    /** {@return what {@link #block} and {@link #entry} are places in} */
    UnsafeBuffer buffer() {
        return buffer;
    }

    int block() {
        return block;
    }

    int entry() {
        return entry;
    }

    /** {@return its index in the attributes of the request} */
    int stated() {
        return stated;
    }
}
