/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.world.World;
import io.tollgate.loader.fixture.FakeClock;
import io.tollgate.loader.fixture.SampleSnapshot;
import io.tollgate.loader.fixture.SnapshotBuilder;
import io.tollgate.loader.fixture.StrictVerifier;
import io.tollgate.loader.storage.Storage;
import io.tollgate.loader.transfer.SnapshotVersion;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a sidecar makes of what a former run has left on disk, whole or damaged. */
class RestartTest {
    @TempDir
    Path stateDir;

    private final SnapshotBuilder.Built seven = SampleSnapshot.of(7).build();
    private final SnapshotBuilder.Built eight = SampleSnapshot.of(8).build();

    @BeforeEach
    void installOnce() throws Exception {
        try (LoaderHarness harness = new LoaderHarness(stateDir)) {
            harness.install(seven);
            harness.install(eight);
            assertEquals(new SnapshotVersion(1, 8), harness.active());
        }
    }

    private LoaderHarness restart() throws IOException {
        return new LoaderHarness(stateDir);
    }

    private Path folder(long version) {
        return stateDir.resolve("snapshots/1-" + version);
    }

    private List<Path> immutableFiles(long version) throws IOException {
        try (Stream<Path> files = Files.list(folder(version))) {
            return files.filter(file -> !file.toString().endsWith(".chm"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void shouldComeUpWithTheNewestSnapshotWithoutAnyNetworkAndStale() throws Exception {
        try (LoaderHarness harness = restart()) {
            assertEquals(new SnapshotVersion(1, 8), harness.active());
            World world = harness.loader.worlds().current();
            assertNotNull(world);
            assertTrue(world.findPath("org:acme/department:lab/project:rag") != World.NOT_FOUND);
            assertFalse(world.periods().needsRefresh(FakeClock.START_MS));
            assertTrue(harness.stale());
            LoaderStatus.SnapshotFacts facts = harness.status().snapshot();
            assertNotNull(facts);
            assertFalse(facts.confirmed());
        }
    }

    @Test
    void shouldBeFreshOnceTheControlPlaneConfirmsWhatIsOnDisk() throws Exception {
        try (LoaderHarness harness = restart()) {
            harness.settle();
            assertEquals(8, harness.plane.heartbeat().request.getSnapshotVersion());
            harness.plane.confirm(eight);
            harness.settle();
            assertFalse(harness.stale());
            assertEquals(0, harness.plane.pulls.size());
        }
    }

    @Test
    void shouldGrantAConfiguredGrace() throws Exception {
        FakeClock clock = new FakeClock();
        try (LoaderHarness harness =
                new LoaderHarness(stateDir, LoaderHarness.context().restartGraceMs(5_000), clock)) {
            assertFalse(harness.stale());
            clock.advanceMs(5_001);
            assertTrue(harness.stale());
        }
    }

    private LoaderHarness restartWithGrace(FakeClock clock) throws IOException {
        return new LoaderHarness(stateDir, LoaderHarness.context().restartGraceMs(5_000), clock);
    }

    @Test
    void shouldNotBeginTheGraceAnewWithEveryCrash() throws Exception {
        FakeClock clock = new FakeClock();
        for (int crash = 0; crash < 4; crash++) {
            try (LoaderHarness harness = restartWithGrace(clock)) {
                assertFalse(harness.stale(), "restart " + crash);
                clock.advanceMs(1_250);
            }
        }
        try (LoaderHarness harness = restartWithGrace(clock)) {
            assertTrue(harness.stale(), "the grace of the first restart is over");
            harness.settle();
            harness.plane.confirm(eight);
            harness.settle();
            assertFalse(harness.stale());
        }
        try (LoaderHarness harness = restartWithGrace(clock)) {
            assertFalse(harness.stale(), "confirmed in between: a grace of its own");
        }
    }

    @Test
    void shouldGrantNoGraceThatCannotBeMeasured() throws Exception {
        FakeClock clock = new FakeClock();
        restartWithGrace(clock).close();
        clock.stepWallMs(-1_000);
        try (LoaderHarness harness = restartWithGrace(clock)) {
            assertTrue(harness.stale(), "the clock is before the beginning of the grace");
        }
        Files.writeString(stateDir.resolve("RESTART_GRACE"), "yesterday");
        try (LoaderHarness harness = restartWithGrace(clock)) {
            assertTrue(harness.stale(), "nobody knows when it began");
        }
    }

    @Test
    void shouldSayThatAGraceIsNoConfirmation() throws Exception {
        try (LoaderHarness harness = restartWithGrace(new FakeClock())) {
            assertTrue(harness.loader.freshness().graceOnly());
            assertEquals(
                    "restart grace: not confirmed since the start",
                    harness.status().planes().get(0).sourceDetail());
            harness.settle();
            harness.plane.confirm(eight);
            harness.settle();
            assertFalse(harness.loader.freshness().graceOnly());
            assertEquals("", harness.status().planes().get(0).sourceDetail());
        }
    }

    @Test
    void shouldNotTouchChronicleMapOnTheWayUp() throws Exception {
        List<Path> maps;
        try (Stream<Path> files = Files.list(folder(8))) {
            maps = files.filter(file -> file.toString().endsWith(".chm")).toList();
        }
        for (Path map : maps) {
            Files.write(map, new byte[] {1, 2, 3});
        }
        try (LoaderHarness harness = restart()) {
            assertEquals(new SnapshotVersion(1, 8), harness.active());
        }
    }

    @Test
    void shouldKeepTheLiveSnapshotAndOnePrevious() throws Exception {
        assertTrue(Files.exists(folder(7)));
        try (LoaderHarness harness = restart()) {
            harness.install(SampleSnapshot.of(9).build());
            harness.advanceMs(100);
            assertFalse(Files.exists(folder(7)));
            assertTrue(Files.exists(folder(8)));
            assertTrue(Files.exists(folder(9)));
        }
    }

    @Test
    void shouldKeepAsManyPreviousOnesAsConfigured() throws Exception {
        try (LoaderHarness harness =
                new LoaderHarness(stateDir, LoaderHarness.context().keepPrevious(0), new FakeClock())) {
            harness.advanceMs(100);
            assertFalse(Files.exists(folder(7)));
            assertTrue(Files.exists(folder(8)));
        }
    }

    @Test
    void shouldNotDeleteAFolderWhoseWorldIsStillRead() throws Exception {
        try (LoaderHarness harness =
                new LoaderHarness(stateDir, LoaderHarness.context().keepPrevious(0), new FakeClock())) {
            harness.advanceMs(100);
            World pinned = harness.loader.worlds().pin(0);
            assertNotNull(pinned);
            harness.install(SampleSnapshot.of(9).build());
            harness.advanceMs(1_000);
            assertTrue(Files.exists(folder(8)));
            assertFalse(pinned.closed());
            harness.loader.worlds().release(0);
            harness.advanceMs(100);
            assertTrue(pinned.closed());
            assertFalse(Files.exists(folder(8)));
        }
    }

    @Test
    void shouldRemoveWhatWasNeverFinished() throws Exception {
        Files.createDirectories(folder(99));
        Files.writeString(folder(99).resolve("static.bin"), "half");
        try (LoaderHarness harness = restart()) {
            assertEquals(new SnapshotVersion(1, 8), harness.active());
            assertFalse(Files.exists(folder(99)));
        }
    }

    private interface Damage {
        void to(RandomAccessFile file, Random random) throws IOException;
    }

    private static void flipOneBit(RandomAccessFile file, Random random) throws IOException {
        long at = (long) (random.nextDouble() * file.length());
        file.seek(at);
        int old = file.read();
        file.seek(at);
        file.write(old ^ 1 << random.nextInt(8));
    }

    private static void truncate(RandomAccessFile file, Random random) throws IOException {
        file.setLength((long) (random.nextDouble() * file.length()));
    }

    private static void zeroAPage(RandomAccessFile file, Random random) throws IOException {
        int length = (int) Math.min(4096, file.length());
        long at = (long) (random.nextDouble() * (file.length() - length + 1));
        byte[] page = new byte[length];
        file.seek(at);
        file.readFully(page);
        boolean zeroAlready = true;
        for (byte b : page) {
            zeroAlready &= b == 0;
        }
        file.seek(zeroAlready ? 0 : at);
        file.write(new byte[length]);
    }

    @Test
    void shouldNoticeAnyDamageToAnyImmutableFile() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<Damage> damages = List.of(RestartTest::flipOneBit, RestartTest::truncate, RestartTest::zeroAPage);
        List<Path> files = new ArrayList<>(immutableFiles(8));
        assertTrue(files.size() >= 7, files.toString());
        for (Path file : files) {
            for (int kind = 0; kind < damages.size(); kind++) {
                try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
                    damages.get(kind).to(open, random);
                }
                String what = "seed " + seed + ", damage " + kind + " to " + file.getFileName();
                try (LoaderHarness harness = restart()) {
                    if (file.toString().endsWith(".tgw")) {
                        assertEquals(new SnapshotVersion(1, 8), harness.active(), what + ": made anew from the map");
                        assertFalse(Files.exists(stateDir.resolve("damaged/1-8")), what);
                    } else {
                        assertEquals(new SnapshotVersion(1, 7), harness.active(), what + ": the one before is used");
                        assertTrue(Files.exists(stateDir.resolve("damaged/1-8")), what);
                        harness.install(eight);
                        assertEquals(new SnapshotVersion(1, 8), harness.active(), what + ": fetched again");
                        Storage.LOCAL.delete(stateDir.resolve("damaged"));
                    }
                }
                try (LoaderHarness harness = restart()) {
                    assertEquals(new SnapshotVersion(1, 8), harness.active(), what + ": and whole again");
                }
            }
        }
    }

    @Test
    void shouldNoticeAMissingFile() throws Exception {
        for (Path file : immutableFiles(8)) {
            if (file.endsWith("INSTALLED") || file.toString().endsWith(".tgw")) {
                continue;
            }
            Files.delete(file);
            try (LoaderHarness harness = restart()) {
                assertEquals(new SnapshotVersion(1, 7), harness.active(), file.toString());
                harness.install(eight);
            }
        }
    }

    @Test
    void shouldMakeMissingFlatFilesAnewFromChronicleMap() throws Exception {
        for (Path file : immutableFiles(8)) {
            if (file.toString().endsWith(".tgw")) {
                Files.delete(file);
            }
        }
        try (LoaderHarness harness = restart()) {
            assertEquals(new SnapshotVersion(1, 8), harness.active());
            World world = harness.loader.worlds().current();
            assertNotNull(world);
            assertEquals(6, world.scopeCount());
            assertTrue(world.findPath("org:acme/user:ada") != World.NOT_FOUND);
        }
        try (LoaderHarness harness = restart()) {
            assertEquals(new SnapshotVersion(1, 8), harness.active(), "and the new files are good for the next start");
        }
    }

    @Test
    void shouldFetchAgainWhenBothFlatFilesAndMapAreDamaged() throws Exception {
        for (Path file : immutableFiles(8)) {
            if (file.toString().endsWith(".tgw")) {
                Files.delete(file);
            }
        }
        try (RandomAccessFile map =
                new RandomAccessFile(folder(8).resolve("directory.chm").toFile(), "rw")) {
            map.setLength(map.length() / 2);
        }
        try (LoaderHarness harness = restart()) {
            assertEquals(new SnapshotVersion(1, 7), harness.active());
            harness.install(eight);
            assertEquals(new SnapshotVersion(1, 8), harness.active());
        }
    }

    @Test
    void shouldBeginWithNothingWhenEverySnapshotIsDamaged() throws Exception {
        Files.write(folder(7).resolve("static.bin"), new byte[9]);
        Files.write(folder(8).resolve("static.bin"), new byte[9]);
        try (LoaderHarness harness = restart()) {
            assertNull(harness.status().snapshot());
            assertNull(harness.loader.worlds().current());
            assertTrue(harness.stale());
            harness.settle();
            assertEquals(0, harness.plane.heartbeat().request.getSnapshotVersion());
            harness.install(eight);
            assertEquals(new SnapshotVersion(1, 8), harness.active());
        }
    }

    @Test
    void shouldNotGoBackBehindASnapshotThatWasSetAside() throws Exception {
        Files.write(folder(8).resolve("static.bin"), new byte[9]);
        try (LoaderHarness harness = restart()) {
            assertEquals(new SnapshotVersion(1, 7), harness.active());
        }
        Files.write(folder(7).resolve("static.bin"), new byte[9]);
        try (LoaderHarness harness = restart()) {
            harness.settle();
            harness.plane.offer(seven);
            harness.settle();
            harness.plane.sendAll(seven);
            harness.settle();
            assertNull(harness.status().snapshot());
            assertTrue(harness.lastInstallFailure().contains("versions never go back"), harness.lastInstallFailure());
            harness.install(eight);
        }
    }

    @Test
    void shouldNotUseASnapshotThatTheVerifierNoLongerTrusts() throws Exception {
        try (LoaderHarness harness =
                new LoaderHarness(stateDir, LoaderHarness.context().verifier(new StrictVerifier()), new FakeClock())) {
            assertNull(harness.status().snapshot());
        }
    }

    @Test
    void shouldNotUseASnapshotOfAnotherBundle() throws Exception {
        try (LoaderHarness harness =
                new LoaderHarness(stateDir, LoaderHarness.context().bundle("tenant-b"), new FakeClock())) {
            assertNull(harness.status().snapshot());
        }
    }
}
