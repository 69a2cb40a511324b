/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.reservation;

/**
 * Offsets in the head block of an idempotency key:
 *
 * <pre>
 *   w0 state     w1 first block of the answer (guarded)     w2 check of w4..w7     w3 remembered until, ms (guarded)
 *   w4,w5 key    w6,w7 digest of the parameters
 *
 *   answer, a chain: outcome(8) reason(16) bytes(32) | granted in part, -1 = in full | reservation id, 2 words | expires at, ms | bytes
 * </pre>
 */
final class KeyLayout {
    static final int KEY_HIGH = BlockSpace.PAYLOAD;
    static final int KEY_LOW = KEY_HIGH + 8;
    static final int PARAMETERS_HIGH = KEY_LOW + 8;
    static final int PARAMETERS_LOW = PARAMETERS_HIGH + 8;
    static final int UNTIL = BlockSpace.MARKS;
    static final int ANSWER_WORDS = 5;

    private KeyLayout() {}
}
