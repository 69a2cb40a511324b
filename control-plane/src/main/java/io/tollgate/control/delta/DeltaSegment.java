/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.delta;

import com.google.protobuf.InvalidProtocolBufferException;
import io.tollgate.v1.SignedDelta;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.agrona.collections.LongArrayList;

/**
 * One file of the delta log. Numbers are big-endian.
 *
 * <pre>
 *   0    "TGDELT01"
 *   8    u64 epoch
 *   16   u64 first sequence
 *   24   u32 CRC-32C of the bytes 0 to 23
 *   28   frames
 *
 *   frame: u32 "TGDF" | u32 length | u64 sequence | SignedDelta, length bytes | u32 CRC-32C of all before it in the frame
 * </pre>
 *
 * <p>Sequences are gapless within a segment. One thread writes. The index (offsets, end) is guarded by the log's lock; {@link #read} needs
 * none.
 */
final class DeltaSegment implements AutoCloseable {
    /** A frame holds one delta and its signatures. */
    static final int MAX_PAYLOAD_BYTES = ChangeSet.MAX_BYTES + (64 << 10);

    private static final String MAGIC = "TGDELT01";
    private static final int HEADER_BYTES = 28;
    private static final int FRAME_MAGIC = 0x54474446;
    private static final int FRAME_HEAD_BYTES = 16;
    private static final int CRC_BYTES = 4;

    private final Path file;
    private final FileChannel channel;
    private final long epoch;
    private final long first;
    /** Where each frame begins. */
    private final LongArrayList offsets = new LongArrayList();

    private long end = HEADER_BYTES;
    private boolean broken;
    /** What a scan found wrong; empty = nothing. */
    private String damage = "";
    /** Whole frames follow the damage: it is no torn tail. */
    private boolean damagedInside;

    private DeltaSegment(Path file, FileChannel channel, long epoch, long first) {
        this.file = file;
        this.channel = channel;
        this.epoch = epoch;
        this.first = first;
    }

