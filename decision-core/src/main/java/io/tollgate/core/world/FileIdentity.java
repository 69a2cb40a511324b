/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * What the head of a file says of the world that it belongs to.
 *
 * @param kind      KIND_ of {@link FileDescriptor}
 * @param number    of this file
 * @param fileCount files of the world
 * @param world     the same in all files
 */
record FileIdentity(int kind, int number, int fileCount, OfWorld world) {

    /**
     * The same in all files of a world.
     *
     * @param buildId     of this writing
     * @param cellStoreId that the cell references are of
     * @param fingerprint of the heap tables
     * @param scopeCount  rows
     * @param globalRow   reference
     * @param rowFiles    files with rows
     */
    record OfWorld(long buildId, long cellStoreId, long fingerprint, long scopeCount, long globalRow, int rowFiles) {}

    void write(final UnsafeBuffer head) {
        head.putLong(FileDescriptor.MAGIC_AT, FileDescriptor.MAGIC);
        head.putInt(FileDescriptor.VERSION_AT, FileDescriptor.FORMAT_VERSION);
        head.putInt(FileDescriptor.KIND_AT, kind);
        head.putInt(FileDescriptor.NUMBER_AT, number);
        head.putInt(FileDescriptor.FILE_COUNT_AT, fileCount);
        head.putLong(FileDescriptor.BUILD_ID_AT, world.buildId);
        head.putLong(FileDescriptor.CELL_STORE_ID_AT, world.cellStoreId);
        head.putLong(FileDescriptor.FINGERPRINT_AT, world.fingerprint);
        head.putLong(FileDescriptor.SCOPE_COUNT_AT, world.scopeCount);
        head.putLong(FileDescriptor.GLOBAL_ROW_AT, world.globalRow);
        head.putInt(FileDescriptor.ROW_FILES_AT, world.rowFiles);
    }
}
