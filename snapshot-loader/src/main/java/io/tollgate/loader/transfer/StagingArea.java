/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.transfer;

import com.google.protobuf.InvalidProtocolBufferException;
import io.tollgate.loader.storage.Storage;
import io.tollgate.v1.SignedManifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The folder of snapshots in transit: at most one file. Loader's thread only. */
public final class StagingArea {
    private static final String FILE_NAME = "snapshot.part";
    /** Itself and what is made of it: better to know before a long transfer. */
    private static final int SPACE_FACTOR = 5;

    private final Storage storage;
    private final Path file;
    private final TransferLimits limits;

    /**
     * An area.
     *
     * @param directory {@code state_dir/incoming}; exists
     */
    public StagingArea(Storage storage, Path directory, TransferLimits limits) {
        this.storage = storage;
        this.file = directory.resolve(FILE_NAME);
        this.limits = limits;
    }

    /**
     * Begins with a new snapshot; what was there is overwritten.
     *
     * @throws IOException when the disk has no room
     */
    public Staging begin(VerifiedManifest manifest) throws IOException, RefusedException {
        storage.requireSpace(
                directory(),
                SPACE_FACTOR * manifest.lengthBytes(),
                "receive and install snapshot " + manifest.version());
        return Staging.create(storage, file, manifest, limits);
    }

    /**
     * Opens what an earlier run has left half done.
     *
     * @return null when there is nothing of use; the file is gone then
     */
    public @Nullable Staging reopen(ManifestCheck check) throws IOException {
        if (!Files.exists(file)) {
            return null;
        }
        FileChannel channel = storage.open(file);
        try {
            SignedManifest signed = readManifest(channel);
            if (signed != null) {
                return Staging.reopen(storage, file, channel, check.check(signed), limits);
            }
        } catch (RefusedException ignored) {
            // Not of use: another bundle, or damaged. It is fetched again.
        }
        channel.close();
        clear();
        return null;
    }

    /** Deletes what is there. */
    public void clear() throws IOException {
        storage.delete(file);
    }

    private @Nullable SignedManifest readManifest(FileChannel channel) throws IOException {
        ByteBuffer start = ByteBuffer.allocate(Staging.MANIFEST_AT);
        if (channel.read(start, 0) != Staging.MANIFEST_AT || start.getLong(0) != Staging.MAGIC) {
            return null;
        }
        int length = start.getInt(Long.BYTES);
        if (length <= 0 || length > limits.maxMessageBytes()) {
            return null;
        }
        ByteBuffer bytes = ByteBuffer.allocate(length);
        if (channel.read(bytes, Staging.MANIFEST_AT) != length
                || Digests.crc32c(bytes.array(), 0, length) != start.getInt(Long.BYTES + Integer.BYTES)) {
            return null;
        }
        try {
            return SignedManifest.parseFrom(bytes.array());
        } catch (InvalidProtocolBufferException ignored) {
            return null;
        }
    }

    private Path directory() {
        Path parent = file.getParent();
        return parent == null ? Path.of(".") : parent;
    }
}
