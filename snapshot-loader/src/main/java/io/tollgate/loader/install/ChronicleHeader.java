/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.install;

import io.tollgate.loader.transfer.Digests;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The head of a Chronicle Map file, which is written once: its sum is compared before Chronicle opens the file, because Chronicle builds
 * itself from what the head says and waits a minute for a head that is not complete.
 *
 * <pre>
 *   0  Chronicle's own checksum | 8  length of the text (30 bits) and state (2 bits), little endian | 12  text
 * </pre>
 */
final class ChronicleHeader {
    private static final int LENGTH_AT = 8;
    private static final int TEXT_AT = 12;
    private static final int LENGTH_MASK = (1 << 30) - 1;
    private static final int MAX_TEXT_BYTES = 1 << 20;

    private ChronicleHeader() {}

    /**
     * Sums the head.
     *
     * @throws IOException when the file has none
     */
    static int crc32c(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer start = read(channel, file, TEXT_AT);
            int length = start.order(ByteOrder.LITTLE_ENDIAN).getInt(LENGTH_AT) & LENGTH_MASK;
            if (length == 0 || length > MAX_TEXT_BYTES) {
                throw new IOException(file + " does not begin like a Chronicle Map");
            }
            ByteBuffer head = read(channel, file, TEXT_AT + length);
            return Digests.crc32c(head.array(), 0, head.capacity());
        }
    }

    private static ByteBuffer read(FileChannel channel, Path file, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, buffer.position()) < 0) {
                throw new IOException(file + " is cut off at byte " + buffer.position());
            }
        }
        return buffer;
    }
}
