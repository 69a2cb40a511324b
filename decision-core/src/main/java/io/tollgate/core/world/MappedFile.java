/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One file of a world, mapped read-only, its head checked. Layout: {@link FileDescriptor}. Opened and closed by the loader's thread; after
 * {@link #close} the buffer is empty, so that a late reader meets a bounds check and not unmapped memory.
 */
final class MappedFile implements AutoCloseable {
    private final Path path;
    private final MappedByteBuffer mapped;
    private final UnsafeBuffer buffer;
    private boolean closed;

    private MappedFile(final Path path, final MappedByteBuffer mapped) {
        this.path = path;
        this.mapped = mapped;
        buffer = new UnsafeBuffer(mapped);
    }

    static MappedFile open(final Path path) throws IOException {
        final MappedByteBuffer mapped;
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            final long size = channel.size();
            if (size < FileDescriptor.LENGTH || size > Integer.MAX_VALUE) {
                throw new WorldFormatException(path + " is " + size + " bytes long; a world file has "
                        + FileDescriptor.LENGTH + " to " + Integer.MAX_VALUE);
            }
            mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, size);
            mapped.order(ByteOrder.nativeOrder());
        } catch (final NoSuchFileException ex) {
            throw new WorldFormatException(path + " is missing", ex);
        }
        final MappedFile file = new MappedFile(path, mapped);
        try {
            file.checkHead();
        } catch (final WorldFormatException ex) {
            file.close();
            throw ex;
        }
        return file;
    }

    private void checkHead() throws WorldFormatException {
        final long magic = buffer.getLong(FileDescriptor.MAGIC_AT);
        if (magic != FileDescriptor.MAGIC) {
            throw new WorldFormatException(path + " is not a world file of this machine: it starts with 0x"
                    + Long.toHexString(magic) + ", not 0x" + Long.toHexString(FileDescriptor.MAGIC));
        }
        expect("format version", intAt(FileDescriptor.VERSION_AT), FileDescriptor.FORMAT_VERSION);
        expect("CRC-32C of the head", intAt(FileDescriptor.HEAD_CRC_AT), crc(0, FileDescriptor.HEAD_CRC_AT));
        expect("length in bytes", longAt(FileDescriptor.FILE_LENGTH_AT), buffer.capacity());
    }

    /** Refuses the file unless what its head says is what it should be. */
    void expect(final String what, final long actual, final long expected) throws WorldFormatException {
        if (actual != expected) {
            throw new WorldFormatException(path + ": " + what + " is " + actual + ", expected " + expected
                    + "; the file is damaged, truncated or of another world");
        }
    }

    void checkBody() throws WorldFormatException {
        expect(
                "CRC-32C of the body",
                intAt(FileDescriptor.BODY_CRC_AT),
                crc(FileDescriptor.LENGTH, buffer.capacity() - FileDescriptor.LENGTH));
    }

    /** {@return the body as a stream of big-endian data} */
    DataInputStream body() {
        final ByteBuffer body = mapped.duplicate().position(FileDescriptor.LENGTH);
        return new DataInputStream(new InputStream() {
            @Override
            public int read() {
                return body.hasRemaining() ? body.get() & 0xFF : -1;
            }

            @Override
            public int available() {
                return body.remaining();
            }

            @Override
            public int read(final byte[] target, final int offset, final int length) {
                final int count = Math.min(length, body.remaining());
                body.get(target, offset, count);
                return count == 0 && length > 0 ? -1 : count;
            }
        });
    }

    private int crc(final int offset, final int length) {
        return crc(mapped, offset, length);
    }

    static int crc(final ByteBuffer buffer, final int offset, final int length) {
        final CRC32C crc = new CRC32C();
        crc.update(buffer.duplicate().limit(offset + length).position(offset));
        return (int) crc.getValue();
    }

    int intAt(final int offset) {
        return buffer.getInt(offset);
    }

    long longAt(final int offset) {
        return buffer.getLong(offset);
    }

    Path path() {
        return path;
    }

    UnsafeBuffer buffer() {
        return buffer;
    }

    /** Brings all pages into memory. */
    void load() {
        mapped.load();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            buffer.wrap(0, 0);
            BufferUtil.free(mapped);
        }
    }
}