    /** Starts a file. It is on disk when this returns. */
    static DeltaSegment create(Path file, long epoch, long first) throws IOException {
        FileChannel channel = FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        try {
            ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
            header.put(MAGIC.getBytes(StandardCharsets.US_ASCII)).putLong(epoch).putLong(first);
            header.putInt(crc(header.array(), 0, HEADER_BYTES - CRC_BYTES)).flip();
            write(channel, header, 0);
            channel.force(true);
            try (FileChannel directory = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
                directory.force(true);
            }
            return new DeltaSegment(file, channel, epoch, first);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * Opens a file and finds its frames.
     *
     * @param writable to go on appending; a torn tail is then cut off
     */
    static DeltaSegment open(Path file, long epoch, long first, boolean writable) throws IOException {
        FileChannel channel = writable
                ? FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)
                : FileChannel.open(file, StandardOpenOption.READ);
        try {
            DeltaSegment segment = new DeltaSegment(file, channel, epoch, first);
            segment.scan();
            segment.broken |= !writable;
            if (writable && !segment.damage.isEmpty() && !segment.damagedInside && !segment.broken) {
                // What was not whole was not on disk, so nobody has seen it.
                channel.truncate(segment.end);
                channel.force(true);
            }
            return segment;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private void scan() throws IOException {
        long size = channel.size();
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        if (size < HEADER_BYTES || !isHeader(read(channel, header, 0))) {
            damage = "its head does not hold";
            broken = true;
            // The head is on disk before the first delta comes: a torn one has nothing behind it.
            damagedInside = size > HEADER_BYTES;
            return;
        }
        while (end < size) {
            int payload = payloadAt(end, size, first + offsets.size());
            if (payload < 0) {
                damage = "it holds no whole delta at byte " + end + " of " + size;
                damagedInside = findsFrame(end + 1, size);
                return;
            }
            offsets.addLong(end);
            end += frameBytes(payload);
        }
    }

    private boolean isHeader(ByteBuffer header) {
        return header.getInt(HEADER_BYTES - CRC_BYTES) == crc(header.array(), 0, HEADER_BYTES - CRC_BYTES)
                && new String(header.array(), 0, MAGIC.length(), StandardCharsets.US_ASCII).equals(MAGIC)
                && header.getLong(8) == epoch
                && header.getLong(16) == first;
    }

    /** {@return the payload's length, or -1 when there is no whole frame of this sequence; 0 or less = of any} */
    private int payloadAt(long at, long size, long sequence) throws IOException {
        if (size - at < FRAME_HEAD_BYTES + CRC_BYTES) {
            return -1;
        }
        ByteBuffer head = read(channel, ByteBuffer.allocate(FRAME_HEAD_BYTES), at);
        int length = head.getInt(4);
        if (head.getInt(0) != FRAME_MAGIC
                || length < 0
                || length > MAX_PAYLOAD_BYTES
                || size - at < frameBytes(length)
                || sequence > 0 && head.getLong(8) != sequence) {
            return -1;
        }
        ByteBuffer frame = read(channel, ByteBuffer.allocate((int) frameBytes(length)), at);
        int crcAt = FRAME_HEAD_BYTES + length;
        return frame.getInt(crcAt) == crc(frame.array(), 0, crcAt) ? length : -1;
    }

    private boolean findsFrame(long from, long size) throws IOException {
        ByteBuffer window = ByteBuffer.allocate(1 << 16);
        for (long at = from; size - at >= FRAME_HEAD_BYTES + CRC_BYTES; at += window.limit() - 3) {
            window.clear().limit((int) Math.min(window.capacity(), size - at));
            read(channel, window, at);
            for (int i = 0; i <= window.limit() - 4; i++) {
                if (window.getInt(i) == FRAME_MAGIC && payloadAt(at + i, size, 0) >= 0) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Writes the next delta; it is on disk when this returns, and read once {@link #commit} has said so. After a failure nothing is written
     * here any more.
     *
     * @return bytes of its frame
     */
    long write(SignedDelta delta, long sequence) throws IOException {
        int length = delta.getSerializedSize();
        if (length > MAX_PAYLOAD_BYTES) {
            throw new IOException("delta " + sequence + " has " + length + " bytes, at most " + MAX_PAYLOAD_BYTES);
        }
        ByteBuffer frame = ByteBuffer.allocate((int) frameBytes(length));
        frame.putInt(FRAME_MAGIC).putInt(length).putLong(sequence).put(delta.toByteArray());
        frame.putInt(crc(frame.array(), 0, frame.position())).flip();
        try {
            write(channel, frame, end);
            channel.force(false);
        } catch (IOException e) {
            // What is on disk now is not known: the next delta goes to a file of its own, and this one is cut back.
            broken = true;
            cutBack(e);
            throw e;
        }
        return frame.limit();
    }

    /** Takes the frame that was written last into the index. */
    void commit(long frameBytes) {
        offsets.addLong(end);
        end += frameBytes;
    }

    private void cutBack(IOException cause) {
        try {
            channel.truncate(end);
            channel.force(true);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    /** Forgets what comes after a sequence: it was never acknowledged, and another file has the next one. */
    void trimTo(long sequence) {
        while (last() > sequence && !offsets.isEmpty()) {
            end = offsets.removeAt(offsets.size() - 1);
            broken = true;
        }
    }

    /** {@return whether it takes more} */
    boolean isWritable() {
        return !broken && damage.isEmpty();
    }

    /** A torn tail was cut off: what remains is whole. */
    void accept() {
        damage = "";
    }

    String damage() {
        return damage;
    }

    boolean isDamagedInside() {
        return damagedInside;
    }

    Path file() {
        return file;
    }

    long first() {
        return first;
    }

    /** {@return the last sequence, first - 1 when there is none} */
    long last() {
        return first + offsets.size() - 1;
    }

    /** {@return bytes in whole frames and head} */
    long bytes() {
        return end;
    }

    /** {@return bytes of the frame of a sequence} */
    long frameBytesOf(long sequence) {
        return (sequence == last() ? end : offset(sequence + 1)) - offset(sequence);
    }

    long offset(long sequence) {
        return offsets.getLong((int) (sequence - first));
    }

    /** Reads a delta from where it lies. Any thread. */
    SignedDelta read(long offset, long bytes) throws IOException {
        ByteBuffer frame = read(channel, ByteBuffer.allocate((int) bytes), offset);
        int crcAt = (int) bytes - CRC_BYTES;
        if (frame.getInt(crcAt) != crc(frame.array(), 0, crcAt)) {
            throw new IOException(file + ": the delta at byte " + offset + " is damaged");
        }
        try {
            return SignedDelta.parseFrom(ByteBuffer.wrap(frame.array(), FRAME_HEAD_BYTES, crcAt - FRAME_HEAD_BYTES));
        } catch (InvalidProtocolBufferException e) {
            throw new IOException(file + ": the delta at byte " + offset + " does not parse", e);
        }
    }

    private static long frameBytes(int payload) {
        return FRAME_HEAD_BYTES + (long) payload + CRC_BYTES;
    }

    private static void write(FileChannel channel, ByteBuffer bytes, long at) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes, at + bytes.position());
        }
    }

    private static ByteBuffer read(FileChannel channel, ByteBuffer buffer, long at) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, at + buffer.position()) < 0) {
                throw new IOException("the delta log ends at byte " + (at + buffer.position()));
            }
        }
        return buffer;
    }

    private static int crc(byte[] bytes, int start, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, start, length);
        return (int) crc.getValue();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
