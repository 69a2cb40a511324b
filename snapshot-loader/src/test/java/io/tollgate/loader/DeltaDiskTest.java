/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.loader.delta.DeltaLog;
import io.tollgate.loader.fixture.DeltaSource;
import io.tollgate.loader.fixture.FakeClock;
import io.tollgate.loader.fixture.FaultyStorage;
import io.tollgate.loader.fixture.SampleSnapshot;
import io.tollgate.loader.fixture.SnapshotBuilder;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that fails at any operation while deltas are applied: what was active stays, nothing is half in force, and it heals. */
class DeltaDiskTest {
    @TempDir
    Path directory;

    @Test
    void shouldKeepWhatWasActiveWhereverTheDiskFails() throws Exception {
        int failures = 0;
        for (int failAt = 0; failAt < 40; failAt++) {
            FaultyStorage storage = new FaultyStorage();
            Path state = directory.resolve("state" + failAt);
            SnapshotBuilder first = SampleSnapshot.of(7);
            DeltaSource source = new DeltaSource(first, 7);
            String what = "operation " + failAt;
            try (LoaderHarness harness =
                    new LoaderHarness(state, LoaderHarness.context().storage(storage), new FakeClock())) {
                harness.install(first.build());
                harness.serveMs(source, 1_000);
                storage.operations = 0;
                storage.failAfter = failAt;
                harness.plane.heartbeat().send(source.news(source.publish(DeltaTest.user("eve"))));
                harness.settle();
                boolean failed = storage.failAfter < 0;
                storage.failAfter = -1;
                long sequence = harness.status().deltas().sequence();
                assertEquals(sequence == 1, DeltaTest.knows(harness, "org:acme/user:eve"), what);
                if (failed) {
                    failures++;
                    assertEquals(0, sequence, what);
                    assertEquals(1, harness.status().deltas().refused().get("storage"), what);
                    harness.serveMs(source, 500);
                }
                assertEquals(1, harness.status().deltas().sequence(), what);
                assertEquals("", harness.status().deltas().resyncing(), what);
                source.publish(DeltaTest.user("bob"));
                harness.serveMs(source, 2_000);
                assertEquals(2, harness.status().deltas().sequence(), what);
                assertFalse(harness.stale(), what);
            }
            assertEquals("", DeltaLog.read(state.resolve("snapshots/1-7")).damage(), what);
            try (LoaderHarness harness = new LoaderHarness(state)) {
                assertEquals(2, harness.status().deltas().sequence(), what);
                assertTrue(DeltaTest.knows(harness, "org:acme/user:bob"), what);
            }
        }
        assertTrue(failures > 5, failures + " failures");
    }
}
