/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reservation;

/** Free blocks that one worker has in hand, so that most takes and returns touch no shared word. Belongs to its thread. */
final class BlockCache {
    /** Kept at most between two requests. */
    private static final int KEPT = 64;

    private final BlockSpace space;
    private int[] blocks = new int[1024];
    private int count;
    private int held;

    BlockCache(BlockSpace space) {
        this.space = space;
    }

    /** Makes room for so many blocks in hand. */
    void grow(int most) {
        blocks = java.util.Arrays.copyOf(blocks, Math.max(blocks.length, most));
    }

    /** Sees to it that so many blocks are in hand; false when there is no room (the store is full, or too many at once). */
    boolean ensure(int needed) {
        if (needed > blocks.length - held) {
            return false;
        }
        while (count < needed + held) {
            int block = space.pop();
            if (block == 0) {
                return false;
            }
            blocks[count++] = block;
        }
        return true;
    }

    /** Keeps so many of those that {@link #ensure} got for later; 0 = none any more. */
    void hold(int blocksForLater) {
        held = blocksForLater;
    }

    /** One of those that {@link #ensure} got. */
    int take() {
        return blocks[--count];
    }

    void put(int block) {
        if (count < KEPT + held) {
            blocks[count++] = block;
        } else {
            space.push(block);
        }
    }

    /** Returns what is more than a worker keeps. */
    void trim() {
        while (count > KEPT + held) {
            space.push(blocks[--count]);
        }
    }
}
