/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.inspect;

import com.google.protobuf.InvalidProtocolBufferException;
import io.tollgate.loader.transfer.ManifestCheck;
import io.tollgate.loader.transfer.ManifestVerifier;
import io.tollgate.loader.transfer.RecordCursor;
import io.tollgate.loader.transfer.RefusedException;
import io.tollgate.loader.transfer.SnapshotAssembly;
import io.tollgate.loader.transfer.TransferLimits;
import io.tollgate.loader.transfer.VerifiedManifest;
import io.tollgate.v1.DataChunk;
import io.tollgate.v1.Section;
import io.tollgate.v1.SignedManifest;
import io.tollgate.v1.SnapshotManifest;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot file.
 *
 * <pre>
 *   0   "TGSNAP01"
 *   8   u32 length | SignedManifest
 *   ..  u32 length | DataChunk        chunk_count times, in order of index; lengths big endian
 * </pre>
 */
final class FileInspector extends SnapshotInspector {
    private static final byte[] MAGIC = "TGSNAP01".getBytes(StandardCharsets.US_ASCII);
    private static final TransferLimits LIMITS = TransferLimits.DEFAULT;

    private final Path path;
    private final RandomAccessFile file;
    private final long firstChunkAt;

    private FileInspector(
            Path path, RandomAccessFile file, SignedManifest signed, SnapshotManifest manifest, long firstChunkAt) {
        super(signed, manifest);
        this.path = path;
        this.file = file;
        this.firstChunkAt = firstChunkAt;
    }

    static FileInspector openFile(Path path) throws IOException, RefusedException {
        RandomAccessFile file = new RandomAccessFile(path.toFile(), "r");
        try {
            byte[] magic = new byte[MAGIC.length];
            if (file.length() < MAGIC.length || file.read(magic) != MAGIC.length || !Arrays.equals(magic, MAGIC)) {
                throw new IOException(path + " is no snapshot file: it does not start with "
                        + new String(MAGIC, StandardCharsets.US_ASCII));
            }
            SignedManifest signed = SignedManifest.parseFrom(readFrame(path, file));
            SnapshotManifest manifest = SnapshotManifest.parseFrom(signed.getManifest());
            VerifiedManifest verified =
                    new ManifestCheck(manifest.getBundle(), LIMITS, ManifestVerifier.DEVELOPMENT).check(signed);
            return new FileInspector(path, file, signed, verified.manifest(), file.getFilePointer());
        } catch (InvalidProtocolBufferException e) {
            file.close();
            throw new IOException(path + ": the manifest does not parse", e);
        } catch (IOException | RefusedException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static byte[] readFrame(Path path, RandomAccessFile file) throws IOException {
        long at = file.getFilePointer();
        try {
            int length = file.readInt();
            if (length < 0 || length > LIMITS.maxMessageBytes()) {
                throw new IOException(
                        path + ": a length of " + Integer.toUnsignedString(length) + " bytes at byte " + at);
            }
            byte[] bytes = new byte[length];
            file.readFully(bytes);
            return bytes;
        } catch (EOFException e) {
            throw new IOException(path + " is cut off at byte " + at, e);
        }
    }

    @Override
    public List<String> verify() throws IOException {
        try (SnapshotAssembly assembly = assembly()) {
            eachChunk(assembly, null, null);
            long end = file.getFilePointer();
            if (end != file.length()) {
                return List.of(path + " goes on after its last chunk, at byte " + end);
            }
            return List.of();
        } catch (RefusedException e) {
            return List.of(path + ": " + e.reason());
        }
    }

    @Override
    public long count(Section section) throws IOException {
        long[] count = {0};
        forEach(section, (key, value) -> count[0]++);
        return count[0];
    }

    @Override
    public byte @Nullable [] find(Section section, String key) throws IOException {
        byte[] wanted = key.getBytes(StandardCharsets.UTF_8);
        byte[][] found = new byte[1][];
        forEach(section, (candidate, value) -> {
            if (Arrays.equals(candidate, wanted)) {
                found[0] = value;
            }
        });
        return found[0];
    }

    @Override
    public void forEach(Section section, Visitor visitor) throws IOException {
        try (SnapshotAssembly assembly = assembly()) {
            eachChunk(assembly, section, visitor);
        } catch (RefusedException e) {
            throw new IOException(path + ": " + e.reason(), e);
        }
    }

    private SnapshotAssembly assembly() throws RefusedException {
        return new SnapshotAssembly(new VerifiedManifest(signedManifest(), manifest(), ""), LIMITS);
    }

    private void eachChunk(SnapshotAssembly assembly, @Nullable Section wanted, @Nullable Visitor visitor)
            throws IOException, RefusedException {
        file.seek(firstChunkAt);
        RecordCursor cursor = new RecordCursor();
        while (!assembly.isComplete()) {
            DataChunk chunk;
            try {
                chunk = DataChunk.parseFrom(readFrame(path, file));
            } catch (InvalidProtocolBufferException e) {
                throw new IOException(path + ": chunk " + assembly.nextIndex() + " does not parse", e);
            }
            assembly.accept(chunk);
            if (visitor != null && chunk.getSection() == wanted) {
                cursor.wrap(assembly.buffer(), 0, assembly.length());
                while (cursor.next()) {
                    visitor.record(cursor.key(), cursor.value());
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
