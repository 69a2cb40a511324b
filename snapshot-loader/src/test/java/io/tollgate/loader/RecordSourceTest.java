/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.tollgate.loader.fixture.SampleSnapshot;
import io.tollgate.loader.install.RecordSource;
import io.tollgate.v1.CeilingRecord;
import io.tollgate.v1.ScopeRecord;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordSourceTest {
    @TempDir
    Path stateDir;

    private static long rateOf(RecordSource records) throws Exception {
        ScopeRecord record = records.findScope("org:acme");
        assertNotNull(record);
        for (CeilingRecord ceiling : record.getCeilingsList()) {
            if (ceiling.getId().equals("rpm")) {
                return ceiling.getLimit();
            }
        }
        throw new AssertionError(record);
    }

    @Test
    void shouldGiveTheRecordOfAScopeOfTheActiveSnapshot() throws Exception {
        try (LoaderHarness harness = new LoaderHarness(stateDir)) {
            RecordSource records = harness.loader.records();
            assertNull(records.findScope("org:acme"), "no snapshot yet");
            harness.install(SampleSnapshot.withRate(7, 60).build());
            assertEquals(60, rateOf(records));
            assertNull(records.findScope("org:nowhere"));
            harness.install(SampleSnapshot.withRate(8, 99).build());
            assertEquals(99, rateOf(records));
            harness.install(SampleSnapshot.withRate(9, 100).build());
            harness.install(SampleSnapshot.withRate(10, 101).build());
            harness.advanceMs(100);
            assertEquals(101, rateOf(records));
        }
    }

    @Test
    void shouldGiveRecordsAfterARestart() throws Exception {
        InstalledSample.install(stateDir, SampleSnapshot.withRate(7, 61).build());
        RecordSource records;
        try (LoaderHarness harness = new LoaderHarness(stateDir)) {
            records = harness.loader.records();
            assertEquals(61, rateOf(records));
        }
        assertNull(records.findScope("org:acme"), "closed");
    }

    @Test
    void shouldServeAdminThreadsWhileSnapshotsChange() throws Exception {
        ExecutorService admins = Executors.newFixedThreadPool(2);
        try (LoaderHarness harness = new LoaderHarness(stateDir)) {
            harness.install(SampleSnapshot.withRate(1, 1).build());
            RecordSource records = harness.loader.records();
            Future<?> reading = admins.submit(() -> {
                long last = 0;
                while (last < 20) {
                    long now = rateOf(records);
                    if (now < last) {
                        throw new AssertionError(now + " after " + last);
                    }
                    last = now;
                }
                return null;
            });
            for (int version = 2; version <= 20; version++) {
                harness.install(SampleSnapshot.withRate(version, version).build());
                harness.advanceMs(100);
            }
            reading.get(60, TimeUnit.SECONDS);
        } finally {
            admins.shutdownNow();
        }
    }
}
