/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.publish;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.tollgate.control.signing.ManifestSigner;
import io.tollgate.core.digest.StateDigest;
import io.tollgate.v1.DataChunk;
import io.tollgate.v1.ScopeRecord;
import io.tollgate.v1.Section;
import io.tollgate.v1.SectionDescriptor;
import io.tollgate.v1.SignedManifest;
import io.tollgate.v1.SnapshotManifest;
import io.tollgate.v1.SnapshotRecord;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes a snapshot file record by record; the heap holds one chunk. Not thread-safe.
 *
 * <pre>{@code
 * try (SnapshotWriter writer = SnapshotWriter.begin(file, facts)) {
 *     writer.add(Section.SECTION_REGISTRY, "registry", registry);
 *     ... policies, entitlement sets, scopes, price books, wallets, pools ...
 *     SnapshotManifest manifest = writer.finish();
 * }
 * }</pre>
 *
 * <p>Sections come in the order of their numbers. Records of a section come in the order of their keys' UTF-8 bytes, those of DIRECTORY as
 * described at {@link DirectoryOrder}: global, plans, then organization by organization, what is referred to before what refers.
 *
 * <p>The file appears under its name when it is complete and on disk, never before. Its layout is that of {@link SnapshotFile}.
 */
public final class SnapshotWriter implements AutoCloseable {
    /** Bytes of a key and its value that sidecars take. */
    public static final int MAX_RECORD_BYTES = 8 << 20;

    private final Path file;
    private final Path chunkFile;
    private final SnapshotFacts facts;
    private final ManifestSigner signer;
    private final ChunkEncoder encoder = new ChunkEncoder();
    private final DirectoryOrder directory = new DirectoryOrder();
    private final List<SectionDescriptor> sections = new ArrayList<>();
    private final MessageDigest digest = Digests.sha256();
    private final StateDigest state = new StateDigest();
    private final DataOutputStream chunks;

    private Section section = Section.SECTION_REGISTRY;
    private byte[] lastKey = new byte[0];
    private long sectionRecords;
    private long sectionChunks;
    private long sectionBytes;
    private long chunkCount;
    private boolean finished;

