/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.control.compiler.BundleCompiler;
import io.tollgate.control.compiler.CompiledBundle;
import io.tollgate.control.compiler.TinyBundle;
import io.tollgate.control.signing.ManifestSigner;
import io.tollgate.core.signing.SigningKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deltas and checkpoints over crashes, damage, new keys and time. A crash is a copy of the folder: what was on disk at that instant. */
class PublisherDeltasTest {
    private static final long HOUR_MS = 3_600_000;

    @TempDir
    Path dir;

    private long nowMs = 1_700_000_000_000L;
    private Path state;

    @BeforeEach
    void begin() {
        state = dir.resolve("state");
    }

    private CompiledBundle bundle(int limit) {
        Path source = dir.resolve("source" + limit);
        return BundleCompiler.compile(new TinyBundle()
                        .edit("limits/limits.yaml", "limit: 600", "limit: " + limit)
                        .write(source))
                .bundle()
                .orElseThrow();
    }

    private BundlePublisher open(Path at, SigningKey... keys) throws IOException {
        return BundlePublisher.open(
                at, "tiny", dir.resolve("source"), () -> Instant.ofEpochMilli(nowMs), ManifestSigner.of(List.of(keys)));
    }

    private Path crash(String name) throws IOException {
        Path copy = dir.resolve(name);
        try (Stream<Path> files = Files.walk(state)) {
            files.forEach(file -> {
                try {
                    Path to = copy.resolve(state.relativize(file).toString());
                    if (Files.isDirectory(file)) {
                        Files.createDirectories(to);
                    } else {
                        Files.copy(file, to);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
        return copy;
    }

    private static Path only(Path folder, String suffix) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("tiny"))) {
            return files.filter(file -> file.toString().endsWith(suffix))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void shouldHaveEveryChangeThatWasSeenAfterACrash() throws IOException {
        try (BundlePublisher publisher = open(state)) {
            publisher.publish(bundle(600));
            publisher.publish(bundle(500));
            publisher.publish(bundle(400));
            BundleHead seen = publisher.head().orElseThrow();
            Path appended = crash("appended");
            publisher.checkpoint();
            Path checkpointed = crash("checkpointed");
            // The snapshot was written, and its version was not: nobody had seen it.
            Path between = crash("between");
            Files.copy(
                    appended.resolve("tiny/STATE"),
                    Files.createDirectories(dir.resolve("x")).resolve("STATE"));
            Files.delete(between.resolve("tiny/STATE"));
            Files.copy(dir.resolve("x/STATE"), between.resolve("tiny/STATE"));

            for (Path at : List.of(appended, checkpointed, between)) {
                try (BundlePublisher again = open(at)) {
                    BundleHead head = again.head().orElseThrow();
                    assertEquals(seen.epoch(), head.epoch());
                    assertEquals(2, head.sequence(), at::toString);
                    assertEquals(seen.stateDigest(), head.stateDigest());
                    assertEquals(at.equals(checkpointed) ? 2 : 1, head.version());
                    assertTrue(again.publish(bundle(400)).isEmpty(), "nothing has changed");
                    assertEquals(2, again.deltas(0, Long.MAX_VALUE).size(), "who had the first goes on by deltas");
                    again.checkpoint();
                    assertEquals(2, again.current().orElseThrow().version(), "the number is given again");
                    assertEquals(
                            "change 3 (1 record)",
                            again.publish(bundle(300)).orElseThrow().text());
                }
            }
        }
    }

    @Test
    void shouldForgetADeltaThatWasTornAndNumberTheNextOneLikeIt() throws IOException {
        try (BundlePublisher publisher = open(state)) {
            publisher.publish(bundle(600));
            publisher.publish(bundle(500));
            publisher.publish(bundle(400));
        }
        Path log = only(state, ".tgd");
        byte[] whole = Files.readAllBytes(log);
        Files.write(log, Arrays.copyOf(whole, whole.length - 5));
        try (BundlePublisher publisher = open(state)) {
            assertEquals(1, publisher.head().orElseThrow().sequence());
            assertEquals(
                    "change 2 (1 record)",
                    publisher.publish(bundle(400)).orElseThrow().text());
        }
    }

    @Test
    void shouldStartANewEpochWhenSeenDeltasAreDamaged() throws IOException {
        long epoch;
        try (BundlePublisher publisher = open(state)) {
            epoch = publisher.publish(bundle(600)).orElseThrow().head().epoch();
            publisher.publish(bundle(500));
            publisher.publish(bundle(400));
            publisher.publish(bundle(300));
        }
        Path log = only(state, ".tgd");
        byte[] bytes = Files.readAllBytes(log);
        bytes[bytes.length / 2] ^= 1;
        Files.write(log, bytes);
        try (BundlePublisher publisher = open(state)) {
            assertTrue(publisher.head().isEmpty(), "an older state is not served as if it were the newest");
            Publication again = publisher.publish(bundle(300)).orElseThrow();
            assertTrue(again.head().epoch() > epoch);
            assertEquals(1, again.version());
            assertEquals(0, again.sequence());
        }
    }

    @Test
    void shouldGoOnBehindADamagedSnapshotWithAVersionOfItsOwn() throws IOException {
        try (BundlePublisher publisher = open(state)) {
            publisher.publish(bundle(600));
            publisher.publish(bundle(500));
        }
        Path snapshot = only(state, ".tgs");
        byte[] bytes = Files.readAllBytes(snapshot);
        bytes[bytes.length - 3] ^= 4;
        Files.write(snapshot, bytes);
        try (BundlePublisher publisher = open(state)) {
            assertTrue(publisher.head().isEmpty());
            Publication again = publisher.publish(bundle(500)).orElseThrow();
            assertEquals(2, again.version());
            assertEquals(2, again.sequence(), "above the change that sidecars may have");
            assertEquals(2, publisher.oldestSequence());
        }
    }

    @Test
    void shouldCutTheLogWhenTheSigningKeysChange() throws IOException {
        SigningKey old = SigningKey.generate();
        try (BundlePublisher publisher = open(state, old)) {
            publisher.publish(bundle(600));
            publisher.publish(bundle(500));
            assertEquals(
                    old.id(), publisher.deltas(0, 1).get(0).getSignatures(0).getKeyId());
        }
        try (BundlePublisher publisher = open(state, SigningKey.generate(), old)) {
            Publication both = publisher.publish(bundle(500)).orElseThrow();
            assertEquals("version 2 (the signing keys have changed)", both.text());
            assertEquals(2, publisher.oldestSequence(), "so that every sidecar pulls what both have signed");
            publisher.publish(bundle(400));
            assertEquals(2, publisher.deltas(2, 1).get(0).getSignaturesCount());
        }
    }

    @Test
    void shouldTakeOverAStateFromBeforeDeltas() throws IOException {
        try (BundlePublisher publisher = open(state)) {
            publisher.publish(bundle(600));
        }
        Path file = state.resolve("tiny/STATE");
        String old = Files.readString(file)
                .replace("tollgate-control-state 2", "tollgate-control-state 1")
                .replace("sequence 0", "content " + "0".repeat(64))
                .replaceAll("sha256 .*\n", "");
        Files.writeString(file, old + "sha256 " + Digests.hex(Digests.sha256().digest(old.getBytes())) + "\n");
        try (BundlePublisher publisher = open(state)) {
            assertEquals(1, publisher.head().orElseThrow().version());
            assertEquals(1, publisher.publish(bundle(500)).orElseThrow().sequence());
        }
    }

    private long files(String suffix) throws IOException {
        try (Stream<Path> files = Files.list(state.resolve("tiny"))) {
            return files.filter(file -> file.toString().endsWith(suffix)).count();
        }
    }

    @Test
    void shouldKeepOldStatesAsLongAsItIsTold() throws IOException {
        Path out = dir.resolve("out.tgs");
        try (BundlePublisher publisher = open(state)) {
            publisher.publish(bundle(600));
            for (int i = 1; i <= 6; i++) {
                nowMs += HOUR_MS;
                publisher.publish(bundle(600 - i));
                publisher.checkpoint();
            }
            publisher.clean(Retention.ofHours(100, 1 << 30));
            assertEquals(4, files(".tgs"), "the first, whose deltas lead to the next three, and the newest three");
            for (int sequence = 0; sequence <= 6; sequence++) {
                checkArchived(sequence, out);
            }
            assertEquals(
                    "changes 0 to 6 of epoch 1700000000000",
                    ArchivedState.list(state, "tiny").get(0).toString());

            nowMs += 3 * HOUR_MS;
            publisher.clean(Retention.ofHours(2, 1 << 30));
            assertEquals(3, files(".tgs"), "what the first leads to is over");
            IOException gone = assertThrows(
                    IOException.class, () -> ArchivedState.write(state, "tiny", 0, 2, out, ManifestSigner.NONE));
            assertTrue(String.valueOf(gone.getMessage()).contains("changes 4 to 6"), gone::getMessage);
            assertEquals(6, publisher.deltas(0, Long.MAX_VALUE).size(), "sidecars may still ask for these");
            publisher.clean(Retention.ofHours(0, 0));
            assertEquals(3, files(".tgs"), "pulls of these may be under way");
            assertFalse(publisher.available().isEmpty());
        }
    }

    private void checkArchived(long sequence, Path out) throws IOException {
        assertEquals(
                sequence,
                ArchivedState.write(state, "tiny", 0, sequence, out, ManifestSigner.NONE)
                        .getDeltaSequence());
        try (SnapshotFile file = SnapshotFile.open(out)) {
            file.verify();
        }
    }
}
