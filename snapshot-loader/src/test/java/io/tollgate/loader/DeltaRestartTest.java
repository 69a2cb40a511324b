/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import static io.tollgate.loader.fixture.DeltaSource.remove;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.signing.SigningKey;
import io.tollgate.loader.delta.DeltaLog;
import io.tollgate.loader.fixture.DeltaSource;
import io.tollgate.loader.fixture.FakeClock;
import io.tollgate.loader.fixture.SampleSnapshot;
import io.tollgate.loader.fixture.SnapshotBuilder;
import io.tollgate.loader.transfer.TrustedKeys;
import io.tollgate.v1.Section;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a restart makes of the deltas that a former run has left, whole or damaged. */
class DeltaRestartTest {
    private static final int DELTAS = 3;

    @TempDir
    Path directory;

    private Path state;
    private final SnapshotBuilder first = SampleSnapshot.of(7);
    private final DeltaSource source = new DeltaSource(first, 7);

    @BeforeEach
    void applySome() throws Exception {
        state = directory.resolve("state");
        try (LoaderHarness harness = start()) {
            harness.install(first.build());
            harness.serveMs(source, 1_000);
            for (int i = 1; i <= DELTAS; i++) {
                harness.plane.heartbeat().send(source.news(source.publish(DeltaTest.user("u" + i))));
                harness.settle();
            }
            assertEquals(DELTAS, sequence(harness));
        }
    }

    private LoaderHarness start() throws IOException {
        return new LoaderHarness(state, LoaderHarness.context().restartGraceMs(5_000), new FakeClock());
    }

    private static long sequence(LoaderHarness harness) {
        return harness.status().deltas().sequence();
    }

    private Path folder() {
        return state.resolve("snapshots/1-7");
    }

    private Path log() {
        return folder().resolve(DeltaLog.FILE_NAME);
    }

    @Test
    void shouldComeUpWithTheDeltasWithoutAnyNetworkAndWithoutChronicleMap() throws Exception {
        try (Stream<Path> files = Files.list(folder())) {
            for (Path map :
                    files.filter(file -> file.toString().endsWith(".chm")).toList()) {
                Files.write(map, new byte[] {1, 2, 3});
            }
        }
        try (LoaderHarness harness = start()) {
            assertEquals(DELTAS, sequence(harness));
            assertTrue(DeltaTest.knows(harness, "org:acme/user:u3"));
            assertFalse(harness.stale(), "the grace that was configured");
            assertEquals(3, harness.status().deltas().applied());
            assertEquals("none", harness.lastInstallFailure());
            harness.settle();
            assertEquals(DELTAS, harness.plane.heartbeat().request.getDeltaSequence());
        }
    }

    @Test
    void shouldGoOnAfterARestart() throws Exception {
        for (int i = 4; i <= 8; i++) {
            try (LoaderHarness harness = start()) {
                source.publish(DeltaTest.user("u" + i), remove(Section.SECTION_DIRECTORY, "org:acme/user:u" + (i - 1)));
                harness.serveMs(source, 500);
                assertEquals(i, sequence(harness));
                assertTrue(DeltaTest.knows(harness, "org:acme/user:u" + i));
                assertFalse(DeltaTest.knows(harness, "org:acme/user:u" + (i - 1)));
            }
        }
        assertEquals("", DeltaLog.read(folder()).damage());
    }

    /** Wherever the file is cut: what is whole is in force, no grace, and the control plane brings the rest. */
    @Test
    void shouldCutATornTailWhereverItIsTorn() throws Exception {
        byte[] whole = Files.readAllBytes(log());
        List<Long> ends = DeltaLog.read(folder()).frames().stream()
                .filter(DeltaLog.DeltaFrame.class::isInstance)
                .map(DeltaLog.Frame::end)
                .toList();
        assertEquals(DELTAS, ends.size());
        for (int length = 0; length < whole.length; length++) {
            Files.write(log(), Arrays.copyOf(whole, length));
            DeltaLog.Content content = DeltaLog.read(folder());
            int kept = 0;
            while (kept < DELTAS && ends.get(kept) <= length) {
                kept++;
            }
            long deltas = content.frames().stream()
                    .filter(DeltaLog.DeltaFrame.class::isInstance)
                    .count();
            assertEquals(kept, deltas, "cut at " + length);
            assertEquals(kept == 0 ? Math.min(length < 12 ? 0 : 12, 12) : ends.get(kept - 1), content.lengthBytes());
        }
        for (int length :
                new int[] {0, 5, 12, 13, ends.get(0).intValue(), ends.get(1).intValue() + 7, whole.length - 1}) {
            heals(Arrays.copyOf(whole, length), "cut at " + length);
        }
    }