    private SnapshotWriter(Path file, SnapshotFacts facts, ManifestSigner signer) throws IOException {
        this.signer = signer;
        this.file = file.toAbsolutePath();
        this.facts = facts;
        Path parent = Digests.parentOf(this.file);
        this.chunkFile = Files.createTempFile(parent, file.getFileName() + ".", ".chunks");
        this.chunks = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(chunkFile), 1 << 16));
    }

    /**
     * Starts a file. Its directory must exist.
     *
     * @throws IOException when nothing can be written there
     */
    public static SnapshotWriter begin(Path file, SnapshotFacts facts) throws IOException {
        return begin(file, facts, ManifestSigner.NONE);
    }

    /** As {@link #begin(Path, SnapshotFacts)}, signed. */
    public static SnapshotWriter begin(Path file, SnapshotFacts facts, ManifestSigner signer) throws IOException {
        return new SnapshotWriter(file, facts, signer);
    }

    /**
     * Adds a record.
     *
     * @param value the message that the section names
     * @throws IllegalArgumentException when it is out of order, comes twice, or is too large
     */
    public void add(Section target, String key, MessageLite value) throws IOException {
        byte[] keyBytes = key.getBytes(StandardCharsets.UTF_8);
        prepare(target, key, keyBytes, value.getSerializedSize(), target == Section.SECTION_DIRECTORY ? value : null);
        encoder.add(target, keyBytes, value, state);
        sectionRecords++;
    }

    /**
     * Adds a record that is serialized already, byte for byte.
     *
     * @throws IllegalArgumentException as {@link #add(Section, String, MessageLite)}
     */
    void add(Section target, SnapshotRecord record) throws IOException {
        byte[] keyBytes = record.getKey().toByteArray();
        ScopeRecord scope = target == Section.SECTION_DIRECTORY ? ScopeRecord.parseFrom(record.getValue()) : null;
        prepare(
                target,
                record.getKey().toStringUtf8(),
                keyBytes,
                record.getValue().size(),
                scope);
        encoder.add(target, keyBytes, record.getValue(), state);
        sectionRecords++;
    }

    private void prepare(Section target, String key, byte[] keyBytes, int valueBytes, @Nullable MessageLite scope)
            throws IOException {
        int size = ChunkEncoder.sizeOf(keyBytes, valueBytes);
        if (size > MAX_RECORD_BYTES || keyBytes.length == 0) {
            throw new IllegalArgumentException("record '" + key + "' of " + target + " has " + size
                    + " bytes; a record has a key and at most " + MAX_RECORD_BYTES + " bytes");
        }
        enter(target);
        checkOrder(key, keyBytes, scope);
        if (encoder.isFullWith(size)) {
            flush();
        }
    }

    private void enter(Section target) throws IOException {
        if (finished || target == Section.UNRECOGNIZED || target.compareTo(section) < 0) {
            throw new IllegalArgumentException(
                    finished ? "the snapshot is finished" : target + " cannot come after " + section);
        }
        while (section != target) {
            endSection();
            section = Objects.requireNonNull(Section.forNumber(section.getNumber() + 1));
        }
    }

    private void checkOrder(String key, byte[] keyBytes, @Nullable MessageLite value) {
        if (section == Section.SECTION_DIRECTORY) {
            if (!(value instanceof ScopeRecord scope)
                    || !scope.getScope().getPath().equals(key)) {
                throw new IllegalArgumentException("DIRECTORY holds ScopeRecords under their own paths, not "
                        + (value == null ? "nothing" : value.getClass()) + " under " + key);
            }
            directory.accept(scope);
        } else if (Arrays.compareUnsigned(keyBytes, lastKey) <= 0) {
            throw new IllegalArgumentException("record '" + key + "' of " + section
                    + " comes after '" + new String(lastKey, StandardCharsets.UTF_8)
                    + "': keys grow, by their UTF-8 bytes");
        }
        lastKey = keyBytes;
    }

    private void flush() throws IOException {
        if (encoder.length() > 0) {
            sectionBytes += encoder.length();
            sectionChunks++;
            DataChunk chunk = encoder.take(section, chunkCount++, digest);
            chunks.writeInt(chunk.getSerializedSize());
            chunk.writeTo(chunks);
        }
    }

    private void endSection() throws IOException {
        flush();
        sections.add(SectionDescriptor.newBuilder()
                .setSection(section)
                .setRecordCount(sectionRecords)
                .setChunkCount(sectionChunks)
                .setLengthBytes(sectionBytes)
                .setSha256(ByteString.copyFrom(digest.digest()))
                .build());
        lastKey = new byte[0];
        sectionRecords = 0;
        sectionChunks = 0;
        sectionBytes = 0;
    }

    /**
     * Completes the file: manifest first, then the chunks, synced to disk, then renamed to its name (replacing an older file).
     *
     * @return the manifest
     * @throws IllegalStateException when there is no registry or no global scope
     */
    public SnapshotManifest finish() throws IOException {
        enter(Section.SECTION_CAPACITY);
        endSection();
        finished = true;
        chunks.close();
        if (sections.get(0).getRecordCount() != 1) {
            throw new IllegalStateException("a snapshot holds exactly one registry record");
        }
        if (sections.get(Section.SECTION_DIRECTORY_VALUE - 1).getRecordCount() == 0) {
            throw new IllegalStateException("a snapshot's directory holds at least the global scope");
        }
        SnapshotManifest manifest = facts.manifest()
                .addAllSections(sections)
                .setChunkCount(chunkCount)
                .setStateDigest(ByteString.copyFrom(state.toBytes()))
                .build();
        assemble(sign(manifest));
        return manifest;
    }

    private SignedManifest sign(SnapshotManifest manifest) {
        ByteString bytes = manifest.toByteString();
        return signer.sign(SignedManifest.newBuilder()
                .setManifest(bytes)
                .setSha256(ByteString.copyFrom(Digests.sha256().digest(bytes.toByteArray())))
                .build());
    }

    private void assemble(SignedManifest manifest) throws IOException {
        Path whole = Path.of(chunkFile + ".whole");
        try {
            try (FileChannel out = FileChannel.open(
                            whole,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.TRUNCATE_EXISTING);
                    FileChannel in = FileChannel.open(chunkFile, StandardOpenOption.READ)) {
                DataOutputStream head = new DataOutputStream(Channels.newOutputStream(out));
                head.write(SnapshotFile.MAGIC.getBytes(StandardCharsets.US_ASCII));
                head.writeInt(manifest.getSerializedSize());
                manifest.writeTo(head);
                head.flush();
                copy(in, out);
                out.force(true);
            }
            Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(whole);
        }
    }

    private static void copy(FileChannel in, FileChannel out) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        while (in.read(buffer) >= 0) {
            buffer.flip();
            while (buffer.hasRemaining()) {
                out.write(buffer);
            }
            buffer.clear();
        }
    }

    /** Removes what is unfinished. */
    @Override
    public void close() throws IOException {
        encoder.close();
        chunks.close();
        Files.deleteIfExists(chunkFile);
    }
}
