/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.transfer;

import io.tollgate.loader.transfer.RefusedException.Check;
import io.tollgate.v1.Section;
import io.tollgate.v1.SectionDescriptor;
import java.security.MessageDigest;
import java.util.HexFormat;

/** Adds up one section as its chunks come and compares with its descriptor at the end. */
final class SectionProgress {
    private final SectionDescriptor descriptor;
    private final TransferLimits limits;
    private final MessageDigest sha256 = Digests.sha256();
    private long chunks;
    private long bytes;
    private long records;
    private long keyBytes;
    private long valueBytes;
    private int longestKeyBytes;
    private int longestValueBytes;

    SectionProgress(SectionDescriptor descriptor, TransferLimits limits) {
        this.descriptor = descriptor;
        this.limits = limits;
    }

    Section section() {
        return descriptor.getSection();
    }

    boolean isComplete() {
        return chunks == descriptor.getChunkCount();
    }

    /** Has no chunks at all. */
    boolean isEmpty() {
        return descriptor.getChunkCount() == 0;
    }

    void add(byte[] buffer, int length, RecordCursor cursor) throws RefusedException {
        bytes += length;
        if (bytes > descriptor.getLengthBytes()) {
            throw count("bytes", bytes + " or more", descriptor.getLengthBytes());
        }
        cursor.wrap(buffer, 0, length);
        while (cursor.next()) {
            int keyLength = cursor.keyLength();
            int valueLength = cursor.valueLength();
            if ((long) keyLength + valueLength > limits.maxRecordBytes()) {
                throw new RefusedException(
                        Check.LIMIT,
                        section() + ": record " + records + " has " + ((long) keyLength + valueLength)
                                + " bytes, at most " + limits.maxRecordBytes());
            }
            records++;
            keyBytes += keyLength;
            valueBytes += valueLength;
            longestKeyBytes = Math.max(longestKeyBytes, keyLength);
            longestValueBytes = Math.max(longestValueBytes, valueLength);
        }
        sha256.update(buffer, 0, length);
        chunks++;
        if (isComplete()) {
            checkComplete();
        }
    }

    /** Also for a section without chunks. */
    void checkComplete() throws RefusedException {
        if (bytes != descriptor.getLengthBytes()) {
            throw count("bytes", Long.toString(bytes), descriptor.getLengthBytes());
        }
        if (records != descriptor.getRecordCount()) {
            throw count("records", Long.toString(records), descriptor.getRecordCount());
        }
        byte[] found = sha256.digest();
        if (!MessageDigest.isEqual(found, descriptor.getSha256().toByteArray())) {
            throw new RefusedException(
                    Check.SECTION_DIGEST,
                    section() + ": SHA-256 of what came is " + HexFormat.of().formatHex(found) + ", the manifest says "
                            + HexFormat.of().formatHex(descriptor.getSha256().toByteArray()));
        }
    }

    private RefusedException count(String what, String found, long expected) {
        return new RefusedException(
                Check.COUNT, section() + ": " + found + " " + what + " came, the manifest says " + expected);
    }

    SectionFacts facts() {
        return new SectionFacts(section(), records, keyBytes, valueBytes, longestKeyBytes, longestValueBytes);
    }
}
