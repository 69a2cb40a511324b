/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.condition;

/**
 * The form in which a condition travels in a snapshot. Big-endian. There are no jumps: a program is a tree in prefix order,
 * so it ends, and
 * its cost follows from its parts. Ids are those of the snapshot's registry.
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------------------------------+---------------+---------------+
 *  0|  magic "TC"                   |  version, 1   |  variables    |
 *   +-------------------------------+---------------+---------------+    per variable:
 * +0|  source       |  type         |  id                           |
 *   +---------------+---------------+-------------------------------+
 * +4|  key: text                                                   ...
 *   +---------------------------------------------------------------+
 *   |  expression                                                  ...
 *   +---------------------------------------------------------------+
 *
 * text:        length in 16 bits, UTF-8 bytes
 * expression:  01 | 02                                 false | true
 *              03 | 04 | 05  number in 64 bits         int | timestamp (ms) | duration (ms)
 *              06  IEEE 754 bits                       double
 *              07  text                                string
 *              08 | 09 | 0A  variable in 8 bits        its value | has it one | its number of elements
 *              0B                                      the element at hand
 *              10  count in 16 bits, literals, expression       in [...]
 *              11  variable, expression                         in a list variable
 *              12 | 13  variable, expression                    exists | all over a list variable
 *              14 | 15  count in 16 bits, texts, expression     exists | all over literals
 *              18  field in 8 bits, zone: text, expression      part of a timestamp
 *              20 | 21  count in 16 bits, expressions           &amp;&amp; | ||
 *              22 ...   as many expressions as it takes         see Operator
 * </pre>
 */
final class ProgramFormat {
    static final int MAGIC = 0x5443;
    static final int VERSION = 1;

    static final int FALSE = 0x01;
    static final int TRUE = 0x02;
    static final int INT = 0x03;
    static final int TIMESTAMP = 0x04;
    static final int DURATION = 0x05;
    static final int REAL = 0x06;
    static final int TEXT = 0x07;
    static final int READ = 0x08;
    static final int HAS = 0x09;
    static final int COUNT = 0x0A;
    static final int ELEMENT = 0x0B;
    static final int ONE_OF = 0x10;
    static final int ELEMENT_OF = 0x11;
    static final int ANY_OF_VARIABLE = 0x12;
    static final int ALL_OF_VARIABLE = 0x13;
    static final int ANY_OF_LIST = 0x14;
    static final int ALL_OF_LIST = 0x15;
    static final int CALENDAR = 0x18;

    private ProgramFormat() {}

    static int wholeCode(final ValueType type) {
        return switch (type) {
            case TIMESTAMP -> TIMESTAMP;
            case DURATION -> DURATION;
            default -> INT;
        };
    }
}
