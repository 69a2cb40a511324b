/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tollgate.core.signing.SigningKey;
import io.tollgate.loader.fixture.SampleSnapshot;
import io.tollgate.loader.fixture.SnapshotBuilder;
import io.tollgate.loader.fixture.SnapshotFiles;
import io.tollgate.loader.transfer.TrustedKeys;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FreshnessCheckTest {
    private static final long NOW_MS = 1_795_219_200_000L;

    private final SigningKey key = SigningKey.generate();
    private final SnapshotBuilder.Built built = SampleSnapshot.of(3).build();

    @TempDir
    Path directory;

    private Path trust = Path.of("");
    private long monotonicMs = 77_000;

    @BeforeEach
    void trust() throws Exception {
        trust = Files.writeString(
                directory.resolve("trust.pem"), key.publicKey().pem());
    }

    private FreshnessCheck newCheck() throws Exception {
        return new FreshnessCheck(TrustedKeys.open(trust, false), () -> monotonicMs * 1_000_000L);
    }

    private long ageMs(long confirmedAtMs, long sourceNowMs, long nowMs) throws Exception {
        return ageMs(newCheck(), confirmedAtMs, sourceNowMs, nowMs);
    }

    private long ageMs(FreshnessCheck check, long confirmedAtMs, long sourceNowMs, long nowMs) throws Exception {
        return check.ageMs(
                new SnapshotSource.Statement(SnapshotFiles.statement(built, confirmedAtMs, key), sourceNowMs),
                built.parsed(),
                built.manifest().getSha256(),
                nowMs);
    }

    @Test
    void shouldCountByTheLaterOfTheTwoClocks() throws Exception {
        assertEquals(1_000, ageMs(NOW_MS - 1_000, 0, NOW_MS));
        assertEquals(9_000, ageMs(NOW_MS - 1_000, NOW_MS + 8_000, NOW_MS), "this host's clock is behind");
        assertEquals(1_000, ageMs(NOW_MS - 1_000, NOW_MS - 8_000, NOW_MS), "the source's clock is behind");
    }

    @Test
    void shouldBearSmallDifferencesOfClocksAndNoLargeOnes() throws Exception {
        assertEquals(0, ageMs(NOW_MS + FreshnessCheck.TOLERANCE_MS, 0, NOW_MS));
        assertThrows(SourceException.class, () -> ageMs(NOW_MS + FreshnessCheck.TOLERANCE_MS + 1, 0, NOW_MS));
        assertThrows(SourceException.class, () -> ageMs(0, 0, NOW_MS));
        assertThrows(SourceException.class, () -> ageMs(Long.MIN_VALUE, 0, NOW_MS));
        assertThrows(SourceException.class, () -> ageMs(Long.MAX_VALUE, 0, NOW_MS));
    }

    @Test
    void shouldAgeAStatementByTheMonotonicClockWhateverTheWallClockSays() throws Exception {
        FreshnessCheck check = newCheck();
        assertEquals(0, ageMs(check, NOW_MS, 0, NOW_MS));
        monotonicMs += 60_000;
        assertEquals(60_000, ageMs(check, NOW_MS, 0, NOW_MS - 2_000), "this host's clock was set back");
        assertEquals(
                30_000, ageMs(check, NOW_MS + 30_000, 0, NOW_MS + 60_000), "a newer one is as old as the clocks say");
        monotonicMs += 1_000;
        assertEquals(1_000, ageMs(check, NOW_MS + 30_000, 0, NOW_MS + 30_000), "and at least as old as it is known");
        assertEquals(61_000, ageMs(check, NOW_MS, 0, NOW_MS), "an older one that comes back is as old as it is known");
    }

    @Test
    void shouldNotTakeAnOldStatementForNewOnceAClockThatWasBehindHasCaughtUpWithIt() throws Exception {
        FreshnessCheck check = newCheck();
        long behindMs = 600_000;
        // the publisher's clock is ten minutes ahead of this host's, and the publisher dies
        assertThrows(SourceException.class, () -> ageMs(check, NOW_MS + behindMs, 0, NOW_MS));
        monotonicMs += behindMs;
        assertEquals(behindMs, ageMs(check, NOW_MS + behindMs, 0, NOW_MS + behindMs));
    }

    @Test
    void shouldTakeRightStatementsAgainAfterOneFromTheFuture() throws Exception {
        FreshnessCheck check = newCheck();
        assertThrows(SourceException.class, () -> ageMs(check, NOW_MS + 600_000, 0, NOW_MS));
        monotonicMs += 1_000;
        assertEquals(0, ageMs(check, NOW_MS + 1_000, 0, NOW_MS + 1_000), "the publisher's clock was set right");
    }

    @Test
    void shouldNotTakeAManifestSignatureForAStatement() throws Exception {
        byte[] manifest = SampleSnapshot.of(3).signedBy(key).build().manifest().toByteArray();
        assertThrows(SourceException.class, () -> new FreshnessCheck(
                        TrustedKeys.open(trust, false), () -> monotonicMs * 1_000_000L)
                .ageMs(
                        new SnapshotSource.Statement(manifest, 0),
                        built.parsed(),
                        built.manifest().getSha256(),
                        NOW_MS));
    }
}
