/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decisionlog;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** A file on a disk, locked against other sidecars. A last line that was cut off, by a kill or by a loss of power, is taken away. */
final class DiskLogFile implements LogFile {
    private static final System.Logger LOG = System.getLogger("tollgate.server.decisionlog");
    private static final FileAttribute<?> MODE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----"));
    private static final int BLOCK = 64 << 10;

    private final FileChannel channel;

    private DiskLogFile(final FileChannel channel) {
        this.channel = channel;
    }

    static LogFile open(final Path path) throws IOException {
        final FileChannel channel = FileChannel.open(
                path, Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE), MODE);
        try {
            lock(channel, path);
            final long length = channel.size();
            final long whole = wholeLines(channel, length);
            if (whole < length) {
                LOG.log(
                        Level.WARNING,
                        "decision log " + path + " ended within a line; its last " + (length - whole)
                                + " bytes are cut away");
                channel.truncate(whole);
            }
            channel.position(whole);
            return new DiskLogFile(channel);
        } catch (final IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static void lock(final FileChannel channel, final Path path) throws IOException {
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (final OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            throw new IOException(path + " is being written by another sidecar; give each a file of its own");
        }
    }

    private static long wholeLines(final FileChannel channel, final long length) throws IOException {
        final ByteBuffer block = ByteBuffer.allocate(BLOCK);
        for (long end = length; end > 0; ) {
            final long start = Math.max(0, end - BLOCK);
            block.clear().limit((int) (end - start));
            while (block.hasRemaining() && channel.read(block, start + block.position()) >= 0) {
                // on
            }
            for (int i = block.position() - 1; i >= 0; i--) {
                if (block.get(i) == '\n') {
                    return start + i + 1;
                }
            }
            end = start;
        }
        return 0;
    }

    @Override
    public long length() throws IOException {
        return channel.size();
    }

    @Override
    public void write(final ByteBuffer bytes) throws IOException {
        channel.write(bytes);
    }

    @Override
    public void truncate(final long length) throws IOException {
        channel.truncate(length);
        channel.position(length);
    }

    @Override
    public void force() throws IOException {
        channel.force(false);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
