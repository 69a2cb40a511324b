/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

/**
 * Layout of a ceiling inside a row, 8-byte aligned: {@value #LENGTH} bytes, {@value #RATE_LENGTH} for kind RATE; then, of a ceiling with
 * an override, what {@link OverrideDescriptor} draws.
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------------------------------+---------------+---------------+
 *  0|          dimension            |     kind      |  enforcement  |
 *   +---------------+---------------+---------------+---------------+
 *  4|     flags     |  each level   |       length of this entry    |
 *   +---------------+---------------+-------------------------------+
 *  8|  window, -1 = none                                            |
 * 12|  threshold set                                                |
 *   +---------------------------------------------------------------+
 * 16|  limit                                                        |
 *   |                                                               |
 *   +---------------------------------------------------------------+
 * 24|  cell reference                                               |
 *   |                                                               |
 *   +---------------------------------------------------------------+
 * 32|  row where it is defined (units of 8 bytes)                   |
 * 36|  text of it (units of 8 bytes, see CeilingText)               |
 *   +---------------------------------------------------------------+
 * 40|  RATE: burst                                                  |
 *   |                                                               |
 * 48|  RATE: four numbers of its exact clock (core.quota)          ...
 *   +---------------------------------------------------------------+
 * </pre>
 * Flags: bit 0 unlimited, bit 1 EACH, bit 2 an override follows. Each level: of EACH ceilings, else 0.
 */
final class CeilingDescriptor {
    static final int DIMENSION = 0;
    static final int KIND = DIMENSION + Short.BYTES;
    static final int ENFORCEMENT = KIND + Byte.BYTES;
    static final int FLAGS = ENFORCEMENT + Byte.BYTES;
    static final int EACH_LEVEL = FLAGS + Byte.BYTES;
    static final int ENTRY_LENGTH = EACH_LEVEL + Byte.BYTES;
    static final int WINDOW = ENTRY_LENGTH + Short.BYTES;
    static final int THRESHOLD_SET = WINDOW + Integer.BYTES;
    static final int LIMIT = THRESHOLD_SET + Integer.BYTES;
    static final int CELL = LIMIT + Long.BYTES;
    static final int DEFINED_AT = CELL + Long.BYTES;
    static final int TEXT = DEFINED_AT + Integer.BYTES;
    static final int LENGTH = TEXT + Integer.BYTES;
    static final int BURST = LENGTH;
    static final int RATE = BURST + Long.BYTES;
    /** Numbers that a RATE ceiling carries for its clock. */
    static final int RATE_WORDS = 4;

    static final int RATE_LENGTH = RATE + RATE_WORDS * Long.BYTES;

    static final int FLAG_UNLIMITED = 1;
    static final int FLAG_EACH = 2;
    static final int FLAG_OVERRIDE = 4;

    private CeilingDescriptor() {}
}
