/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.install;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tollgate.loader.storage.Storage;
import io.tollgate.loader.transfer.SnapshotVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDirectoryTest {
    @TempDir
    Path root;

    private StateDirectory open() throws IOException {
        return StateDirectory.open(Storage.LOCAL, root);
    }

    @Test
    void shouldBelongToOneHolderAndNameIt() throws Exception {
        try (StateDirectory held = open()) {
            IOException refusal = assertThrows(IOException.class, this::open);
            String message = String.valueOf(refusal.getMessage());
            assertTrue(message.contains("process " + ProcessHandle.current().pid()), message);
            assertTrue(message.contains(held.root().toString()), message);
        }
        open().close();
    }

    @Test
    void shouldBeRefusedWhileAnotherProcessHoldsIt() throws Exception {
        Process holder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        LockHolder.class.getName(),
                        root.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            byte[] said = holder.getInputStream().readNBytes("held".length());
            assertEquals("held", new String(said, StandardCharsets.US_ASCII));
            IOException refusal = assertThrows(IOException.class, this::open);
            assertTrue(String.valueOf(refusal.getMessage()).contains("process " + holder.pid()), refusal.toString());
        } finally {
            holder.destroyForcibly().waitFor();
        }
        open().close();
    }

    /** Holds a lock until it is killed. */
    static final class LockHolder {
        private LockHolder() {}

        public static void main(String[] args) throws Exception {
            StateDirectory held = StateDirectory.open(Storage.LOCAL, Path.of(args[0]));
            System.out.print("held");
            System.out.flush();
            Thread.sleep(60_000);
            held.close();
        }
    }

    @Test
    void shouldBeForItsOwnerAlone() throws Exception {
        root = root.resolve("made");
        open().close();
        assumeTrue(root.getFileSystem().supportedFileAttributeViews().contains("posix"));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(root)));
        assertEquals(
                "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve("snapshots"))));
    }

    @Test
    void shouldListSnapshotsNewestFirstAndNothingElse() throws Exception {
        try (StateDirectory directory = open()) {
            for (String name : new String[] {"1-9", "1-10", "2-1", "tmp", "1-x", "99999999999999999999999-1"}) {
                Files.createDirectories(directory.snapshots().resolve(name));
            }
            assertEquals(
                    List.of("2-1", "1-10", "1-9"),
                    directory.folders().stream()
                            .map(folder -> folder.getFileName().toString())
                            .toList());
        }
    }

    @Test
    void shouldSetOneDamagedSnapshotAsideAtATime() throws Exception {
        try (StateDirectory directory = open()) {
            for (int version = 1; version <= 3; version++) {
                Path folder = directory.folderOf(new SnapshotVersion(1, version));
                Files.createDirectories(folder.resolve("inner"));
                directory.setAside(folder);
            }
            assertFalse(Files.exists(root.resolve("damaged/1-2")));
            assertTrue(Files.exists(root.resolve("damaged/1-3/inner")));
        }
    }

    @Test
    void shouldRememberTheHighestVersionOfABundle() throws Exception {
        try (StateDirectory directory = open()) {
            HighWater mark = HighWater.open(Storage.LOCAL, directory, "acme eu");
            assertEquals(SnapshotVersion.NONE, mark.version());
            mark.raise(new SnapshotVersion(2, 5), 0);
            mark.raise(new SnapshotVersion(2, 4), 0);
            assertEquals(
                    new SnapshotVersion(2, 5),
                    HighWater.open(Storage.LOCAL, directory, "acme eu").version());
            assertEquals(
                    SnapshotVersion.NONE,
                    HighWater.open(Storage.LOCAL, directory, "other").version());
        }
    }

    @Test
    void shouldRememberTheLastDeltaOfAnEpochWhateverSnapshotItLayOn() throws Exception {
        try (StateDirectory directory = open()) {
            HighWater mark = HighWater.open(Storage.LOCAL, directory, "acme");
            mark.raise(new SnapshotVersion(2, 5), 0);
            mark.raise(new SnapshotVersion(2, 5), 17);
            mark.raise(new SnapshotVersion(2, 6), 16);
            HighWater read = HighWater.open(Storage.LOCAL, directory, "acme");
            assertEquals(new SnapshotVersion(2, 6), read.version());
            assertEquals(17, read.sequenceOf(2));
            assertEquals(0, read.sequenceOf(3));
            read.raise(new SnapshotVersion(3, 1), 0);
            assertEquals(0, HighWater.open(Storage.LOCAL, directory, "acme").sequenceOf(3));
            assertEquals(0, HighWater.open(Storage.LOCAL, directory, "acme").sequenceOf(2));
        }
    }

    @Test
    void shouldRememberWhateverByteOfWhicheverCopyIsDamaged() throws Exception {
        SnapshotVersion highest = new SnapshotVersion(2, 5);
        try (StateDirectory directory = open()) {
            HighWater.open(Storage.LOCAL, directory, "acme").raise(highest, 12);
            HighWater.open(Storage.LOCAL, directory, "other").raise(new SnapshotVersion(1, 1), 0);
            Files.createDirectories(directory.snapshots().resolve("2-4"));
            for (Path file : List.of(root.resolve("HIGHEST"), root.resolve("snapshots/HIGHEST"))) {
                byte[] whole = Files.readAllBytes(file);
                for (int at = 0; at < whole.length; at++) {
                    byte[] flipped = whole.clone();
                    flipped[at] ^= (byte) (1 << at % 8);
                    Files.write(file, flipped);
                    assertEquals(highest, highest(directory, "acme"), file + ", byte " + at);
                    assertEquals(
                            12, HighWater.open(Storage.LOCAL, directory, "acme").sequenceOf(2));
                    Files.write(file, java.util.Arrays.copyOf(whole, at));
                    assertEquals(highest, highest(directory, "acme"), file + " cut at " + at);
                }
                Files.delete(file);
                assertEquals(highest, highest(directory, "acme"), file + " is gone");
                assertEquals(new SnapshotVersion(1, 1), highest(directory, "other"));
                Files.write(file, whole);
            }
        }
    }

    @Test
    void shouldTakeNothingBelowTheNewestFolderWhenBothCopiesAreDamaged() throws Exception {
        try (StateDirectory directory = open()) {
            HighWater.open(Storage.LOCAL, directory, "acme").raise(new SnapshotVersion(2, 5), 0);
            Files.write(root.resolve("HIGHEST"), new byte[64]);
            Files.write(root.resolve("snapshots/HIGHEST"), new byte[] {(byte) 0xff, '\n'});
            assertEquals(SnapshotVersion.NONE, highest(directory, "acme"));
            Files.createDirectories(directory.snapshots().resolve("2-3"));
            assertEquals(new SnapshotVersion(2, 3), highest(directory, "acme"));
            Files.createDirectories(root.resolve("damaged/2-4"));
            assertEquals(new SnapshotVersion(2, 4), highest(directory, "acme"));
        }
    }

    private static SnapshotVersion highest(StateDirectory directory, String bundle) throws IOException {
        return HighWater.open(Storage.LOCAL, directory, bundle).version();
    }
}
