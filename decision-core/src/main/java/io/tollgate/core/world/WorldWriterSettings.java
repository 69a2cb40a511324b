/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import java.nio.file.Path;

/**
 * Where and how a world is written.
 *
 * @param directory      an existing directory without files of a world
 * @param expectedScopes sizes the indexes; more or fewer may come
 * @param buildId        a random number, so that files of two writings are never read together
 * @param cellStoreId    the cell store that the binder's references are of
 * @param rowsFileBytes  most bytes of a file with rows; a row never crosses two
 */
public record WorldWriterSettings(
        Path directory, long expectedScopes, long buildId, long cellStoreId, int rowsFileBytes) {
    /** Most bytes of a file with rows. */
    public static final int MAX_ROWS_FILE_BYTES = FileDescriptor.MAX_ROWS_FILE_BYTES;

    public WorldWriterSettings {
        if (expectedScopes < 0) {
            throw new IllegalArgumentException("expectedScopes=" + expectedScopes + " is negative");
        }
        if (rowsFileBytes < 4096 || rowsFileBytes > MAX_ROWS_FILE_BYTES) {
            throw new IllegalArgumentException(
                    "rowsFileBytes=" + rowsFileBytes + " is not between 4096 and " + MAX_ROWS_FILE_BYTES);
        }
    }

    /** Files with rows of at most {@link #MAX_ROWS_FILE_BYTES}. */
    public WorldWriterSettings(
            final Path directory, final long expectedScopes, final long buildId, final long cellStoreId) {
        this(directory, expectedScopes, buildId, cellStoreId, MAX_ROWS_FILE_BYTES);
    }
}
