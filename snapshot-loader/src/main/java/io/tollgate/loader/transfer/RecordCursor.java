/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.transfer;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.tollgate.loader.transfer.RefusedException.Check;
import io.tollgate.v1.SnapshotRecord;
import java.io.IOException;
import java.util.Arrays;

/**
 * Walks the records of an inflated chunk without copying them. Reused from chunk to chunk; single thread.
 *
 * <pre>
 *   chunk  = { varint length | SnapshotRecord }*
 *   record = { tag 0x0A | varint | key bytes } { tag 0x12 | varint | value bytes }
 * </pre>
 */
public final class RecordCursor {
    private static final int KEY_TAG = tag(SnapshotRecord.KEY_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    private static final int VALUE_TAG = tag(SnapshotRecord.VALUE_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);

    private byte[] bytes = new byte[0];
    private int start;
    private CodedInputStream in = CodedInputStream.newInstance(bytes);
    private int keyOffset;
    private int keyLength;
    private int valueOffset;
    private int valueLength;

    /** Starts at a range, which must not change while it is walked. */
    public void wrap(byte[] source, int offset, int length) {
        bytes = source;
        start = offset;
        in = CodedInputStream.newInstance(source, offset, length);
    }

    /**
     * Goes to the next record.
     *
     * @return false at the end
     * @throws RefusedException when the bytes are no records
     */
    public boolean next() throws RefusedException {
        try {
            if (in.isAtEnd()) {
                return false;
            }
            int length = in.readRawVarint32();
            if (length < 0) {
                throw new RefusedException(Check.CHUNK_CONTENT, "a record of negative length at byte " + position());
            }
            int limit = in.pushLimit(length);
            readRecord();
            in.popLimit(limit);
            return true;
        } catch (IOException e) {
            throw new RefusedException(
                    Check.CHUNK_CONTENT, "no record at byte " + position() + " of the chunk: " + e.getMessage());
        }
    }

    private void readRecord() throws IOException, RefusedException {
        keyOffset = -1;
        valueOffset = start + position();
        valueLength = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == KEY_TAG) {
                keyLength = in.readRawVarint32();
                keyOffset = start + position();
                in.skipRawBytes(keyLength);
            } else if (tag == VALUE_TAG) {
                valueLength = in.readRawVarint32();
                valueOffset = start + position();
                in.skipRawBytes(valueLength);
            } else if (!in.skipField(tag)) {
                throw new RefusedException(Check.CHUNK_CONTENT, "a stray group end at byte " + position());
            }
        }
        if (keyOffset < 0 || keyLength == 0) {
            throw new RefusedException(Check.CHUNK_CONTENT, "a record without a key ends at byte " + position());
        }
    }

    private int position() {
        return in.getTotalBytesRead();
    }

    /** {@return bytes of the key, at least 1} */
    public int keyLength() {
        return keyLength;
    }

    /** {@return bytes of the value} */
    public int valueLength() {
        return valueLength;
    }

    /** {@return a copy of the key} */
    public byte[] key() {
        return Arrays.copyOfRange(bytes, keyOffset, keyOffset + keyLength);
    }

    /** {@return a copy of the value} */
    public byte[] value() {
        return Arrays.copyOfRange(bytes, valueOffset, valueOffset + valueLength);
    }

    private static int tag(int fieldNumber, int wireType) {
        return fieldNumber << 3 | wireType;
    }
}
