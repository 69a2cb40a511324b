/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.publish;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.tollgate.v1.DataChunk;
import io.tollgate.v1.Section;
import io.tollgate.v1.SignedManifest;
import io.tollgate.v1.SnapshotManifest;
import io.tollgate.v1.SnapshotRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.List;

/**
 * A snapshot file (.tgs), opened for reading. Chunks are read on demand; any number of threads.
 *
 * <pre>
 *   0   "TGSNAP01"
 *   8   u32 length | SignedManifest
 *   ..  u32 length | DataChunk        chunk_count times, in order of index
 *   end
 * </pre>
 *
 * Lengths are big-endian. Opening checks the frame, the manifest's digest and the counts; {@link SnapshotRecords#verify} checks all else.
 */
public final class SnapshotFile implements AutoCloseable {
    /** First bytes of every snapshot file. */
    public static final String MAGIC = "TGSNAP01";

    private static final int LENGTH_BYTES = 4;
    private static final int MAX_MANIFEST_BYTES = 1 << 20;
    private static final int MAX_CHUNK_BYTES = 16 << 20;
    private static final long MAX_CHUNKS = 1_000_000;

    private final Path path;
    private final FileChannel channel;
    private final SignedManifest signed;
    private final SnapshotManifest manifest;
    private final long[] offsets;

    private SnapshotFile(
            Path path, FileChannel channel, SignedManifest signed, SnapshotManifest manifest, long[] offsets) {
        this.path = path;
        this.channel = channel;
        this.signed = signed;
        this.manifest = manifest;
        this.offsets = offsets;
    }

    /**
     * Opens a file.
     *
     * @throws SnapshotFormatException when it is no whole snapshot file
     * @throws IOException when it cannot be read
     */
    public static SnapshotFile open(Path path) throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            byte[] magic = read(channel, path, 0, MAGIC.length());
            if (!new String(magic, StandardCharsets.US_ASCII).equals(MAGIC)) {
                throw new SnapshotFormatException(path + " is no snapshot file: it does not start with " + MAGIC);
            }
            int length = length(channel, path, MAGIC.length(), MAX_MANIFEST_BYTES);
            long start = MAGIC.length() + LENGTH_BYTES;
            SignedManifest signed = SignedManifest.parseFrom(read(channel, path, start, length));
            SnapshotManifest manifest = manifest(path, signed);
            return new SnapshotFile(path, channel, signed, manifest, offsets(channel, path, start + length, manifest));
        } catch (InvalidProtocolBufferException e) {
            channel.close();
            throw new SnapshotFormatException(path + ": the manifest does not parse", e);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static SnapshotManifest manifest(Path path, SignedManifest signed) throws IOException {
        byte[] digest = Digests.sha256().digest(signed.getManifest().toByteArray());
        if (!MessageDigest.isEqual(digest, signed.getSha256().toByteArray())) {
            throw new SnapshotFormatException(path + ": the manifest's SHA-256 is " + Digests.hex(digest) + ", it says "
                    + Digests.hex(signed.getSha256().toByteArray()));
        }
        SnapshotManifest manifest = SnapshotManifest.parseFrom(signed.getManifest());
        if (manifest.getSchemaVersion() != SnapshotFacts.SCHEMA_VERSION) {
            throw new SnapshotFormatException(path + ": records have schema version "
                    + Integer.toUnsignedString(manifest.getSchemaVersion()) + ", this version reads "
                    + SnapshotFacts.SCHEMA_VERSION);
        }
        if (Long.compareUnsigned(manifest.getChunkCount(), MAX_CHUNKS) > 0) {
            throw new SnapshotFormatException(
                    path + ": " + Long.toUnsignedString(manifest.getChunkCount()) + " chunks, at most " + MAX_CHUNKS);
        }
        return manifest;
    }

    private static long[] offsets(FileChannel channel, Path path, long start, SnapshotManifest manifest)
            throws IOException {
        long[] offsets = new long[(int) manifest.getChunkCount() + 1];
        long at = start;
        for (int i = 0; i < offsets.length - 1; i++) {
            offsets[i] = at;
            at += LENGTH_BYTES + length(channel, path, at, MAX_CHUNK_BYTES);
        }
        offsets[offsets.length - 1] = at;
        if (at != channel.size()) {
            throw new SnapshotFormatException(
                    path + ": its chunks end at byte " + at + ", the file has " + channel.size());
        }
        return offsets;
    }

    private static int length(FileChannel channel, Path path, long at, int most) throws IOException {
        int length = ByteBuffer.wrap(read(channel, path, at, LENGTH_BYTES)).getInt();
        if (length < 0 || length > most) {
            throw new SnapshotFormatException(path + ": a length of " + Integer.toUnsignedString(length)
                    + " bytes at byte " + at + ", at most " + most);
        }
        return length;
    }

    private static byte[] read(FileChannel channel, Path path, long at, int length) throws IOException {
        if (length > channel.size() - at) {
            throw new SnapshotFormatException(path + " is cut off: " + length + " bytes are missing at byte " + at);
        }
        ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, at + buffer.position()) < 0) {
                throw new SnapshotFormatException(path + " is cut off at byte " + (at + buffer.position()));
            }
        }
        return buffer.array();
    }

    /** {@return where it lies} */
    public Path path() {
        return path;
    }

    /** {@return the manifest as it travels} */
    public SignedManifest signedManifest() {
        return signed;
    }

    /** {@return what the manifest says} */
    public SnapshotManifest manifest() {
        return manifest;
    }

    /** {@return the manifest's SHA-256} */
    public ByteString manifestSha256() {
        return signed.getSha256();
    }

    /** {@return the manifest's SHA-256 in lower-case hex: the snapshot's digest} */
    public String digestHex() {
        return Digests.hex(signed.getSha256().toByteArray());
    }

    /** {@return how many chunks there are} */
    public long chunkCount() {
        return manifest.getChunkCount();
    }

    /**
     * Reads a chunk. Its content is not checked.
     *
     * @param index from 0
     */
    public DataChunk chunk(long index) throws IOException {
        if (index < 0 || index >= chunkCount()) {
            throw new IndexOutOfBoundsException("chunk " + index + " of " + chunkCount());
        }
        int i = (int) index;
        long start = offsets[i] + LENGTH_BYTES;
        try {
            return DataChunk.parseFrom(read(channel, path, start, (int) (offsets[i + 1] - start)));
        } catch (InvalidProtocolBufferException e) {
            throw new SnapshotFormatException(path + ": chunk " + index + " does not parse", e);
        }
    }

    /** {@return all records of a section; meant for small ones and for tests} */
    public List<SnapshotRecord> records(Section section) throws IOException {
        return SnapshotRecords.list(this, section);
    }

    /** Checks every checksum, digest, count and key order that {@link #open} has not. */
    public void verify() throws IOException {
        SnapshotRecords.verify(this);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
