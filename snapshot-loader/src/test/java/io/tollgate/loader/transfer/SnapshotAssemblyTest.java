/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.tollgate.loader.fixture.SampleSnapshot;
import io.tollgate.loader.fixture.SnapshotBuilder;
import io.tollgate.loader.transfer.RefusedException.Check;
import io.tollgate.v1.Compression;
import io.tollgate.v1.DataChunk;
import io.tollgate.v1.Section;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SnapshotAssemblyTest {
    private static final TransferLimits LIMITS = TransferLimits.DEFAULT;

    private final SnapshotBuilder.Built snapshot =
            SampleSnapshot.of(1).chunkBytes(100).build();

    private static SnapshotAssembly assemblyOf(SnapshotBuilder.Built built, TransferLimits limits)
            throws RefusedException {
        return new SnapshotAssembly(
                new ManifestCheck("default", limits, ManifestVerifier.DEVELOPMENT).check(built.manifest()), limits);
    }

    private static Check refusalOf(SnapshotBuilder.Built built, TransferLimits limits) {
        return assertThrows(RefusedException.class, () -> {
                    try (SnapshotAssembly assembly = assemblyOf(built, limits)) {
                        for (DataChunk chunk : built.chunks()) {
                            assembly.accept(chunk);
                        }
                    }
                })
                .check();
    }

    private Check refusalWith(int index, DataChunk instead) {
        return refusalOf(
                new SnapshotBuilder.Built(
                        snapshot.manifest(),
                        snapshot.chunks().stream()
                                .map(chunk -> chunk.getIndex() == index ? instead : chunk)
                                .toList(),
                        snapshot.parsed()),
                LIMITS);
    }

    @Test
    void shouldAcceptAllChunksInOrderAndMeasureThem() throws Exception {
        for (Compression compression :
                new Compression[] {Compression.COMPRESSION_NONE, Compression.COMPRESSION_DEFLATE}) {
            SnapshotBuilder.Built built =
                    SampleSnapshot.of(1).compression(compression).build();
            try (SnapshotAssembly assembly = assemblyOf(built, LIMITS)) {
                for (DataChunk chunk : built.chunks()) {
                    assertFalse(assembly.isComplete());
                    assembly.accept(chunk);
                }
                assertTrue(assembly.isComplete());
                SectionFacts directory = assembly.facts().get(3);
                assertEquals(Section.SECTION_DIRECTORY, directory.section());
                assertEquals(6, directory.records());
                assertEquals("org:acme/department:lab/project:rag".length(), directory.longestKeyBytes());
            }
        }
    }

    @Test
    void shouldRefuseAChunkOutOfItsTurn() throws Exception {
        try (SnapshotAssembly assembly = assemblyOf(snapshot, LIMITS)) {
            assembly.accept(snapshot.chunks().get(0));
            assertEquals(1, assembly.nextIndex());
            for (int wrong : new int[] {0, 2}) {
                assertEquals(
                        Check.CHUNK_ORDER,
                        assertThrows(
                                        RefusedException.class,
                                        () -> assembly.accept(snapshot.chunks().get(wrong)))
                                .check());
            }
        }
    }

    @Test
    void shouldRefuseMoreChunksThanTheManifestCounts() throws Exception {
        try (SnapshotAssembly assembly = assemblyOf(snapshot, LIMITS)) {
            for (DataChunk chunk : snapshot.chunks()) {
                assembly.accept(chunk);
            }
            DataChunk extra = snapshot.chunks().get(0).toBuilder()
                    .setIndex(assembly.nextIndex())
                    .build();
            assertEquals(
                    Check.CHUNK_ORDER,
                    assertThrows(RefusedException.class, () -> assembly.accept(extra))
                            .check());
        }
    }

    @Test
    void shouldRefuseAnyFlippedBitInAnyPayload() {
        Random random = new Random(7);
        for (DataChunk chunk : snapshot.chunks()) {
            byte[] payload = chunk.getPayload().toByteArray();
            int bit = random.nextInt(payload.length * 8);
            payload[bit / 8] ^= (byte) (1 << bit % 8);
            assertEquals(
                    Check.CHUNK_CRC,
                    refusalWith(
                            (int) chunk.getIndex(),
                            chunk.toBuilder()
                                    .setPayload(ByteString.copyFrom(payload))
                                    .build()),
                    "seed 7, chunk " + chunk.getIndex() + ", bit " + bit);
        }
    }

    @Test
    void shouldRefuseAnyPayloadThatIsCutOffOrZeroed() {
        for (DataChunk chunk : snapshot.chunks()) {
            int size = chunk.getPayload().size();
            for (ByteString payload : List.of(
                    chunk.getPayload().substring(0, size / 2), ByteString.EMPTY, ByteString.copyFrom(new byte[size]))) {
                assertEquals(
                        Check.CHUNK_CRC,
                        refusalWith(
                                (int) chunk.getIndex(),
                                chunk.toBuilder().setPayload(payload).build()),
                        "chunk " + chunk.getIndex() + ", " + payload.size() + " of " + size + " bytes");
            }
        }
    }

    @Test
    void shouldRefuseForgedContentThatCarriesARightCrc() {
        DataChunk last = snapshot.chunks().get(snapshot.chunks().size() - 1);
        byte[] plain = plainOf(last);
        plain[plain.length - 1] ^= 1;
        DataChunk forged =
                SnapshotBuilder.encode(last.getSection(), last.getIndex(), plain, Compression.COMPRESSION_DEFLATE);
        assertEquals(Check.SECTION_DIGEST, refusalWith((int) last.getIndex(), forged));
    }

    private byte[] plainOf(DataChunk chunk) {
        try (SnapshotAssembly assembly = assemblyOf(snapshot, LIMITS)) {
            for (int i = 0; i <= chunk.getIndex(); i++) {
                assembly.accept(snapshot.chunks().get(i));
            }
            return Arrays.copyOf(assembly.buffer(), assembly.length());
        } catch (RefusedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldStopInflatingAtTheClaimedLength() {
        byte[] zeros = new byte[1 << 20];
        DataChunk bomb = SnapshotBuilder.encode(Section.SECTION_REGISTRY, 0, zeros, Compression.COMPRESSION_DEFLATE);
        assertEquals(
                Check.CHUNK_CONTENT,
                refusalWith(0, bomb.toBuilder().setUncompressedLengthBytes(100).build()));
        assertEquals(
                Check.LIMIT,
                refusalWith(
                        0,
                        bomb.toBuilder()
                                .setUncompressedLengthBytes(LIMITS.maxChunkBytes() + 1)
                                .build()));
    }

    @Test
    void shouldRefuseAPayloadThatIsTooShortOrHasATail() {
        DataChunk chunk = snapshot.chunks().get(0);
        int claimed = chunk.getUncompressedLengthBytes();
        assertEquals(
                Check.CHUNK_CONTENT,
                refusalWith(
                        0,
                        chunk.toBuilder()
                                .setUncompressedLengthBytes(claimed + 1)
                                .build()));
        ByteString tail = chunk.getPayload().concat(ByteString.copyFromUtf8("x"));
        assertEquals(
                Check.CHUNK_CONTENT,
                refusalWith(
                        0,
                        chunk.toBuilder()
                                .setPayload(tail)
                                .setCrc32C(Digests.crc32c(tail.toByteArray(), 0, tail.size()))
                                .build()));
    }

    @Test
    void shouldRefuseACompressionThatIsNotBuiltIn() {
        assertEquals(
                Check.CHUNK_CONTENT,
                refusalWith(
                        0,
                        snapshot.chunks().get(0).toBuilder()
                                .setCompression(Compression.COMPRESSION_ZSTD)
                                .build()));
    }

    @Test
    void shouldRefuseAChunkOfAnotherSection() {
        assertEquals(
                Check.CHUNK_ORDER,
                refusalWith(
                        0,
                        snapshot.chunks().get(0).toBuilder()
                                .setSection(Section.SECTION_POLICY)
                                .build()));
    }

    @Test
    void shouldRefuseALargerRecordOrPayloadThanAllowed() {
        TransferLimits smallRecords = new TransferLimits(1 << 20, 1000, 1 << 20, 1 << 20, 1 << 20, 1000, 50);
        assertEquals(Check.LIMIT, refusalOf(snapshot, smallRecords));
        TransferLimits smallPayloads = new TransferLimits(1 << 20, 1000, 20, 1 << 20, 1 << 20, 1000, 5000);
        assertEquals(Check.LIMIT, refusalOf(snapshot, smallPayloads));
    }

    @Test
    void shouldRefuseASectionWithOtherCountsThanItsDescriptor() {
        SnapshotBuilder.Built lies = SampleSnapshot.of(1)
                .manifest(m -> m.toBuilder()
                        .setSections(3, m.getSections(3).toBuilder().setRecordCount(7))
                        .build())
                .build();
        assertEquals(Check.COUNT, refusalOf(lies, LIMITS));
        SnapshotBuilder.Built longer = SampleSnapshot.of(1)
                .manifest(m -> m.toBuilder()
                        .setSections(
                                3,
                                m.getSections(3).toBuilder()
                                        .setLengthBytes(m.getSections(3).getLengthBytes() - 1))
                        .build())
                .build();
        assertEquals(Check.COUNT, refusalOf(longer, LIMITS));
    }

    @Test
    void shouldFindNoRecordInGarbageAndThrowNothingElse() {
        RecordCursor cursor = new RecordCursor();
        long seed = 20261120;
        Random random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            byte[] garbage = new byte[random.nextInt(64)];
            random.nextBytes(garbage);
            cursor.wrap(garbage, 0, garbage.length);
            try {
                while (cursor.next()) {
                    assertTrue(cursor.key().length > 0, "seed " + seed + ", round " + round);
                    assertTrue(cursor.value().length <= garbage.length, "seed " + seed + ", round " + round);
                }
            } catch (RefusedException expected) {
                assertEquals(Check.CHUNK_CONTENT, expected.check());
            }
        }
    }
}
