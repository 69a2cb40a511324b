/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.publish;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.tollgate.control.source.PrincipalName;
import io.tollgate.control.source.ScopePath;
import io.tollgate.core.digest.StateDigest;
import io.tollgate.v1.Compression;
import io.tollgate.v1.DataChunk;
import io.tollgate.v1.PolicyRecord;
import io.tollgate.v1.RegistryRecord;
import io.tollgate.v1.ScopeRecord;
import io.tollgate.v1.Section;
import io.tollgate.v1.SectionDescriptor;
import io.tollgate.v1.SignedManifest;
import io.tollgate.v1.SnapshotManifest;
import io.tollgate.v1.SnapshotRecord;
import io.tollgate.v1.SubscriptionRecord;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written is read back, and nothing else is. */
class SnapshotFileTest {
    @TempDir
    Path dir;

    @Test
    void shouldReadBackEveryRecordInOrder() throws IOException {
        Path file = dir.resolve("a.tgs");
        SnapshotManifest manifest = SampleSnapshots.write(file, 20_000);

        try (SnapshotFile read = SnapshotFile.open(file)) {
            assertEquals(manifest, read.manifest());
            read.verify();
            List<SnapshotRecord> scopes = read.records(Section.SECTION_DIRECTORY);
            assertEquals(1 + 20 + 20_000, scopes.size());
            ScopeRecord last =
                    ScopeRecord.parseFrom(scopes.get(scopes.size() - 1).getValue());
            assertEquals("org:o19/user:u19999", last.getScope().getPath());
            assertEquals(
                    last.getScope().getPath(),
                    scopes.get(scopes.size() - 1).getKey().toStringUtf8());
            assertEquals(
                    List.of(1L, 0L, 0L, 20_021L, 0L, 0L, 0L),
                    manifest.getSectionsList().stream()
                            .map(SectionDescriptor::getRecordCount)
                            .toList());
        }
    }

    @Test
    void shouldSayWhatItsRecordsComeTo() throws IOException {
        Path file = dir.resolve("a.tgs");
        SampleSnapshots.write(file, 3_000);
        StateDigest state = new StateDigest();
        try (SnapshotFile read = SnapshotFile.open(file)) {
            SnapshotRecords.forEach(
                    read,
                    (section, record) -> state.add(
                            section.getNumber(),
                            record.getKey().toByteArray(),
                            record.getValue().toByteArray()));
            assertArrayEquals(state.toBytes(), read.manifest().getStateDigest().toByteArray());
            SignedManifest wrong = claiming(read, new StateDigest().toBytes());
            SnapshotFormatException e =
                    assertThrows(SnapshotFormatException.class, () -> verify(read, wrong, dir.resolve("b.tgs")));
            assertTrue(String.valueOf(e.getMessage()).contains("come to the state digest " + state), e::getMessage);
            verify(read, claiming(read, new byte[0]), dir.resolve("c.tgs")); // An older one, which says nothing.
        }
    }

    private static SignedManifest claiming(SnapshotFile file, byte[] stateDigest) {
        ByteString manifest = file.manifest().toBuilder()
                .setStateDigest(ByteString.copyFrom(stateDigest))
                .build()
                .toByteString();
        return SignedManifest.newBuilder()
                .setManifest(manifest)
                .setSha256(ByteString.copyFrom(Digests.sha256().digest(manifest.toByteArray())))
                .build();
    }

