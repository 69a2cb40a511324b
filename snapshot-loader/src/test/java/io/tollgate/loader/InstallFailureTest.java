/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.loader.fixture.FakeClock;
import io.tollgate.loader.fixture.FaultyStorage;
import io.tollgate.loader.fixture.SampleSnapshot;
import io.tollgate.loader.fixture.SnapshotBuilder;
import io.tollgate.loader.transfer.SnapshotVersion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is full or broken while a snapshot comes in: the last good one stays, nothing half-built is left. */
class InstallFailureTest {
    @TempDir
    Path stateDir;

    private final SnapshotBuilder.Built seven = SampleSnapshot.of(7).build();
    private final SnapshotBuilder.Built eight = SampleSnapshot.of(8).build();
    private final FaultyStorage storage = new FaultyStorage();

    private LoaderHarness start() throws Exception {
        return new LoaderHarness(stateDir, LoaderHarness.context().storage(storage), new FakeClock());
    }

    private int operationsOfOneInstallation() throws Exception {
        try (LoaderHarness harness = start()) {
            harness.install(seven);
            int before = storage.operations;
            harness.install(eight);
            assertEquals(new SnapshotVersion(1, 8), harness.active());
            return storage.operations - before;
        }
    }

    @Test
    void shouldSurviveAFailureOfAnySingleOperationAndTryAgain(@TempDir Path other) throws Exception {
        int operations = operationsOfOneInstallation();
        assertTrue(operations > 20, "operations " + operations);
        for (int failing = 0; failing < operations; failing++) {
            stateDir = other.resolve("fail-" + failing);
            try (LoaderHarness harness = start()) {
                harness.install(seven);
                storage.operations = 0;
                storage.failAfter = failing;
                harness.settle();
                harness.plane.offer(eight);
                harness.settle();
                harness.plane.sendAll(eight);
                harness.settle();
                String what = "operation " + failing + ": " + harness.status().installs();
                assertEquals(new SnapshotVersion(1, 7), harness.active(), what);
                assertEquals(1, harness.status().installs().failed(), what);
                assertTrue(harness.lastInstallFailure().contains("No space left on device"), what);
                assertFalse(Files.exists(stateDir.resolve("snapshots/1-8")), what);
                try (Stream<Path> left = Files.list(stateDir.resolve("incoming"))) {
                    assertEquals(0, left.count(), what);
                }
                harness.nextPull(eight);
                harness.plane.sendAll(eight);
                harness.settle();
                assertEquals(new SnapshotVersion(1, 8), harness.active(), what);
                storage.failAfter = -1;
            }
        }
    }

    @Test
    void shouldRefuseToBeginWithoutRoomAndSayHowMuchIsNeeded() throws Exception {
        try (LoaderHarness harness = start()) {
            harness.install(seven);
            storage.noSpace = true;
            harness.plane.offer(eight);
            harness.settle();
            harness.plane.sendManifest(eight);
            harness.settle();
            assertEquals(1, harness.status().installs().failed());
            assertTrue(harness.lastInstallFailure().contains("free some space"), harness.lastInstallFailure());
            assertEquals(new SnapshotVersion(1, 7), harness.active());
        }
    }

    @Test
    void shouldNotDieOfAListenerThatThrows() throws Exception {
        LoaderContext context = LoaderHarness.context().listener(new LoaderListener() {
            @Override
            public void activated(LoaderStatus.SnapshotFacts snapshot) {
                throw new IllegalStateException("bad listener");
            }
        });
        try (LoaderHarness harness = new LoaderHarness(stateDir, context, new FakeClock())) {
            harness.install(seven);
            harness.install(eight);
            assertEquals(new SnapshotVersion(1, 8), harness.active());
            assertEquals(2, harness.activations.size());
        }
    }
}
