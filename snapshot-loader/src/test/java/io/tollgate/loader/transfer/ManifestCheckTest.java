/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.tollgate.core.signing.SigningKey;
import io.tollgate.loader.fixture.SampleSnapshot;
import io.tollgate.loader.fixture.SnapshotBuilder;
import io.tollgate.loader.fixture.StrictVerifier;
import io.tollgate.loader.transfer.RefusedException.Check;
import io.tollgate.v1.PlaneBound;
import io.tollgate.v1.SignedManifest;
import io.tollgate.v1.SnapshotManifest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestCheckTest {
    @TempDir
    Path directory;

    private final ManifestCheck check =
            new ManifestCheck("default", TransferLimits.DEFAULT, ManifestVerifier.DEVELOPMENT);

    private static SignedManifest changed(UnaryOperator<SnapshotManifest> change) {
        return SampleSnapshot.of(5).manifest(change).build().manifest();
    }

    private RefusedException refusal(SignedManifest manifest) {
        return assertThrows(RefusedException.class, () -> check.check(manifest));
    }

    @Test
    void shouldAcceptAGoodManifestAndSayThatNobodySignedIt() throws Exception {
        VerifiedManifest verified = check.check(SampleSnapshot.of(5).build().manifest());
        assertEquals(new SnapshotVersion(1, 5), verified.version());
        assertFalse(verified.signatureVerified());
        assertEquals(12, verified.recordCount());
    }

    @Test
    void shouldRefuseEveryFlippedBit() {
        SignedManifest good = SampleSnapshot.of(5).build().manifest();
        byte[] bytes = good.getManifest().toByteArray();
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] flipped = bytes.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            SignedManifest manifest =
                    good.toBuilder().setManifest(ByteString.copyFrom(flipped)).build();
            assertEquals(Check.MANIFEST_DIGEST, refusal(manifest).check());
        }
    }

    @Test
    void shouldRefuseAManifestThatIsCutOffOrZeroed() {
        SignedManifest good = SampleSnapshot.of(5).build().manifest();
        byte[] bytes = good.getManifest().toByteArray();
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            byte[] zeroed = Arrays.copyOf(cut, bytes.length);
            for (byte[] damaged : new byte[][] {cut, zeroed}) {
                if (!Arrays.equals(damaged, bytes)) {
                    assertEquals(
                            Check.MANIFEST_DIGEST,
                            refusal(good.toBuilder()
                                            .setManifest(ByteString.copyFrom(damaged))
                                            .build())
                                    .check());
                }
            }
        }
    }

    @Test
    void shouldRefuseAnotherSchemaVersionAndSayWhich() {
        RefusedException refusal =
                refusal(changed(m -> m.toBuilder().setSchemaVersion(2).build()));
        assertEquals(Check.SCHEMA, refusal.check());
        assertTrue(refusal.reason().contains("schema version 2"), refusal.reason());
    }

    @Test
    void shouldRefuseAnotherBundle() {
        assertEquals(
                Check.BUNDLE,
                refusal(SampleSnapshot.of(5).bundle("tenant-b").build().manifest())
                        .check());
    }

    @Test
    void shouldRefuseCountsThatContradictEachOther() {
        assertEquals(
                Check.COUNT,
                refusal(changed(m -> m.toBuilder().setChunkCount(99).build())).check());
    }

    @Test
    void shouldRefuseMoreThanTheLimitsBeforeAnythingIsSent() {
        UnaryOperator<SnapshotManifest> records = m -> m.toBuilder()
                .setSections(3, m.getSections(3).toBuilder().setRecordCount(-1))
                .build();
        UnaryOperator<SnapshotManifest> bytes = m -> m.toBuilder()
                .setSections(3, m.getSections(3).toBuilder().setLengthBytes(1L << 50))
                .build();
        UnaryOperator<SnapshotManifest> chunks = m -> m.toBuilder()
                .setSections(3, m.getSections(3).toBuilder().setChunkCount(Long.MAX_VALUE))
                .build();
        assertEquals(Check.LIMIT, refusal(changed(records)).check());
        assertEquals(Check.LIMIT, refusal(changed(bytes)).check());
        assertEquals(Check.LIMIT, refusal(changed(chunks)).check());
    }

    @Test
    void shouldRefuseSectionsThatAreUnknownTwiceOrMissing() {
        assertEquals(
                Check.MALFORMED,
                refusal(changed(m -> m.toBuilder().addSections(m.getSections(0)).build()))
                        .check());
        assertEquals(
                Check.MALFORMED,
                refusal(changed(m -> m.toBuilder()
                                .setSections(0, m.getSections(0).toBuilder().setSectionValue(77))
                                .build()))
                        .check());
        assertEquals(
                Check.MALFORMED,
                refusal(changed(m -> {
                            long left = m.getChunkCount() - m.getSections(0).getChunkCount();
                            return m.toBuilder()
                                    .removeSections(0)
                                    .setChunkCount(left)
                                    .build();
                        }))
                        .check());
    }

    @Test
    void shouldRefuseAPlaneWithoutAUsableBound() {
        assertEquals(
                Check.MALFORMED,
                refusal(changed(m -> m.toBuilder()
                                .setPlaneBounds(
                                        0,
                                        PlaneBound.newBuilder().setPlaneValue(1).setMaxAgeMs(0))
                                .build()))
                        .check());
    }

    @Test
    void shouldAskTheVerifierForSignatures() throws Exception {
        ManifestCheck checked = new ManifestCheck("default", TransferLimits.DEFAULT, new StrictVerifier());
        SignedManifest manifest = SampleSnapshot.of(5).build().manifest();
        assertEquals(
                Check.SIGNATURE,
                assertThrows(RefusedException.class, () -> checked.check(manifest))
                        .check());
        SigningKey key = SigningKey.generate();
        Path file = Files.writeString(
                directory.resolve("trust.pem"), key.publicKey().pem());
        ManifestVerifier trusting = TrustedKeys.open(file, false);
        assertTrue(new ManifestCheck("default", TransferLimits.DEFAULT, trusting)
                .check(SampleSnapshot.of(5).signedBy(key).build().manifest())
                .signatureVerified());
    }

    @Test
    void shouldTakeOnlyWhatIsNewer() throws Exception {
        VerifiedManifest offered = check.check(SampleSnapshot.of(5).build().manifest());
        String sha = offered.sha256Hex();
        assertTrue(ManifestCheck.requireNewer(offered, SnapshotVersion.NONE, "", SnapshotVersion.NONE));
        assertTrue(ManifestCheck.requireNewer(offered, new SnapshotVersion(1, 4), "00", SnapshotVersion.NONE));
        assertFalse(ManifestCheck.requireNewer(offered, new SnapshotVersion(1, 5), sha, SnapshotVersion.NONE));
        assertEquals(
                Check.CONFLICT,
                assertThrows(
                                RefusedException.class,
                                () -> ManifestCheck.requireNewer(
                                        offered, new SnapshotVersion(1, 5), "00", SnapshotVersion.NONE))
                        .check());
        assertEquals(
                Check.ROLLBACK,
                assertThrows(
                                RefusedException.class,
                                () -> ManifestCheck.requireNewer(
                                        offered, new SnapshotVersion(1, 6), "00", SnapshotVersion.NONE))
                        .check());
        assertEquals(
                Check.ROLLBACK,
                assertThrows(
                                RefusedException.class,
                                () -> ManifestCheck.requireNewer(
                                        offered, new SnapshotVersion(2, 1), "00", SnapshotVersion.NONE))
                        .check());
    }

    @Test
    void shouldNotGoBackBehindWhatWasOnceInstalled() throws Exception {
        VerifiedManifest offered = check.check(SampleSnapshot.of(5).build().manifest());
        assertEquals(
                Check.ROLLBACK,
                assertThrows(
                                RefusedException.class,
                                () -> ManifestCheck.requireNewer(
                                        offered, SnapshotVersion.NONE, "", new SnapshotVersion(1, 6)))
                        .check());
        assertTrue(ManifestCheck.requireNewer(offered, SnapshotVersion.NONE, "", new SnapshotVersion(1, 5)));
    }

    @Test
    void shouldNotParseWhatIsNoManifest() {
        SignedManifest garbage = SnapshotBuilder.sign(SnapshotManifest.getDefaultInstance());
        assertEquals(Check.SCHEMA, refusal(garbage).check());
    }
}
