/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reservation;

/** Offsets in a head block, as drawn in {@link BlockSpace}. */
final class HeadLayout {
    static final int EXPIRES = BlockSpace.MARKS;
    static final int CREATED = BlockSpace.PAYLOAD;
    static final int TTL = CREATED + 8;
    static final int FIRST_PART = TTL + 8;
    static final int REGISTRY_VERSION = FIRST_PART + 8;
    static final int ENDED = REGISTRY_VERSION + 8;
    static final int INTENT = ENDED + 8;
    /** Hash of the organization, two words. */
    static final int ORGANIZATION = INTENT + 24 + 16 * 8;
    /** From the intent: its amounts. */
    static final int INTENT_AMOUNTS = 24;

    private HeadLayout() {}

    /** The check of what never changes: w4 to w7, w28 and w29. */
    static long check(BlockSpace space, int head) {
        int at = BlockSpace.at(head);
        long sum = Guard.fold(
                space.storeId() ^ head, StateWord.generation(space.segment(head).getLong(at)));
        for (int offset = CREATED; offset <= REGISTRY_VERSION; offset += Long.BYTES) {
            sum = Guard.fold(sum, space.segment(head).getLong(at + offset));
        }
        sum = Guard.fold(sum, space.segment(head).getLong(at + ORGANIZATION));
        sum = Guard.fold(sum, space.segment(head).getLong(at + ORGANIZATION + Long.BYTES));
        return Guard.avalanche(sum);
    }
}
