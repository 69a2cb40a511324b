/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.file;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Files of mapped stores: made whole, owned by one process, grown by written zeros. */
public final class StoreFile {
    private StoreFile() {}

    /** Writes what a new file begins with. */
    public interface Beginning {
        /** Writes it; it is synced afterwards. */
        void write(FileChannel channel) throws IOException;
    }

    /** Makes a file that appears under its name when it is whole, and stays there through a power failure. */
    public static void create(final Path file, final Beginning beginning) throws IOException {
        final Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        try (FileChannel channel = FileChannel.open(
                fresh, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            beginning.write(channel);
            channel.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        syncFolder(file.toAbsolutePath().getParent());
    }

    /** Where the platform lets a folder be synced. */
    private static void syncFolder(final @Nullable Path folder) throws IOException {
        if (folder == null || File.separatorChar != '/') {
            return;
        }
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /**
     * Keeps everybody else away while the channel is open.
     *
     * @throws IllegalStateException when somebody else has the file open
     */
    public static void lock(final FileChannel channel, final Path file) throws IOException {
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (final OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            throw new IllegalStateException(
                    file + " is in use: another sidecar (or another store of this process) has it open.");
        }
    }

    /** Written, not only reserved: a full disk is an exception here and not a fault of a thread that touches a hole. */
    public static void writeZeros(final FileChannel channel, final long from, final int bytes) throws IOException {
        final ByteBuffer zeros = ByteBuffer.allocate(bytes);
        long at = from;
        while (zeros.hasRemaining()) {
            at += channel.write(zeros, at);
        }
    }
}
