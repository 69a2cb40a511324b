/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.publish;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import io.tollgate.core.digest.StateDigest;
import io.tollgate.v1.Compression;
import io.tollgate.v1.DataChunk;
import io.tollgate.v1.Section;
import io.tollgate.v1.SectionDescriptor;
import io.tollgate.v1.SnapshotRecord;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Walks the records of a snapshot file and checks them on the way. Stateless; any thread. */
public final class SnapshotRecords {
    private static final int MAX_INFLATED_BYTES = 16 << 20;

    private SnapshotRecords() {}

    /** Takes records one by one. */
    @FunctionalInterface
    public interface Visitor {
        /** Takes the next record. */
        void record(Section section, SnapshotRecord record) throws IOException;
    }

    /**
     * Hands out every record of a file in order; the heap holds one chunk.
     *
     * @throws SnapshotFormatException at the first checksum, digest, count or order that does not hold; records handed out before are then
     *     not to be trusted
     */
    public static void forEach(SnapshotFile file, Visitor visitor) throws IOException {
        long index = 0;
        Section last = Section.SECTION_UNSPECIFIED;
        for (SectionDescriptor section : file.manifest().getSectionsList()) {
            if (section.getSection().compareTo(last) <= 0) {
                throw new SnapshotFormatException(file.path() + ": " + section.getSection() + " comes after " + last);
            }
            last = section.getSection();
            index = section(file, section, index, visitor);
        }
        if (index != file.chunkCount()) {
            throw new SnapshotFormatException(
                    file.path() + ": its sections have " + index + " chunks, the manifest counts " + file.chunkCount());
        }
    }

    private static long section(SnapshotFile file, SectionDescriptor section, long first, Visitor visitor)
            throws IOException {
        MessageDigest digest = Digests.sha256();
        long records = 0;
        long bytes = 0;
        long index = first;
        for (long i = 0; i < section.getChunkCount(); i++, index++) {
            if (index >= file.chunkCount()) {
                throw new SnapshotFormatException(
                        file.path() + ": chunk " + index + " of " + section.getSection() + " is missing");
            }
            DataChunk chunk = file.chunk(index);
            String where = file.path() + ": chunk " + index;
            if (chunk.getSection() != section.getSection() || chunk.getIndex() != index) {
                throw new SnapshotFormatException(
                        where + " says it is chunk " + chunk.getIndex() + " of " + chunk.getSection());
            }
            byte[] content = content(where, chunk);
            digest.update(content);
            bytes += content.length;
            CodedInputStream in = CodedInputStream.newInstance(content);
            while (!in.isAtEnd()) {
                SnapshotRecord.Builder record = SnapshotRecord.newBuilder();
                in.readMessage(record, com.google.protobuf.ExtensionRegistryLite.getEmptyRegistry());
                visitor.record(section.getSection(), record.build());
                records++;
            }
        }
        if (records != section.getRecordCount() || bytes != section.getLengthBytes()) {
            throw new SnapshotFormatException(file.path() + ": " + section.getSection() + " has " + records
                    + " records in " + bytes + " bytes, the manifest says " + section.getRecordCount() + " in "
                    + section.getLengthBytes());
        }
        if (!MessageDigest.isEqual(digest.digest(), section.getSha256().toByteArray())) {
            throw new SnapshotFormatException(
                    file.path() + ": the SHA-256 of " + section.getSection() + " does not hold");
        }
        return index;
    }

    private static byte[] content(String where, DataChunk chunk) throws IOException {
        byte[] payload = chunk.getPayload().toByteArray();
        CRC32C crc = new CRC32C();
        crc.update(payload);
        if ((int) crc.getValue() != chunk.getCrc32C()) {
            throw new SnapshotFormatException(where + ": the CRC-32C of its payload does not hold");
        }
        int length = chunk.getUncompressedLengthBytes();
        if (length < 0 || length > MAX_INFLATED_BYTES) {
            throw new SnapshotFormatException(
                    where + ": claims " + Integer.toUnsignedString(length) + " bytes, at most " + MAX_INFLATED_BYTES);
        }
        if (chunk.getCompression() == Compression.COMPRESSION_NONE) {
            if (payload.length != length) {
                throw new SnapshotFormatException(where + ": has " + payload.length + " bytes, claims " + length);
            }
            return payload;
        }
        if (chunk.getCompression() != Compression.COMPRESSION_DEFLATE) {
            throw new SnapshotFormatException(
                    where + ": compression number " + chunk.getCompressionValue() + " is not known here");
        }
        return inflate(where, payload, length);
    }

    private static byte[] inflate(String where, byte[] payload, int length) throws IOException {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(payload);
            byte[] content = new byte[length];
            int done = 0;
            while (done < length && !inflater.finished()) {
                int step = inflater.inflate(content, done, length - done);
                if (step == 0) {
                    break;
                }
                done += step;
            }
            boolean ended = inflater.finished() || inflater.inflate(new byte[1]) == 0 && inflater.finished();
            if (done != length || !ended || inflater.getRemaining() != 0) {
                throw new SnapshotFormatException(
                        where + ": does not inflate to the " + length + " bytes that it claims");
            }
            return content;
        } catch (DataFormatException e) {
            throw new SnapshotFormatException(where + ": does not inflate", e);
        } finally {
            inflater.end();
        }
    }

    static List<SnapshotRecord> list(SnapshotFile file, Section wanted) throws IOException {
        List<SnapshotRecord> records = new ArrayList<>();
        forEach(file, (section, record) -> {
            if (section == wanted) {
                records.add(record);
            }
        });
        return records;
    }

    static void verify(SnapshotFile file) throws IOException {
        StateDigest state = new StateDigest();
        forEach(file, (section, record) -> {
            if (record.getKey().isEmpty()) {
                throw new SnapshotFormatException(file.path() + ": a record of " + section + " without a key");
            }
            byte[] key = record.getKey().toByteArray();
            state.add(section.getNumber(), key, record.getValue().asReadOnlyByteBuffer());
        });
        ByteString claimed = file.manifest().getStateDigest();
        if (!claimed.isEmpty() && !claimed.equals(ByteString.copyFrom(state.toBytes()))) {
            throw new SnapshotFormatException(file.path() + ": its records come to the state digest " + state
                    + ", the manifest says " + Digests.hex(claimed.toByteArray()));
        }
    }
}
