/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.fuzz;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.tollgate.loader.transfer.ManifestCheck;
import io.tollgate.loader.transfer.ManifestVerifier;
import io.tollgate.loader.transfer.RecordCursor;
import io.tollgate.loader.transfer.RefusedException;
import io.tollgate.loader.transfer.SnapshotAssembly;
import io.tollgate.loader.transfer.TransferLimits;
import io.tollgate.loader.transfer.VerifiedManifest;
import io.tollgate.v1.DataChunk;
import io.tollgate.v1.SignedManifest;
import io.tollgate.v1.SnapshotChunk;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * A snapshot as it comes over the wire: manifest, then chunks. Digest of the manifest and checksums of chunks are made right, so that the
 * checks behind them are reached.
 */
final class TransferFuzz implements FuzzTarget {
    private static final ManifestCheck CHECK =
            new ManifestCheck("acme", TransferLimits.DEFAULT, ManifestVerifier.DEVELOPMENT);

    public static void fuzzerTestOneInput(final byte[] data) throws Exception {
        new TransferFuzz().run(data);
    }

    @Override
    public List<byte[]> seeds() {
        final Path scratch = SmallSnapshot.scratch();
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            SnapshotChunk.newBuilder()
                    .setManifest(SmallSnapshot.manifest(scratch))
                    .build()
                    .writeDelimitedTo(out);
            for (final DataChunk chunk : SmallSnapshot.chunks(scratch)) {
                SnapshotChunk.newBuilder().setData(chunk).build().writeDelimitedTo(out);
            }
        } catch (final IOException ex) {
            throw new IllegalStateException(ex);
        }
        return List.of(out.toByteArray());
    }

    @Override
    public void run(final byte[] data) throws Exception {
        final ByteArrayInputStream in = new ByteArrayInputStream(data);
        try {
            final SnapshotChunk first = SnapshotChunk.parseDelimitedFrom(in);
            if (first == null) {
                return;
            }
            final VerifiedManifest manifest = CHECK.check(rightDigest(first.getManifest()));
            try (SnapshotAssembly assembly = new SnapshotAssembly(manifest, TransferLimits.DEFAULT)) {
                while (!assembly.isComplete()) {
                    final SnapshotChunk next = SnapshotChunk.parseDelimitedFrom(in);
                    if (next == null) {
                        return;
                    }
                    assembly.accept(rightChecksum(next.getData()));
                    walk(assembly);
                }
                assembly.facts();
            }
        } catch (final RefusedException | InvalidProtocolBufferException expected) {
            // refused, with a reason
        }
    }

    private static void walk(final SnapshotAssembly assembly) throws RefusedException {
        final RecordCursor cursor = new RecordCursor();
        cursor.wrap(assembly.buffer(), 0, assembly.length());
        while (cursor.next()) {
            if (cursor.key().length != cursor.keyLength() || cursor.value().length != cursor.valueLength()) {
                throw new IllegalStateException("a record of other lengths than it says");
            }
        }
    }

    private static SignedManifest rightDigest(final SignedManifest signed) throws Exception {
        final byte[] digest =
                MessageDigest.getInstance("SHA-256").digest(signed.getManifest().toByteArray());
        return signed.toBuilder().setSha256(ByteString.copyFrom(digest)).build();
    }

    private static DataChunk rightChecksum(final DataChunk chunk) {
        final CRC32C crc = new CRC32C();
        crc.update(chunk.getPayload().toByteArray());
        return chunk.toBuilder().setCrc32C((int) crc.getValue()).build();
    }
}
