/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.loader.fixture.SampleSnapshot;
import io.tollgate.loader.fixture.SnapshotBuilder;
import io.tollgate.loader.storage.Storage;
import io.tollgate.v1.Section;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagingTest {
    @TempDir
    Path incoming;

    private final SnapshotBuilder.Built snapshot =
            SampleSnapshot.of(7).chunkBytes(100).build();
    private final ManifestCheck check =
            new ManifestCheck("default", TransferLimits.DEFAULT, ManifestVerifier.DEVELOPMENT);

    private StagingArea area() {
        return new StagingArea(Storage.LOCAL, incoming, TransferLimits.DEFAULT);
    }

    private Path stage(int chunks) throws Exception {
        try (Staging staging = area().begin(check.check(snapshot.manifest()))) {
            for (int i = 0; i < chunks; i++) {
                staging.accept(snapshot.chunks().get(i));
            }
        }
        return incoming.resolve("snapshot.part");
    }

    private long resumesAt() throws Exception {
        try (Staging staging = area().reopen(check)) {
            return staging == null ? -1 : staging.nextIndex();
        }
    }

    @Test
    void shouldGoOnAfterWhateverLengthTheFileWasCutAt() throws Exception {
        Path file = stage(5);
        byte[] whole = Files.readAllBytes(file);
        long last = -1;
        for (int length = 0; length <= whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            long next = resumesAt();
            assertTrue(next >= last, "cut at " + length);
            last = next;
            if (next < 0) {
                assertFalse(Files.exists(file), "of no use, so gone");
            }
        }
        assertEquals(5, last);
    }

    @Test
    void shouldDropAChunkThatTheDiskHasChangedAndAllAfterIt() throws Exception {
        Path file = stage(5);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);
        assertEquals(4, resumesAt());
        assertEquals(4, resumesAt(), "the torn tail is cut off");
    }

    @Test
    void shouldCompleteAfterGoingOn() throws Exception {
        stage(5);
        Staging staging = area().reopen(check);
        assertNotNull(staging);
        for (int i = 5; i < snapshot.chunks().size(); i++) {
            staging.accept(snapshot.chunks().get(i));
        }
        try (StagedSnapshot staged = staging.finish()) {
            RecordCursor cursor = new RecordCursor();
            int records = 0;
            int first = staged.firstChunk(Section.SECTION_DIRECTORY);
            for (int i = 0; i < staged.chunkCount(Section.SECTION_DIRECTORY); i++) {
                staged.readChunk(first + i, cursor);
                while (cursor.next()) {
                    if (records++ == 0) {
                        assertEquals("global", new String(cursor.key(), StandardCharsets.UTF_8));
                    }
                }
            }
            assertEquals(6, records);
        }
        assertFalse(Files.exists(incoming.resolve("snapshot.part")));
    }

    @Test
    void shouldNotInstallFromAFileThatChangedAfterItWasVerified() throws Exception {
        Staging staging = area().begin(check.check(snapshot.manifest()));
        for (var chunk : snapshot.chunks()) {
            staging.accept(chunk);
        }
        try (StagedSnapshot staged = staging.finish()) {
            Path file = incoming.resolve("snapshot.part");
            byte[] bytes = Files.readAllBytes(file);
            bytes[bytes.length - 1] ^= 1;
            Files.write(file, bytes);
            IOException refusal = assertThrows(
                    IOException.class, () -> staged.readChunk(snapshot.chunks().size() - 1, new RecordCursor()));
            assertTrue(String.valueOf(refusal.getMessage()).contains("snapshot.part"), refusal.toString());
        }
    }

    @Test
    void shouldForgetWhatIsOfAnotherBundle() throws Exception {
        stage(5);
        ManifestCheck other = new ManifestCheck("other", TransferLimits.DEFAULT, ManifestVerifier.DEVELOPMENT);
        assertNull(area().reopen(other));
        assertEquals(-1, resumesAt());
    }
}
