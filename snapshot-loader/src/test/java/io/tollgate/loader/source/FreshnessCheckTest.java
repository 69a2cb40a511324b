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

    @BeforeEach
    void trust() throws Exception {
        trust = Files.writeString(
                directory.resolve("trust.pem"), key.publicKey().pem());
    }

    private long ageMs(long confirmedAtMs, long sourceNowMs, long nowMs) throws Exception {
        return new FreshnessCheck(TrustedKeys.open(trust, false))
                .ageMs(
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
    void shouldNotTakeAManifestSignatureForAStatement() throws Exception {
        byte[] manifest = SampleSnapshot.of(3).signedBy(key).build().manifest().toByteArray();
        assertThrows(SourceException.class, () -> new FreshnessCheck(TrustedKeys.open(trust, false))
                .ageMs(
                        new SnapshotSource.Statement(manifest, 0),
                        built.parsed(),
                        built.manifest().getSha256(),
                        NOW_MS));
    }
}
