/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a world and those that patches made from it share: the mapped files, and the memory that changed rows lie in. The files are
 * unmapped and the memory is freed when the last of these worlds is closed. Loader's thread; the buffers in {@link #rows} may be read by
 * any thread that has a world pinned.
 */
final class WorldMemory {
    /** In the references of rows that patches add; there is no such memory. */
    static final int NEW_ROWS_FILE = 31;

    private final WorldDirectory directory;
    /** By the number in references: mapped files, then what patches wrote. Grows only; a world reads what was there when it was made. */
    private final UnsafeBuffer[] rows;

    private final RowWriter.Written written = new RowWriter.Written();
    private final OverlaySpace space;
    private DirectoryTables.@Nullable Builder named;
    private int worlds;

    /**
     * Nobody's yet.
     *
     * @param directory the files
     */
    WorldMemory(final WorldDirectory directory) {
        this.directory = directory;
        final UnsafeBuffer[] files = directory.rows();
        rows = new UnsafeBuffer[Math.max(NEW_ROWS_FILE, files.length)];
        System.arraycopy(files, 0, rows, 0, files.length);
        space = new OverlaySpace(rows, files.length);
    }

    UnsafeBuffer[] rows() {
        return rows;
    }

    WorldDirectory directory() {
        return directory;
    }

    OverlaySpace space() {
        return space;
    }

    RowWriter.Written written() {
        return written;
    }

    /** {@return the small tables of the directory, to grow; a name of a patch that came to nothing stays, and harms nothing} */
    DirectoryTables.Builder named() {
        DirectoryTables.Builder grown = named;
        if (grown == null) {
            grown = new DirectoryTables.Builder(directory.tables());
            named = grown;
        }
        return grown;
    }

    /** {@return whether references have room for changed rows beside the files} */
    boolean patchable() {
        return directory.rows().length < NEW_ROWS_FILE;
    }

    /** {@return whether a row was in the files; else a patch added it} */
    static boolean inFiles(final long row) {
        return row >>> FileDescriptor.ROWS_FILE_SHIFT != NEW_ROWS_FILE;
    }

    /** One more world. */
    WorldMemory retain() {
        worlds++;
        return this;
    }

    /** One world less. */
    void release() {
        if (--worlds == 0) {
            directory.close();
            space.free();
        }
    }
}
