/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.publish;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.WireFormat;
import io.tollgate.core.digest.StateDigest;
import io.tollgate.v1.Compression;
import io.tollgate.v1.DataChunk;
import io.tollgate.v1.Section;
import io.tollgate.v1.SnapshotRecord;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.zip.CRC32C;
import java.util.zip.Deflater;

/**
 * Collects records into chunks of about {@value #TARGET_BYTES} bytes and compresses them. One buffer, reused; single thread; native memory
 * until {@link #close()}.
 *
 * <pre>
 *   payload = { varint length | SnapshotRecord { 0x0A | varint | key } { 0x12 | varint | value } }*
 * </pre>
 */
final class ChunkEncoder implements AutoCloseable {
    static final int TARGET_BYTES = 256 << 10;

    private final Deflater deflater = new Deflater(Deflater.BEST_SPEED);
    private byte[] buffer = new byte[TARGET_BYTES + (64 << 10)];
    private byte[] compressed = new byte[buffer.length];
    private int length;

    /** {@return bytes collected so far} */
    int length() {
        return length;
    }

    /** {@return whether the collected records and one more of this size belong in two chunks} */
    boolean isFullWith(int recordBytes) {
        return length > 0 && length + recordBytes > TARGET_BYTES;
    }

    /** {@return bytes that a record takes} */
    static int sizeOf(byte[] key, int valueBytes) {
        int size = recordSize(key, valueBytes);
        return CodedOutputStream.computeUInt32SizeNoTag(size) + size;
    }

    private static int recordSize(byte[] key, int valueBytes) {
        return CodedOutputStream.computeByteArraySize(SnapshotRecord.KEY_FIELD_NUMBER, key)
                + CodedOutputStream.computeTagSize(SnapshotRecord.VALUE_FIELD_NUMBER)
                + CodedOutputStream.computeUInt32SizeNoTag(valueBytes)
                + valueBytes;
    }

    /** Collects a record; the digest sees its value as it is written. */
    void add(Section section, byte[] key, MessageLite value, StateDigest state) throws IOException {
        int valueBytes = value.getSerializedSize();
        CodedOutputStream out = start(key, valueBytes);
        // Maps are written sorted, so that equal records have equal bytes.
        out.useDeterministicSerialization();
        value.writeTo(out);
        end(out, section, key, valueBytes, state);
    }

    /** Collects a record that is serialized already. */
    void add(Section section, byte[] key, ByteString value, StateDigest state) throws IOException {
        CodedOutputStream out = start(key, value.size());
        out.writeRawBytes(value);
        end(out, section, key, value.size(), state);
    }

    private CodedOutputStream start(byte[] key, int valueBytes) throws IOException {
        int size = sizeOf(key, valueBytes);
        if (buffer.length - length < size) {
            buffer = Arrays.copyOf(buffer, Math.max(length + size, 2 * buffer.length));
        }
        CodedOutputStream out = CodedOutputStream.newInstance(buffer, length, size);
        out.writeUInt32NoTag(recordSize(key, valueBytes));
        out.writeByteArray(SnapshotRecord.KEY_FIELD_NUMBER, key);
        out.writeTag(SnapshotRecord.VALUE_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        out.writeUInt32NoTag(valueBytes);
        return out;
    }

    private void end(CodedOutputStream out, Section section, byte[] key, int valueBytes, StateDigest state)
            throws IOException {
        out.flush();
        length += sizeOf(key, valueBytes);
        state.add(section.getNumber(), key, buffer, length - valueBytes, valueBytes);
    }

    /** Makes a chunk of what was collected and starts the next; the digest sees the uncompressed bytes. The chunk shares this buffer. */
    DataChunk take(Section section, long index, MessageDigest digest) {
        digest.update(buffer, 0, length);
        int deflated = deflate();
        boolean smaller = deflated > 0 && deflated < length;
        byte[] payload = smaller ? compressed : buffer;
        int payloadBytes = smaller ? deflated : length;
        CRC32C crc = new CRC32C();
        crc.update(payload, 0, payloadBytes);
        ByteString bytes = UnsafeByteOperations.unsafeWrap(payload, 0, payloadBytes);
        DataChunk chunk = DataChunk.newBuilder()
                .setSection(section)
                .setIndex(index)
                .setCompression(smaller ? Compression.COMPRESSION_DEFLATE : Compression.COMPRESSION_NONE)
                .setUncompressedLengthBytes(length)
                .setCrc32C((int) crc.getValue())
                .setPayload(bytes)
                .build();
        length = 0;
        return chunk;
    }

    /** {@return compressed size, 0 = it does not fit into the space of the uncompressed bytes} */
    private int deflate() {
        if (compressed.length < length) {
            compressed = new byte[buffer.length];
        }
        deflater.reset();
        deflater.setInput(buffer, 0, length);
        deflater.finish();
        int size = deflater.deflate(compressed, 0, length);
        return deflater.finished() ? size : 0;
    }

    @Override
    public void close() {
        deflater.end();
    }
}
