/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.install;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/** Sums files and compares them with what INSTALLED says. */
final class FileSums {
    private static final int BUFFER_BYTES = 1 << 20;

    private FileSums() {}

    /** Length and CRC-32C of a file. */
    static InstalledMarker.FileEntry sum(Path file) throws IOException {
        CRC32C crc = new CRC32C();
        long length = 0;
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (channel.read(buffer) >= 0) {
                buffer.flip();
                length += buffer.remaining();
                crc.update(buffer);
                buffer.clear();
            }
        }
        return new InstalledMarker.FileEntry(file.getFileName().toString(), length, (int) crc.getValue());
    }

    /**
     * Compares.
     *
     * @throws DamagedException when the file is missing, has another length or other bytes
     */
    static void check(Path folder, InstalledMarker.FileEntry expected) throws IOException, DamagedException {
        Path file = folder.resolve(expected.name());
        try {
            long length = Files.size(file);
            if (length != expected.lengthBytes()) {
                throw new DamagedException(
                        file + " has " + length + " bytes, " + expected.lengthBytes() + " were written");
            }
            int crc32c = sum(file).crc32c();
            if (crc32c != expected.crc32c()) {
                throw new DamagedException(file + " has CRC-32C " + Integer.toHexString(crc32c) + ", "
                        + Integer.toHexString(expected.crc32c()) + " was written");
            }
        } catch (NoSuchFileException e) {
            throw new DamagedException(file + " is missing");
        }
    }
}