    private static void verify(SnapshotFile chunks, SignedManifest manifest, Path copy) throws IOException {
        try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(copy))) {
            out.writeBytes(SnapshotFile.MAGIC);
            out.writeInt(manifest.getSerializedSize());
            manifest.writeTo(out);
            for (long i = 0; i < chunks.chunkCount(); i++) {
                byte[] chunk = chunks.chunk(i).toByteArray();
                out.writeInt(chunk.length);
                out.write(chunk);
            }
        }
        try (SnapshotFile file = SnapshotFile.open(copy)) {
            file.verify();
        }
    }

    @Test
    void shouldCutChunksOfAboutAQuarterMebibyteAndCompressThem() throws IOException {
        Path file = dir.resolve("a.tgs");
        SampleSnapshots.write(file, 20_000);

        try (SnapshotFile read = SnapshotFile.open(file)) {
            assertTrue(read.chunkCount() > 3, () -> "chunks: " + read.chunkCount());
            for (long i = 1; i < read.chunkCount() - 1; i++) {
                DataChunk chunk = read.chunk(i);
                assertEquals(i, chunk.getIndex());
                assertEquals(Compression.COMPRESSION_DEFLATE, chunk.getCompression());
                assertTrue(chunk.getPayload().size() < chunk.getUncompressedLengthBytes());
                assertTrue(chunk.getUncompressedLengthBytes() <= ChunkEncoder.TARGET_BYTES);
                assertTrue(chunk.getUncompressedLengthBytes() > ChunkEncoder.TARGET_BYTES - 1_000);
            }
            assertEquals(
                    Compression.COMPRESSION_NONE, read.chunk(0).getCompression(), "a tiny chunk grows by deflating");
        }
    }

    @Test
    void shouldWriteTheSameBytesForTheSameRecords() throws IOException {
        SampleSnapshots.write(dir.resolve("a.tgs"), 3_000);
        SampleSnapshots.write(dir.resolve("b.tgs"), 3_000);

        assertArrayEquals(Files.readAllBytes(dir.resolve("a.tgs")), Files.readAllBytes(dir.resolve("b.tgs")));
    }

    @Test
    void shouldRefuseEveryFlippedBit() throws IOException {
        Path file = dir.resolve("a.tgs");
        SampleSnapshots.write(file, 40);
        byte[] good = Files.readAllBytes(file);
        for (int at = 0; at < good.length; at++) {
            byte[] bad = good.clone();
            bad[at] ^= (byte) (1 << at % 8);
            Files.write(file, bad);
            int position = at;
            assertThrows(IOException.class, () -> readAll(file), () -> "byte " + position + " of " + good.length);
        }
    }

    @Test
    void shouldRefuseAFileThatIsCutOffOrTooLong() throws IOException {
        Path file = dir.resolve("a.tgs");
        SampleSnapshots.write(file, 40);
        byte[] good = Files.readAllBytes(file);
        for (int length = 0; length < good.length; length += 7) {
            Files.write(file, java.util.Arrays.copyOf(good, length));
            assertThrows(IOException.class, () -> readAll(file));
        }
        Files.write(file, java.util.Arrays.copyOf(good, good.length + 1));
        assertThrows(SnapshotFormatException.class, () -> readAll(file));
    }

    @Test
    void shouldThrowNothingButIoExceptionsForRandomDamage() throws IOException {
        Path file = dir.resolve("a.tgs");
        SampleSnapshots.write(file, 200);
        byte[] good = Files.readAllBytes(file);
        long seed = new SplittableRandom().nextLong();
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 1_000; round++) {
            byte[] bad = good.clone();
            for (int i = 1 + random.nextInt(8); i > 0; i--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            Files.write(file, bad);
            try {
                readAll(file);
            } catch (IOException expected) {
                // Refused, or nothing was changed.
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ", round " + round, e);
            }
        }
    }

    private static void readAll(Path file) throws IOException {
        try (SnapshotFile read = SnapshotFile.open(file)) {
            read.verify();
        }
    }

    @Test
    void shouldLeaveNothingBehindWhenWritingIsGivenUp() throws IOException {
        try (SnapshotWriter writer = SnapshotWriter.begin(dir.resolve("a.tgs"), SampleSnapshots.facts())) {
            SampleSnapshots.addRegistry(writer);
        }
        try (Stream<Path> files = Files.list(dir)) {
            assertEquals(List.of(), files.toList());
        }
    }

    @Test
    void shouldRefuseASnapshotWithoutRegistryOrDirectory() throws IOException {
        try (SnapshotWriter writer = SnapshotWriter.begin(dir.resolve("a.tgs"), SampleSnapshots.facts())) {
            assertThrows(IllegalStateException.class, writer::finish);
        }
        try (SnapshotWriter writer = SnapshotWriter.begin(dir.resolve("a.tgs"), SampleSnapshots.facts())) {
            SampleSnapshots.addRegistry(writer);
            assertThrows(IllegalStateException.class, writer::finish);
        }
        assertFalse(Files.exists(dir.resolve("a.tgs")));
    }

    @Test
    void shouldRefuseRecordsOutOfOrder() throws IOException {
        try (SnapshotWriter writer = SnapshotWriter.begin(dir.resolve("a.tgs"), SampleSnapshots.facts())) {
            SampleSnapshots.addRegistry(writer);
            PolicyRecord policy = PolicyRecord.getDefaultInstance();
            writer.add(Section.SECTION_POLICY, "b", policy);
            assertThrows(IllegalArgumentException.class, () -> writer.add(Section.SECTION_POLICY, "b", policy));
            assertThrows(IllegalArgumentException.class, () -> writer.add(Section.SECTION_POLICY, "a", policy));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> writer.add(Section.SECTION_REGISTRY, "z", RegistryRecord.getDefaultInstance()));
            // UTF-8 order, not that of Java's chars: U+FFFF sorts before U+10000.
            writer.add(Section.SECTION_POLICY, "\uffff", policy);
            writer.add(Section.SECTION_POLICY, "\ud800\udc00", policy);
        }
    }

    @Test
    void shouldRefuseADirectoryInWhichSomethingComesBeforeWhatItRefersTo() throws IOException {
        ScopeRecord organization = SampleSnapshots.scope(ScopePath.organization("a"), "global");
        ScopeRecord department = SampleSnapshots.scope(ScopePath.department("a", "d"), "org:a");
        ScopeRecord project = SampleSnapshots.scope(ScopePath.project("a", "p"), "org:a/department:d");
        PrincipalName bot = new PrincipalName("service", "bot");
        ScopeRecord principal = SampleSnapshots.scope(ScopePath.principal("a", bot), "org:a");
        ScopeRecord key = SampleSnapshots.scope(ScopePath.apiKey("a", "k"), "org:a").toBuilder()
                .setOwnerPath("org:a/service:bot")
                .setBoundProjectPath("org:a/project:p")
                .build();
        ScopeRecord subscribed = SampleSnapshots.scope(ScopePath.organization("b"), "global").toBuilder()
                .setSubscription(SubscriptionRecord.newBuilder().setPlanPath("plan:pro"))
                .build();
        try (SnapshotWriter writer = SnapshotWriter.begin(dir.resolve("a.tgs"), SampleSnapshots.facts())) {
            SampleSnapshots.addRegistry(writer);
            refused(writer, organization, "global comes first");
            SampleSnapshots.add(writer, SampleSnapshots.scope(ScopePath.GLOBAL, ""));
            refused(writer, department, "not the organization");
            refused(writer, subscribed, "its plan 'plan:pro' has not come yet");
            SampleSnapshots.add(writer, organization);
            refused(writer, SampleSnapshots.scope(ScopePath.plan("late"), "global"), "before organizations");
            refused(writer, project, "its parent 'org:a/department:d' has not come yet");
            SampleSnapshots.add(writer, department);
            SampleSnapshots.add(writer, project);
            refused(writer, project, "it came before");
            refused(writer, key, "its owner");
            SampleSnapshots.add(writer, principal);
            SampleSnapshots.add(writer, key);
            SampleSnapshots.add(writer, SampleSnapshots.scope(ScopePath.organization("c"), "global"));
            refused(writer, organization, "comes once");
            refused(writer, department, "not the organization that it lies below");
            writer.finish();
        }
    }

    private static void refused(SnapshotWriter writer, ScopeRecord scope, String message) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> SampleSnapshots.add(writer, scope));
        assertTrue(String.valueOf(e.getMessage()).contains(message), e::getMessage);
    }
}
