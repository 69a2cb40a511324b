/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decisionlog;

/**
 * An entry between an event loop and the log's thread. Numbers in the machine's byte order; it never leaves the process.
 *
 * <pre>
 *  0        8        16       24   25   26   27   28      32      36        40        44         48
 *  | time   | lost   | spare  |face|flag|mode| -  | index | size  | question| answer  | readings | question, answer, readings ...
 *  | ms     | so far |        |    |    |    |    | in batch      | bytes   | bytes   | bytes    | (protobuf)
 * </pre>
 *
 * <i>Lost so far</i> are all entries that this event loop had to drop before this one.
 */
final class EntryLayout {
    static final int TIME = 0;
    static final int LOST = 8;
    static final int FACE = 24;
    static final int FLAGS = 25;
    static final int MODE = 26;
    static final int BATCH_INDEX = 28;
    static final int BATCH_SIZE = 32;
    static final int QUESTION_BYTES = 36;
    static final int ANSWER_BYTES = 40;
    static final int READINGS_BYTES = 44;
    static final int HEADER_BYTES = 48;

    /** Flag: of an audited operation. */
    static final int AUDITED = 1;
    /** Flag: the question was too long to be kept. */
    static final int WITHOUT_QUESTION = 2;
    /** Flag: parts of the answer found no room. */
    static final int CUT_ANSWER = 4;
    /** Flag: it must not be lost any more. */
    static final int KEEP = 8;

    private EntryLayout() {}
}
