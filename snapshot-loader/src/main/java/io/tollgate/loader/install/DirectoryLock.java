/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.install;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** The lock of a state directory: the operating system frees it when its holder ends, however it ends. */
final class DirectoryLock implements AutoCloseable {
    static final String FILE_NAME = "LOCK";

    private static final int LONGEST_NOTE_BYTES = 64;

    private final FileChannel channel;

    private DirectoryLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the lock.
     *
     * @throws IOException when somebody holds it, naming whom
     */
    static DirectoryLock take(Path directory) throws IOException {
        Path file = directory.resolve(FILE_NAME);
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            if (tryLock(channel) == null) {
                throw new IOException("state_dir " + directory + " is in use by process " + readNote(channel)
                        + " (it holds " + file + "); stop that process or give this sidecar its own state_dir");
            }
            channel.truncate(0);
            channel.write(
                    ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
            return new DirectoryLock(channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException ignored) {
            // Held by this very process.
            return null;
        }
    }

    private static String readNote(FileChannel channel) throws IOException {
        ByteBuffer note = ByteBuffer.allocate(LONGEST_NOTE_BYTES);
        int length = channel.read(note, 0);
        return length <= 0 ? "unknown" : new String(note.array(), 0, length, StandardCharsets.US_ASCII).strip();
    }

    /** Lets go; the file stays, since deleting it could take the lock from whoever comes next. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
