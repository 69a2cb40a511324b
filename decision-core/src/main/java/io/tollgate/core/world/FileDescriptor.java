/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

/**
 * Head of every mapped file of a world, {@value #LENGTH} bytes. All files of one world carry the same build id, counts and
 * fingerprint, so
 * that files of two worlds are never read together.
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------------------------------------------------------+
 *  0|  magic "TGWORLD" and the byte order                           |
 *   |                                                               |
 *   +---------------------------------------------------------------+
 *  8|  format version                                               |
 * 12|  kind of this file: 1 rows, 2 index by key, 3 index by path,  |
 *   |  4 tables                                                     |
 * 16|  number of this file, from 0                                  |
 * 20|  files of this world                                          |
 *   +---------------------------------------------------------------+
 * 24|  length of this file, bytes                                   |
 *   |                                                               |
 * 32|  build id                                                     |
 *   |                                                               |
 * 40|  cell store that the cell references are of                   |
 *   |                                                               |
 * 48|  fingerprint of the heap tables that the ids refer to         |
 *   |                                                               |
 * 56|  scopes                                                       |
 *   |                                                               |
 * 64|  row of the global scope                                      |
 *   |                                                               |
 *   +---------------------------------------------------------------+
 * 72|  files with rows                                              |
 * 76|  CRC-32C of what follows the head                             |
 * 80|  reserved                                                    ...
 *124|  CRC-32C of bytes 0 to 123                                    |
 *   +---------------------------------------------------------------+
 * </pre>
 * A rows file goes on with rows, ceiling texts, attributes and wallets; an index with its slots of 8 bytes (upper half: upper half
 * of the hash; lower half: the
 * row in units of 8 bytes; 0 = free), a power of two of them, at most 60 % full, probed linearly from the lower bits of the hash; the
 * tables with what {@link DirectoryTables} writes.
 */
final class FileDescriptor {
    /** Reads otherwise on a machine of the other byte order. */
    static final long MAGIC = 0x0044_4C52_4F57_4754L;

    static final int FORMAT_VERSION = 6;

    static final int KIND_ROWS = 1;
    static final int KIND_KEY_INDEX = 2;
    static final int KIND_PATH_INDEX = 3;
    static final int KIND_TABLES = 4;

    static final int MAGIC_AT = 0;
    static final int VERSION_AT = MAGIC_AT + Long.BYTES;
    static final int KIND_AT = VERSION_AT + Integer.BYTES;
    static final int NUMBER_AT = KIND_AT + Integer.BYTES;
    static final int FILE_COUNT_AT = NUMBER_AT + Integer.BYTES;
    static final int FILE_LENGTH_AT = FILE_COUNT_AT + Integer.BYTES;
    static final int BUILD_ID_AT = FILE_LENGTH_AT + Long.BYTES;
    static final int CELL_STORE_ID_AT = BUILD_ID_AT + Long.BYTES;
    static final int FINGERPRINT_AT = CELL_STORE_ID_AT + Long.BYTES;
    static final int SCOPE_COUNT_AT = FINGERPRINT_AT + Long.BYTES;
    static final int GLOBAL_ROW_AT = SCOPE_COUNT_AT + Long.BYTES;
    static final int ROW_FILES_AT = GLOBAL_ROW_AT + Long.BYTES;
    static final int BODY_CRC_AT = ROW_FILES_AT + Integer.BYTES;
    static final int LENGTH = 128;
    static final int HEAD_CRC_AT = LENGTH - Integer.BYTES;

    /** Longest rows file: rows are addressed by (file, 30 bits). */
    static final int MAX_ROWS_FILE_BYTES = 1 << 30;

    static final int ROWS_FILE_SHIFT = 30;

    private FileDescriptor() {}

    /** {@return the name of a file of a world} */
    static String fileName(final int number) {
        return "directory-" + number + ".tgw";
    }
}
