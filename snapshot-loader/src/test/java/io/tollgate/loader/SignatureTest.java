/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.tollgate.core.signing.SignedKind;
import io.tollgate.core.signing.SigningKey;
import io.tollgate.loader.fixture.FakeClock;
import io.tollgate.loader.fixture.SampleSnapshot;
import io.tollgate.loader.fixture.SnapshotBuilder;
import io.tollgate.loader.transfer.RefusedException;
import io.tollgate.loader.transfer.SnapshotVersion;
import io.tollgate.loader.transfer.TrustedKeys;
import io.tollgate.v1.ManifestSignature;
import io.tollgate.v1.SignedManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who signed what is installed, from the first pull over a rotation to a restart. */
final class SignatureTest {
    private final SigningKey old = SigningKey.generate();
    private final SigningKey next = SigningKey.generate();
    private final SigningKey stranger = SigningKey.generate();
    private final FakeClock clock = new FakeClock();
    private long saves;

    @TempDir
    Path directory;

    private Path trusting(SigningKey... keys) throws IOException {
        Path file = directory.resolve("trust.pem");
        StringBuilder pem = new StringBuilder();
        for (SigningKey key : keys) {
            pem.append("# ")
                    .append(key.id())
                    .append('\n')
                    .append(key.publicKey().pem());
        }
        Files.writeString(file, pem);
        // Whatever the file system's clock shows, every save is another time.
        Files.setLastModifiedTime(file, FileTime.fromMillis(FakeClock.START_MS + 1_000 * ++saves));
        return file;
    }

    private LoaderHarness start(Path trust, boolean allowUnsigned) throws IOException {
        return new LoaderHarness(
                directory.resolve("state"),
                LoaderHarness.context().verifier(TrustedKeys.open(trust, allowUnsigned)),
                clock);
    }

    private static SnapshotBuilder.Built snapshot(long version, SigningKey... keys) {
        return SampleSnapshot.of(version).signedBy(keys).build();
    }

    private static String keyId(LoaderHarness harness) {
        LoaderStatus.SnapshotFacts facts = harness.status().snapshot();
        assertNotNull(facts);
        return facts.signatureKeyId();
    }

    @Test
    void shouldTakeOnlyWhatATrustedKeyHasSigned() throws Exception {
        try (LoaderHarness harness = start(trusting(old), false)) {
            harness.install(snapshot(1));
            assertNull(harness.status().snapshot());
            assertTrue(harness.lastInstallFailure().contains("is not signed"), harness.lastInstallFailure());
            harness.nextPull(snapshot(2, stranger));
            harness.plane.sendAll(snapshot(2, stranger));
            harness.settle();
            assertNull(harness.status().snapshot());
            assertTrue(harness.lastInstallFailure().contains(stranger.id()), harness.lastInstallFailure());
            assertTrue(harness.lastInstallFailure().contains(old.id()), harness.lastInstallFailure());
            harness.nextPull(snapshot(3, stranger, old));
            harness.plane.sendAll(snapshot(3, stranger, old));
            harness.settle();
            assertEquals(old.id(), keyId(harness));
            assertEquals(2, harness.status().installs().refused());
        }
    }

    @Test
    void shouldRefuseASignatureThatWasMadeForSomethingElse() throws Exception {
        SignedManifest manifest = snapshot(1).manifest();
        SignedManifest forged = manifest.toBuilder()
                .addSignatures(ManifestSignature.newBuilder()
                        .setKeyId(old.id())
                        .setEd25519(ByteString.copyFrom(old.sign(
                                SignedKind.FRESHNESS_STATEMENT,
                                manifest.getManifest().toByteArray()))))
                .build();
        for (boolean allowUnsigned : new boolean[] {false, true}) {
            TrustedKeys trust = TrustedKeys.open(trusting(old), allowUnsigned);
            RefusedException e = assertThrows(RefusedException.class, () -> trust.verify(forged));
            assertEquals(RefusedException.Check.SIGNATURE, e.check());
            assertTrue(e.reason().contains("does not hold"), e.reason());
        }
    }

    @Test
    void shouldRefuseMoreSignaturesThanItLooksAt() throws Exception {
        SignedManifest.Builder many = snapshot(1, old).manifest().toBuilder();
        for (int i = 0; i < 16; i++) {
            many.addSignatures(ManifestSignature.newBuilder().setKeyId("x" + i));
        }
        TrustedKeys trust = TrustedKeys.open(trusting(old), true);
        assertEquals(
                RefusedException.Check.LIMIT,
                assertThrows(RefusedException.class, () -> trust.verify(many.build()))
                        .check());
    }

