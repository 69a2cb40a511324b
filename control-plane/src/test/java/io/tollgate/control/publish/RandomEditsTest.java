/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.tollgate.control.compiler.CompiledBundle;
import io.tollgate.control.signing.ManifestSigner;
import io.tollgate.core.digest.StateDigest;
import io.tollgate.core.signing.SignedKind;
import io.tollgate.core.signing.SigningKey;
import io.tollgate.v1.Delta;
import io.tollgate.v1.DeltaChange;
import io.tollgate.v1.Section;
import io.tollgate.v1.SignedDelta;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * For random edits of a bundle: the deltas, applied to the records of the old snapshot, give exactly the records of a snapshot compiled
 * from scratch; and so do checkpoints, restarts, and what comes out of the archive.
 */
class RandomEditsTest {
    private static final int EDITS = 90;
    private static final ManifestSigner UNSIGNED = ManifestSigner.NONE;

    @TempDir
    Path dir;

    private record Key(Section section, ByteString key) {}

    private final SigningKey key = SigningKey.generate();
    /** What a sidecar has that started with the first snapshot. */
    private Map<Key, ByteString> records = new HashMap<>();

    private long sequence = -1;
    private int deltas;
    private int wholes;

    private static Map<Key, ByteString> read(Path file) throws IOException {
        Map<Key, ByteString> all = new HashMap<>();
        try (SnapshotFile snapshot = SnapshotFile.open(file)) {
            snapshot.verify();
            SnapshotRecords.forEach(
                    snapshot, (section, record) -> all.put(new Key(section, record.getKey()), record.getValue()));
        }
        return all;
    }

    private Map<Key, ByteString> scratch(CompiledBundle compiled) throws IOException {
        Path file = dir.resolve("scratch.tgs");
        BundleSnapshots.write(compiled, file, 1, 1, 1);
        return read(file);
    }

    private BundlePublisher open() throws IOException {
        return BundlePublisher.open(
                dir.resolve("state"), "tiny", dir, InstantSource.system(), ManifestSigner.of(List.of(key)));
    }

    private static ByteString digestOf(Map<Key, ByteString> records) {
        StateDigest digest = new StateDigest();
        records.forEach(
                (of, value) -> digest.add(of.section().getNumber(), of.key().toByteArray(), value.toByteArray()));
        return ByteString.copyFrom(digest.toBytes());
    }

    /** As a sidecar would. */
    private void follow(BundlePublisher publisher) throws IOException {
        BundleHead head = publisher.head().orElseThrow();
        if (publisher.oldestSequence() > sequence) {
            sequence = head.snapshot().deltaSequence();
            records = read(head.snapshot().file().path());
        }
        for (SignedDelta signed : publisher.deltas(sequence, Long.MAX_VALUE)) {
            byte[] bytes = signed.getDelta().toByteArray();
            assertTrue(key.publicKey()
                    .verifies(
                            SignedKind.DELTA,
                            bytes,
                            signed.getSignatures(0).getEd25519().toByteArray()));
            Delta delta = Delta.parseFrom(bytes);
            assertEquals(++sequence, delta.getSequence());
            assertEquals(digestOf(records), delta.getPreviousStateDigest());
            for (DeltaChange change : delta.getChangesList()) {
                Key of = new Key(change.getSection(), change.getKey());
                if (change.getRemove()) {
                    assertTrue(records.remove(of) != null, () -> of + " was there");
                } else {
                    ByteString before = records.put(of, change.getValue());
                    assertTrue(!change.getValue().equals(before), () -> of + " has changed");
                }
            }
            assertEquals(digestOf(records), delta.getStateDigest());
        }
        assertEquals(head.stateDigest(), digestOf(records));
    }

    @Test
    void shouldComeToTheSameRecordsOnEveryWay() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        RandomBundle bundle = new RandomBundle(random, dir.resolve("bundle"));
        Map<Long, Map<Key, ByteString>> history = new HashMap<>();
        BundlePublisher publisher = open();
        try {
            StringBuilder log = new StringBuilder("seed " + seed);
            for (int i = 0; i < EDITS; i++) {
                log.append('\n').append(bundle.edit());
                CompiledBundle compiled = bundle.compile();
                Map<Key, ByteString> expected = scratch(compiled);
                Optional<Publication> publication = publisher.publish(compiled);
                deltas += publication.filter(Publication::isDelta).isPresent() ? 1 : 0;
                wholes += publication.filter(p -> !p.isDelta()).isPresent() ? 1 : 0;
                follow(publisher);
                assertEquals(expected, records, log::toString);
                history.put(sequence, expected);
                if (random.nextInt(8) == 0) {
                    Optional<PublishedSnapshot> made = publisher.checkpoint();
                    if (made.isPresent()) {
                        assertEquals(expected, read(made.get().file().path()), log::toString);
                    }
                }
                if (random.nextInt(10) == 0) {
                    publisher.close();
                    publisher = open();
                    assertEquals(sequence, publisher.head().orElseThrow().sequence(), log::toString);
                    follow(publisher);
                }
            }
            assertTrue(deltas > EDITS / 3 && wholes > 5, deltas + " deltas and " + wholes + " snapshots, " + log);
            publisher.clean(Retention.DEFAULT);
        } finally {
            publisher.close();
        }
        Path out = dir.resolve("archived.tgs");
        for (Map.Entry<Long, Map<Key, ByteString>> state : history.entrySet()) {
            ArchivedState.write(dir.resolve("state"), "tiny", 0, state.getKey(), out, UNSIGNED);
            assertEquals(state.getValue(), read(out), "sequence " + state.getKey() + ", seed " + seed);
        }
    }
}
