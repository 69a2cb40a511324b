/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.control.compiler.BundleCompiler;
import io.tollgate.control.compiler.CompiledBundle;
import io.tollgate.control.compiler.TinyBundle;
import io.tollgate.control.signing.ManifestSigner;
import io.tollgate.core.signing.SigningKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Versions only grow, whatever happens between two publications. */
class BundlePublisherTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochMilli(1_700_000_000_000L));
    private static final InstantSource EARLIER = InstantSource.fixed(Instant.ofEpochMilli(1_600_000_000_000L));

    @TempDir
    Path dir;

    private int bundles;

    private CompiledBundle compile(TinyBundle bundle) {
        Path source = dir.resolve("source" + bundles++);
        return BundleCompiler.compile(bundle.write(source), CLOCK).bundle().orElseThrow();
    }

    private CompiledBundle bundle(int limit) {
        return compile(new TinyBundle().edit("limits/limits.yaml", "limit: 600", "limit: " + limit));
    }

    private BundlePublisher open(InstantSource clock) throws IOException {
        return BundlePublisher.open(dir.resolve("state"), "tiny", dir.resolve("source"), clock);
    }

    private Path folder() {
        return dir.resolve("state/tiny");
    }

    @Test
    void shouldCountChangesAndVersionsUp() throws IOException {
        try (BundlePublisher publisher = open(CLOCK)) {
            Publication first = publisher.publish(bundle(600)).orElseThrow();
            assertEquals("version 1 (the first)", first.text());
            assertEquals(0, first.sequence());
            assertEquals(1_700_000_000_000L, first.head().epoch());
            assertEquals(Optional.empty(), publisher.publish(bundle(600)), "nothing has changed");

            Publication second = publisher.publish(bundle(500)).orElseThrow();
            assertEquals("change 1 (1 record)", second.text());
            assertEquals(1, second.version(), "no snapshot for a small change");
            assertEquals(1, publisher.head().orElseThrow().pendingDeltas());

            PublishedSnapshot checkpoint = publisher.checkpoint().orElseThrow();
            assertEquals(2, checkpoint.version());
            assertEquals(1, checkpoint.deltaSequence());
            assertEquals(first.head().epoch(), checkpoint.epoch());
            assertEquals(checkpoint, publisher.current().orElseThrow());
            assertEquals(1, publisher.head().orElseThrow().sequence());
            assertEquals(Optional.empty(), publisher.checkpoint(), "it holds everything already");
        }
    }

    @Test
    void shouldNotPublishWhenOnlyCommentsChange() throws IOException {
        try (BundlePublisher publisher = open(CLOCK)) {
            publisher.publish(bundle(600));
            CompiledBundle commented = compile(new TinyBundle().append("limits/limits.yaml", "# a comment\n"));

            assertEquals(Optional.empty(), publisher.publish(commented));
        }
    }

    @Test
    void shouldKeepVersionChangeAndDigestOverARestart() throws IOException {
        BundleHead before;
        try (BundlePublisher publisher = open(CLOCK)) {
            publisher.publish(bundle(600));
            publisher.publish(bundle(500));
            before = publisher.head().orElseThrow();
        }
        try (BundlePublisher publisher = open(EARLIER)) {
            BundleHead after = publisher.head().orElseThrow();
            assertEquals(
                    before.snapshot().digestHex(), after.snapshot().digestHex(), "served before anything is compiled");
            assertEquals(1, after.sequence());
            assertEquals(before.stateDigest(), after.stateDigest());
            assertEquals(before.changedAtMs(), after.changedAtMs());
            assertEquals(Optional.empty(), publisher.publish(bundle(500)));
            assertEquals(2, publisher.publish(bundle(400)).orElseThrow().sequence());
        }
    }

    private static PublishedSnapshot whole(Optional<Publication> publication) {
        assertFalse(publication.orElseThrow().isDelta(), "a snapshot of its own right");
        return publication.get().head().snapshot();
    }

    private BundlePublisher signing(SigningKey... keys) throws IOException {
        return BundlePublisher.open(
                dir.resolve("state"), "tiny", dir.resolve("source"), CLOCK, ManifestSigner.of(List.of(keys)));
    }

    @Test
    void shouldPublishAgainWhenTheSigningKeysChange() throws IOException {
        SigningKey old = SigningKey.generate();
        SigningKey next = SigningKey.generate();
        try (BundlePublisher publisher = open(CLOCK)) {
            assertEquals(1, publisher.publish(bundle(600)).orElseThrow().version());
        }
        try (BundlePublisher publisher = signing(old)) {
            PublishedSnapshot signed = whole(publisher.publish(bundle(600)));
            assertEquals(2, signed.version());
            assertTrue(ManifestSigner.of(List.of(old)).hasSigned(signed.signedManifest()));
            assertEquals(Optional.empty(), publisher.publish(bundle(600)));
        }
        try (BundlePublisher publisher = signing(next, old)) {
            PublishedSnapshot both = whole(publisher.publish(bundle(600)));
            assertEquals(3, both.version());
            assertEquals(next.id(), both.signedManifest().getSignatures(0).getKeyId());
            assertEquals(2, both.signedManifest().getSignaturesCount());
        }
        try (BundlePublisher publisher = signing(next)) {
            assertEquals(4, publisher.publish(bundle(600)).orElseThrow().version());
        }
        try (BundlePublisher publisher = signing(next)) {
            assertEquals(Optional.empty(), publisher.publish(bundle(600)));
        }
    }

    @Test
    void shouldRaiseTheEpochWhenTheHistoryIsLost() throws IOException {
        long epoch;
        try (BundlePublisher publisher = open(CLOCK)) {
            epoch = whole(publisher.publish(bundle(600))).epoch();
        }
        Files.writeString(folder().resolve("STATE"), "nonsense");
        // Even with a clock that went back: the files beside the lost state still tell of the old epoch.
        try (BundlePublisher publisher = open(EARLIER)) {
            assertEquals(Optional.empty(), publisher.current());
            PublishedSnapshot again = whole(publisher.publish(bundle(600)));
            assertTrue(again.epoch() > epoch, () -> again.epoch() + " must be above " + epoch);
            assertEquals(1, again.version());
        }
    }

    @Test
    void shouldNotTrustAStateOfWhichOneByteIsWrong() throws IOException {
        try (BundlePublisher publisher = open(CLOCK)) {
            publisher.publish(bundle(600));
        }
        String state = Files.readString(folder().resolve("STATE"));
        for (int i = 0; i < state.length(); i++) {
            char[] changed = state.toCharArray();
            changed[i] ^= 1;
            Files.writeString(folder().resolve("STATE"), new String(changed));
            assertEquals(Optional.empty(), BundleState.load(folder()), "byte " + i);
        }
    }

    @Test
    void shouldGiveANewVersionWhenTheSnapshotOnDiskIsDamaged() throws IOException {
        PublishedSnapshot first;
        try (BundlePublisher publisher = open(CLOCK)) {
            first = whole(publisher.publish(bundle(600)));
        }
        Path file = folder().resolve(first.epoch() + "-1.tgs");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 3] ^= 4;
        Files.write(file, bytes);
        try (BundlePublisher publisher = open(CLOCK)) {
            assertEquals(Optional.empty(), publisher.current());
            PublishedSnapshot again = whole(publisher.publish(bundle(600)));
            assertEquals(2, again.version());
            assertEquals(first.epoch(), again.epoch());
        }
    }

    @Test
    void shouldKeepAFewVersionsForPullsThatHaveBegun() throws IOException {
        try (BundlePublisher publisher = open(CLOCK)) {
            PublishedSnapshot first = whole(publisher.publish(bundle(600)));
            assertTrue(first.retain());
            for (int limit = 599; limit > 590; limit--) {
                publisher.publish(bundle(limit));
                publisher.checkpoint();
            }
            assertEquals(10, publisher.current().orElseThrow().version());
            assertTrue(publisher.find(8).isPresent());
            assertFalse(publisher.find(7).isPresent());
            assertEquals(
                    first.chunkCount() - 1, first.chunk(first.chunkCount() - 1).getIndex(), "still being pulled");
            first.release();
            assertFalse(first.retain(), "closed after the last pull");
            assertEquals(10, tgs().size(), "superseded ones stay until they are looked through");
        }
    }

    private List<String> tgs() throws IOException {
        try (Stream<Path> files = Files.list(folder())) {
            return files.map(f -> f.getFileName().toString().replaceAll("^[0-9]+-", ""))
                    .filter(name -> name.endsWith(".tgs"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void shouldFindTheBundleThatCameFromADirectory() throws IOException {
        try (BundlePublisher publisher = open(CLOCK)) {
            publisher.publish(bundle(600));
        }
        assertEquals(Optional.of("tiny"), BundlePublisher.bundleOf(dir.resolve("state"), dir.resolve("x/../source")));
        assertEquals(Optional.empty(), BundlePublisher.bundleOf(dir.resolve("state"), dir.resolve("other")));
    }
}