    @Test
    void shouldTakeUnsignedSnapshotsOnlyWhenThatIsAllowed() throws Exception {
        assertThrows(IOException.class, () -> TrustedKeys.open(null, false));
        try (LoaderHarness harness = new LoaderHarness(
                directory.resolve("state"), LoaderHarness.context().verifier(TrustedKeys.open(null, true)), clock)) {
            harness.install(snapshot(1));
            assertEquals("", keyId(harness));
            harness.install(snapshot(2, stranger));
            assertEquals(new SnapshotVersion(1, 2), harness.active());
            assertEquals("", keyId(harness));
        }
        try (LoaderHarness harness = start(trusting(old), false)) {
            assertNull(harness.status().snapshot());
            assertTrue(harness.lastInstallFailure().contains("at the start"), harness.lastInstallFailure());
            assertTrue(harness.lastInstallFailure().contains("trusted are " + old.id()), harness.lastInstallFailure());
        }
    }

    @Test
    void shouldRotateKeysWithoutAMomentWithoutASnapshot() throws Exception {
        Path trust = trusting(old);
        SnapshotBuilder.Built both = snapshot(2, next, old);
        try (LoaderHarness harness = start(trust, false)) {
            harness.install(snapshot(1, old));
            trusting(old, next);
            harness.install(both);
            harness.serveMs(both, 2_000);
            assertEquals(next.id(), keyId(harness));
            trusting(next);
            harness.serveMs(both, 2_000);
            assertFalse(harness.stale());
            assertEquals("", harness.status().distrust());
        }
        try (LoaderHarness harness = start(trust, false)) {
            assertEquals(next.id(), keyId(harness));
            harness.serveMs(both, 1_000);
            assertFalse(harness.stale());
        }
    }

    @Test
    void shouldTurnStaleWhileRunningWhenTheKeyOfTheActiveSnapshotIsRemoved() throws Exception {
        SnapshotBuilder.Built one = snapshot(1, old);
        try (LoaderHarness harness = start(trusting(old, next), false)) {
            harness.install(one);
            harness.serveMs(one, 2_000);
            assertFalse(harness.stale());
            trusting(next);
            harness.serveMs(one, 3_000);
            assertTrue(harness.stale(), "a confirmation must not make it fresh again");
            assertTrue(
                    harness.status().distrust().contains(old.id()),
                    harness.status().distrust());
            assertTrue(harness.lastInstallFailure().contains("no longer trusted"), harness.lastInstallFailure());
            assertEquals(new SnapshotVersion(1, 1), harness.active(), "explanations still have something to show");

            SnapshotBuilder.Built two = snapshot(2, next);
            harness.nextPull(two);
            harness.plane.sendAll(two);
            harness.serveMs(two, 1_000);
            assertFalse(harness.stale());
            assertEquals("", harness.status().distrust());
            assertEquals(next.id(), keyId(harness));
        }
    }

    @Test
    void shouldTrustAgainWhenTheKeyComesBack() throws Exception {
        SnapshotBuilder.Built one = snapshot(1, old);
        try (LoaderHarness harness = start(trusting(old, next), false)) {
            harness.install(one);
            trusting(next);
            harness.serveMs(one, 2_000);
            assertTrue(harness.stale());
            trusting(next, old);
            harness.serveMs(one, 3_000);
            assertFalse(harness.stale());
        }
    }

    @Test
    void shouldRefuseAtTheNextStartWhatARemovedKeyHasSignedAndFetchItAgain() throws Exception {
        Path trust = trusting(old);
        try (LoaderHarness harness = start(trust, false)) {
            harness.install(snapshot(1, old));
        }
        trusting(next);
        try (LoaderHarness harness = start(trust, false)) {
            assertNull(harness.status().snapshot());
            assertTrue(harness.lastInstallFailure().contains(old.id()), harness.lastInstallFailure());
            harness.install(snapshot(1, next));
            assertEquals(new SnapshotVersion(1, 1), harness.active());
            assertEquals(next.id(), keyId(harness));
        }
    }

    @Test
    void shouldNotActivateWhatLostItsSignerWhileItCame() throws Exception {
        SnapshotBuilder.Built one = snapshot(1, old);
        try (LoaderHarness harness = start(trusting(old), false)) {
            harness.settle();
            harness.plane.offer(one);
            harness.settle();
            harness.plane.sendManifest(one);
            harness.settle();
            trusting(next);
            one.chunks().forEach(harness.plane::sendChunk);
            harness.settle();
            assertNull(harness.status().snapshot());
            assertTrue(harness.lastInstallFailure().contains(old.id()), harness.lastInstallFailure());
        }
    }

    @Test
    void shouldKeepTheKeysInForceWhileTheFileIsBroken() throws Exception {
        SnapshotBuilder.Built one = snapshot(1, old);
        Path trust = trusting(old);
        try (LoaderHarness harness = start(trust, false)) {
            Files.writeString(trust, "-----BEGIN PUBLIC KEY-----\nhalf wri");
            harness.install(one);
            assertEquals(old.id(), keyId(harness));
            Files.delete(trust);
            harness.install(snapshot(2, old));
            assertEquals(new SnapshotVersion(1, 2), harness.active());
            assertThrows(IOException.class, () -> TrustedKeys.open(trust, false));
        }
    }
}
