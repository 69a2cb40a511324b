/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** What the loader asks of a disk. Everything may fail with an IOException, which then names the file. */
public interface Storage {
    /** The machine's own file system. */
    Storage LOCAL = new LocalStorage();

    /** Makes a folder and what is missing above it; what is made is for its owner alone, where the file system knows owners. */
    void createDirectories(Path directory) throws IOException;

    /** Opens a file for reading and writing; an existing one is emptied. */
    FileChannel create(Path file) throws IOException;

    /** Opens an existing file for reading and writing. */
    FileChannel open(Path file) throws IOException;

    /** Writes all that remains in the buffer at the channel's position. */
    void write(FileChannel channel, ByteBuffer bytes) throws IOException;

    /**
     * Fails when the disk that holds the folder has fewer bytes to give, before anything is written.
     *
     * @param purpose for the message: "install snapshot 1-7"
     */
    void requireSpace(Path directory, long bytes, String purpose) throws IOException;

    /** Returns once a file's bytes, also those written through mappings, are on the disk. */
    void sync(Path file) throws IOException;

    /** Returns once the bytes of an open file, also those written through mappings, are on the disk. */
    default void force(FileChannel channel) throws IOException {
        channel.force(false);
    }

    /** Returns once a folder's entries are on the disk. */
    void syncDirectory(Path directory) throws IOException;

    /** Renames so that either the old or the new name exists, never neither; replaces what is there. */
    void moveAtomically(Path from, Path to) throws IOException;

    /** Deletes a file or a folder with all it holds; nothing there is no error. */
    void delete(Path path) throws IOException;
}