    @Test
    void shouldCutAtAFlippedBitWhereverItIs() throws Exception {
        byte[] whole = Files.readAllBytes(log());
        for (int at = 0; at < whole.length; at++) {
            byte[] flipped = whole.clone();
            flipped[at] ^= (byte) (1 << at % 8);
            Files.write(log(), flipped);
            DeltaLog.Content content = DeltaLog.read(folder());
            assertFalse(content.damage().isEmpty(), "byte " + at);
            assertTrue(content.lengthBytes() <= at, "byte " + at);
        }
        for (int at = 3; at < whole.length; at += whole.length / 7) {
            byte[] flipped = whole.clone();
            flipped[at] ^= 16;
            heals(flipped, "bit of byte " + at);
        }
    }

    @Test
    void shouldCutAtAZeroedPage() throws Exception {
        byte[] whole = Files.readAllBytes(log());
        for (int from = 0; from < whole.length; from += 512) {
            byte[] zeroed = whole.clone();
            Arrays.fill(zeroed, from, Math.min(from + 512, whole.length), (byte) 0);
            heals(zeroed, "zeros from " + from);
        }
    }

    @Test
    void shouldCutWhatWasAppendedBySomethingElse() throws Exception {
        byte[] whole = Files.readAllBytes(log());
        byte[] more = Arrays.copyOf(whole, whole.length + 64);
        Files.write(log(), more);
        try (LoaderHarness harness = start()) {
            assertEquals(DELTAS, sequence(harness));
            assertFalse(harness.stale(), "nothing that was in force is missing");
            assertTrue(harness.lastInstallFailure().contains("no whole frame"), harness.lastInstallFailure());
        }
    }

    private void heals(byte[] damaged, String what) throws IOException {
        Files.write(log(), damaged);
        try (LoaderHarness harness = start()) {
            long found = sequence(harness);
            assertTrue(found < DELTAS, what);
            assertTrue(harness.stale(), what + ": no grace below what was in force");
            for (int i = 1; i <= DELTAS; i++) {
                assertEquals(i <= found, DeltaTest.knows(harness, "org:acme/user:u" + i), what);
            }
            harness.serveMs(source, 300);
            assertEquals(DELTAS, sequence(harness), what);
            assertFalse(harness.stale(), what);
            assertEquals(0, harness.plane.pulls.size(), what);
        }
        try (LoaderHarness harness = start()) {
            assertEquals(DELTAS, sequence(harness), what);
            assertEquals("none", harness.lastInstallFailure(), what);
        }
    }

    @Test
    void shouldNotBelieveAControlPlaneThatKnowsLessThanWasInForce() throws Exception {
        Files.write(log(), new byte[0]);
        DeltaSource lost = new DeltaSource(first, 7);
        lost.publish(DeltaTest.user("u1"));
        try (LoaderHarness harness = start()) {
            harness.serveMs(lost, 3_000);
            assertTrue(harness.stale());
            assertEquals(0, sequence(harness));
            String said = String.valueOf(harness.status().connection().lastFailure());
            assertTrue(said.contains("raise its epoch"), said);
            assertEquals(0, harness.plane.pulls.size());
        }
    }

    @Test
    void shouldNotTakeUpDeltasWhoseSignerIsTrustedNoMore() throws Exception {
        SigningKey both = SigningKey.generate();
        SigningKey gone = SigningKey.generate();
        Path trust = directory.resolve("trust.pem");
        Files.writeString(trust, both.publicKey().pem() + gone.publicKey().pem());
        state = directory.resolve("other");
        SnapshotBuilder signed = SampleSnapshot.of(7).signedBy(both);
        DeltaSource keeps = new DeltaSource(signed, 7, gone);
        try (LoaderHarness harness = trusting(trust)) {
            harness.install(signed.build());
            keeps.publish(DeltaTest.user("eve"));
            harness.serveMs(keeps, 1_000);
            assertEquals(1, sequence(harness));
            Files.writeString(trust, both.publicKey().pem());
            Files.setLastModifiedTime(trust, FileTime.fromMillis(FakeClock.START_MS));
            harness.serveMs(keeps, 3_000);
            assertTrue(harness.stale(), "while it runs");
            assertTrue(
                    harness.status().distrust().contains(gone.id()),
                    harness.status().distrust());
        }
        try (LoaderHarness harness = trusting(trust)) {
            assertEquals(0, sequence(harness));
            assertTrue(harness.stale());
            assertFalse(DeltaTest.knows(harness, "org:acme/user:eve"));
            assertTrue(harness.lastInstallFailure().contains(gone.id()), harness.lastInstallFailure());
        }
    }

    private LoaderHarness trusting(Path trust) throws IOException {
        return new LoaderHarness(
                state,
                LoaderHarness.context().restartGraceMs(5_000).verifier(TrustedKeys.open(trust, false)),
                new FakeClock());
    }
}
