/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

/**
 * Layout of an override, which follows its ceiling's entry (see {@link CeilingDescriptor}) and is part of the entry's length: {@value
 * #LENGTH} bytes, {@value #RATE_LENGTH} for kind RATE. A ceiling without one has no bytes for it.
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------------------------------------------------------+
 *  0|  expiry, epoch ms: from then on the ceiling's own amount      |
 *   |                                                               |
 *   +---------------------------------------------------------------+
 *  8|  limit                                                        |
 *   |                                                               |
 *   +---------------------------------------------------------------+
 * 16|  flags: bit 0 unlimited                                       |
 * 20|  text of it (units of 8 bytes, see CeilingText)               |
 *   +---------------------------------------------------------------+
 * 24|  RATE: burst                                                  |
 *   |                                                               |
 * 32|  RATE: four numbers of its exact clock (core.quota)          ...
 *   +---------------------------------------------------------------+
 * </pre>
 */
final class OverrideDescriptor {
    static final int EXPIRES_AT_MS = 0;
    static final int LIMIT = EXPIRES_AT_MS + Long.BYTES;
    static final int FLAGS = LIMIT + Long.BYTES;
    static final int TEXT = FLAGS + Integer.BYTES;
    static final int LENGTH = TEXT + Integer.BYTES;
    static final int BURST = LENGTH;
    static final int RATE = BURST + Long.BYTES;
    static final int RATE_LENGTH = RATE + CeilingDescriptor.RATE_WORDS * Long.BYTES;

    static final int FLAG_UNLIMITED = 1;

    private OverrideDescriptor() {}
}
