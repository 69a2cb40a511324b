/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.install;

import io.tollgate.loader.storage.Storage;
import io.tollgate.loader.transfer.RefusedException;
import io.tollgate.v1.Section;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The file static.bin: the records of the small sections in their order, so that a restart needs no Chronicle Map to have them on the
 * heap. Its CRC-32C is in INSTALLED.
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------------------------------------------------------+
 *  0|  magic "TGSTATIC"                                             |
 *   |                                                               |
 *   +---------------------------------------------------------------+
 *  8|  format version                                               |
 *   +---------------------------------------------------------------+    then per record, big endian:
 * +0|  section number                                               |
 * +4|  length of the key                                            |
 * +8|  length of the value                                          |
 *+12|  key, value                                                  ...
 *   +---------------------------------------------------------------+
 * </pre>
 */
final class StaticFile {
    static final String FILE_NAME = "static.bin";

    private static final long MAGIC = 0x54_47_53_54_41_54_49_43L;
    private static final int FORMAT_VERSION = 1;
    private static final int HEAD_BYTES = 12;
    private static final int FRAME_BYTES = 12;
    private static final int BUFFER_BYTES = 64 * 1024;

    private StaticFile() {}

    /** Takes records. */
    interface Sink {
        void record(Section section, byte[] key, byte[] value) throws RefusedException;
    }

    /** Writes records one after the other. */
    static final class Writer implements AutoCloseable {
        private final Storage storage;
        private final FileChannel channel;
        private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);

        Writer(Storage storage, Path folder) throws IOException {
            this.storage = storage;
            this.channel = storage.create(folder.resolve(FILE_NAME));
            buffer.putLong(MAGIC).putInt(FORMAT_VERSION);
        }

        void write(Section section, byte[] key, byte[] value) throws IOException {
            require(FRAME_BYTES);
            buffer.putInt(section.getNumber()).putInt(key.length).putInt(value.length);
            put(key);
            put(value);
        }

        private void put(byte[] bytes) throws IOException {
            require(bytes.length);
            if (bytes.length > buffer.capacity()) {
                storage.write(channel, ByteBuffer.wrap(bytes));
            } else {
                buffer.put(bytes);
            }
        }

        private void require(int count) throws IOException {
            if (buffer.remaining() < count) {
                flush();
            }
        }

        private void flush() throws IOException {
            buffer.flip();
            storage.write(channel, buffer);
            buffer.clear();
        }

        /** All that was written is with the operating system afterwards. */
        void finish() throws IOException {
            flush();
            close();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /**
     * Gives every record to the sink, in order. The file's CRC-32C was compared before.
     *
     * @throws DamagedException when it is no such file
     */
    static void read(Path folder, Sink sink) throws IOException, DamagedException, RefusedException {
        Path file = folder.resolve(FILE_NAME);
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
        if (bytes.remaining() < HEAD_BYTES || bytes.getLong() != MAGIC || bytes.getInt() != FORMAT_VERSION) {
            throw new DamagedException(file + " is not of this version of Tollgate");
        }
        while (bytes.hasRemaining()) {
            if (bytes.remaining() < FRAME_BYTES) {
                throw torn(file, bytes);
            }
            Section section = Section.forNumber(bytes.getInt());
            int keyLength = bytes.getInt();
            int valueLength = bytes.getInt();
            if (section == null
                    || keyLength < 0
                    || valueLength < 0
                    || (long) keyLength + valueLength > bytes.remaining()) {
                throw torn(file, bytes);
            }
            byte[] key = new byte[keyLength];
            byte[] value = new byte[valueLength];
            bytes.get(key).get(value);
            sink.record(section, key, value);
        }
    }

    private static DamagedException torn(Path file, ByteBuffer bytes) {
        return new DamagedException(file + " has no whole record at byte " + bytes.position());
    }
}
