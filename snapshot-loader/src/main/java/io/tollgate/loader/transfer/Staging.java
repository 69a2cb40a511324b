/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.transfer;

import io.tollgate.loader.storage.Storage;
import io.tollgate.v1.DataChunk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A snapshot in transit: verified chunks, inflated, appended to one file, so that neither a broken stream nor a restart costs what has
 * come. Nothing reads a record's value before {@link #finish()}. Loader's thread only.
 *
 * <pre>
 *   0  magic "TGSTAGE1"
 *   8  length of the SignedManifest | 12  its CRC-32C | 16  SignedManifest
 *   then per chunk:  length | CRC-32C of the inflated bytes | inflated bytes        (lengths and sums: 4 bytes, big endian)
 * </pre>
 */
public final class Staging implements AutoCloseable {
    static final long MAGIC = 0x54_47_53_54_41_47_45_31L;
    static final int MANIFEST_AT = 16;
    static final int FRAME_HEADER_BYTES = 8;

    private final Storage storage;
    private final Path file;
    private final FileChannel channel;
    private final SnapshotAssembly assembly;
    private final int maxChunkBytes;
    private final List<Long> chunkOffsets = new ArrayList<>();
    private final ByteBuffer header = ByteBuffer.allocate(FRAME_HEADER_BYTES);

    private Staging(Storage storage, Path file, FileChannel channel, SnapshotAssembly assembly, int maxChunkBytes) {
        this.storage = storage;
        this.file = file;
        this.channel = channel;
        this.assembly = assembly;
        this.maxChunkBytes = maxChunkBytes;
    }

    /**
     * Starts a new file.
     *
     * @throws IOException when the disk does not take it
     * @throws RefusedException when the manifest contradicts itself
     */
    static Staging create(Storage storage, Path file, VerifiedManifest manifest, TransferLimits limits)
            throws IOException, RefusedException {
        SnapshotAssembly assembly = new SnapshotAssembly(manifest, limits);
        FileChannel channel = storage.create(file);
        try {
            byte[] signed = manifest.signed().toByteArray();
            ByteBuffer start = ByteBuffer.allocate(MANIFEST_AT + signed.length);
            start.putLong(MAGIC).putInt(signed.length).putInt(Digests.crc32c(signed, 0, signed.length));
            start.put(signed).flip();
            storage.write(channel, start);
            return new Staging(storage, file, channel, assembly, limits.maxChunkBytes());
        } catch (IOException | RuntimeException e) {
            assembly.close();
            channel.close();
            storage.delete(file);
            throw e;
        }
    }

    /** Goes on with a file whose manifest has been read and checked: takes its whole chunks, cuts off a torn tail. */
    static Staging reopen(
            Storage storage, Path file, FileChannel channel, VerifiedManifest manifest, TransferLimits limits)
            throws IOException, RefusedException {
        SnapshotAssembly assembly = new SnapshotAssembly(manifest, limits);
        Staging staging = new Staging(storage, file, channel, assembly, limits.maxChunkBytes());
        long at = MANIFEST_AT + manifest.signed().getSerializedSize();
        StagedChunkReader reader = new StagedChunkReader(channel, file, limits.maxChunkBytes());
        while (!assembly.isComplete() && reader.tryRead(at)) {
            assembly.replay(reader.buffer(), reader.length());
            staging.chunkOffsets.add(at);
            at += FRAME_HEADER_BYTES + reader.length();
        }
        channel.truncate(at);
        channel.position(at);
        return staging;
    }

    /** {@return what is on its way} */
    public VerifiedManifest manifest() {
        return assembly.manifest();
    }

    /** {@return index of the chunk to ask for next} */
    public long nextIndex() {
        return assembly.nextIndex();
    }

    /** {@return whether every chunk has come and every digest holds} */
    public boolean isComplete() {
        return assembly.isComplete();
    }

    /**
     * Verifies a chunk and keeps it.
     *
     * @throws RefusedException when it does not pass; the staging is then of no use
     * @throws IOException when the disk does not take it
     */
    public void accept(DataChunk chunk) throws RefusedException, IOException {
        assembly.accept(chunk);
        chunkOffsets.add(channel.position());
        header.clear();
        header.putInt(assembly.length()).putInt(Digests.crc32c(assembly.buffer(), 0, assembly.length()));
        header.flip();
        storage.write(channel, header);
        storage.write(channel, ByteBuffer.wrap(assembly.buffer(), 0, assembly.length()));
    }

    /** {@return the complete snapshot, which takes over the file; this object is done} */
    public StagedSnapshot finish() {
        if (!isComplete()) {
            throw new IllegalStateException("chunk " + nextIndex() + " has not come yet");
        }
        long[] offsets = chunkOffsets.stream().mapToLong(Long::longValue).toArray();
        assembly.close();
        return new StagedSnapshot(storage, file, channel, manifest(), assembly.facts(), offsets, maxChunkBytes);
    }

    /** Closes the file and keeps it for {@link StagingArea#reopen}. */
    @Override
    public void close() throws IOException {
        assembly.close();
        channel.close();
    }

    /** Closes and deletes the file. */
    public void discard() throws IOException {
        close();
        storage.delete(file);
    }
}
