/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.inspect;

import static io.tollgate.loader.fixture.DeltaSource.put;
import static io.tollgate.loader.fixture.DeltaSource.remove;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.loader.InstalledSample;
import io.tollgate.loader.fixture.DeltaSource;
import io.tollgate.loader.fixture.SampleSnapshot;
import io.tollgate.loader.fixture.SnapshotBuilder;
import io.tollgate.v1.DataChunk;
import io.tollgate.v1.ScopeRecord;
import io.tollgate.v1.Section;
import io.tollgate.v1.SignedDelta;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotInspectorTest {
    @TempDir
    Path root;

    private final SnapshotBuilder.Built snapshot =
            SampleSnapshot.of(7).chunkBytes(100).build();

    private Path writeFile() throws IOException {
        Path file = root.resolve("sample.tgs");
        try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(file))) {
            out.write("TGSNAP01".getBytes(StandardCharsets.US_ASCII));
            out.writeInt(snapshot.manifest().getSerializedSize());
            snapshot.manifest().writeTo(out);
            for (DataChunk chunk : snapshot.chunks()) {
                out.writeInt(chunk.getSerializedSize());
                chunk.writeTo(out);
            }
        }
        return file;
    }

    private static void lookAround(Path path) throws IOException {
        try (SnapshotInspector inspector = SnapshotInspector.open(path)) {
            assertEquals(7, inspector.manifest().getVersion());
            assertTrue(inspector.verify().isEmpty(), inspector.verify().toString());
            assertEquals(6, inspector.count(Section.SECTION_DIRECTORY));
            assertEquals(1, inspector.count(Section.SECTION_POLICY));
            byte[] found = inspector.find(Section.SECTION_DIRECTORY, "org:acme/user:ada");
            assertNotNull(found);
            assertEquals("ada", ScopeRecord.parseFrom(found).getId());
            assertNull(inspector.find(Section.SECTION_DIRECTORY, "org:acme/user:bob"));
            Set<String> keys = new HashSet<>();
            inspector.forEach(
                    Section.SECTION_DIRECTORY, (key, value) -> keys.add(new String(key, StandardCharsets.UTF_8)));
            assertEquals(6, keys.size());
        }
    }

    @Test
    void shouldReadASnapshotFile() throws Exception {
        lookAround(writeFile());
    }

    @Test
    void shouldReadAnInstalledFolder() throws Exception {
        lookAround(InstalledSample.install(root.resolve("state"), snapshot));
    }

    @Test
    void shouldReadACopyOfAFolderOutsideOfAnyStateDirectory() throws Exception {
        Path installed = InstalledSample.install(root.resolve("state"), snapshot);
        Path copy = Files.createDirectories(root.resolve("copy"));
        try (var files = Files.list(installed)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }
        lookAround(copy);
    }

    @Test
    void shouldKeepItsHandsOffARunningSidecar() throws Exception {
        InstalledSample.whileRunning(root.resolve("state"), snapshot, folder -> {
            IOException refusal = assertThrows(IOException.class, () -> SnapshotInspector.open(folder));
            assertTrue(String.valueOf(refusal.getMessage()).contains("in use by process"), refusal.toString());
        });
    }

    @Test
    void shouldFindAnyDamageToASnapshotFile() throws Exception {
        Path file = writeFile();
        byte[] whole = Files.readAllBytes(file);
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            byte[] damaged = whole.clone();
            int bit = random.nextInt(whole.length * 8);
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(file, damaged);
            assertTrue(isFoundOut(file), "seed " + seed + ", bit " + bit);
        }
        for (int length = 0; length < whole.length; length += 37) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertTrue(isFoundOut(file), "cut off at " + length);
        }
        Files.write(file, Arrays.copyOf(whole, whole.length + 1));
        assertTrue(isFoundOut(file), "a stray byte");
    }

    private static boolean isFoundOut(Path path) {
        try (SnapshotInspector inspector = SnapshotInspector.open(path)) {
            return !inspector.verify().isEmpty();
        } catch (IOException expected) {
            return true;
        }
    }

    @Test
    void shouldFindDamageInAnInstalledFolder() throws Exception {
        Path folder = InstalledSample.install(root.resolve("state"), snapshot);
        Path file = folder.resolve("directory-0.tgw");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        try (SnapshotInspector inspector = SnapshotInspector.open(folder)) {
            assertEquals(1, inspector.verify().size());
            assertTrue(inspector.verify().get(0).contains("directory-0.tgw"));
        }
        Files.delete(folder.resolve("policy.chm"));
        assertTrue(isFoundOut(folder));
        assertFalse(Files.exists(folder.resolve("policy.chm")), "looking must not make what is missing");
    }

    @Test
    void shouldSayWhatIsNoSnapshot() throws Exception {
        Path text = Files.writeString(root.resolve("notes.txt"), "hello");
        assertTrue(String.valueOf(assertThrows(IOException.class, () -> SnapshotInspector.open(text))
                        .getMessage())
                .contains("no snapshot file"));
        assertTrue(String.valueOf(assertThrows(IOException.class, () -> SnapshotInspector.open(root))
                        .getMessage())
                .contains("no installed snapshot"));
    }

    @Test
    void shouldShowAFolderAsItIsAfterItsDeltas() throws Exception {
        DeltaSource source = new DeltaSource(SampleSnapshot.of(7).chunkBytes(100), 7);
        SignedDelta one = source.publish(
                put(
                        Section.SECTION_DIRECTORY,
                        "org:acme/user:eve",
                        SampleSnapshot.principal("org:acme", "eve").build()),
                remove(Section.SECTION_DIRECTORY, "org:acme/user:ada"));
        SignedDelta two = source.publish(put(
                Section.SECTION_DIRECTORY,
                "org:acme/user:bob",
                SampleSnapshot.principal("org:acme", "bob").build()));
        Path folder = InstalledSample.install(root.resolve("state"), snapshot, source);
        try (SnapshotInspector inspector = SnapshotInspector.open(folder)) {
            assertEquals(List.of(), inspector.verify());
            assertEquals(2, inspector.deltaSequence());
            assertEquals(List.of(one, two), inspector.deltas());
            assertEquals(7, inspector.count(Section.SECTION_DIRECTORY));
            assertNull(inspector.find(Section.SECTION_DIRECTORY, "org:acme/user:ada"));
            assertNotNull(inspector.find(Section.SECTION_DIRECTORY, "org:acme/user:bob"));
            Set<String> keys = new HashSet<>();
            inspector.forEach(
                    Section.SECTION_DIRECTORY, (key, value) -> keys.add(new String(key, StandardCharsets.UTF_8)));
            assertEquals(7, keys.size());
            assertFalse(keys.contains("org:acme/user:ada"));
        }
        Path log = folder.resolve("deltas.log");
        byte[] bytes = Files.readAllBytes(log);
        bytes[bytes.length - 9] ^= 1;
        Files.write(log, bytes);
        try (SnapshotInspector inspector = SnapshotInspector.open(folder)) {
            assertEquals(1, inspector.verify().size());
            assertTrue(
                    inspector.verify().get(0).contains("no whole frame"),
                    inspector.verify().get(0));
            assertEquals(1, inspector.deltaSequence());
        }
    }
}
