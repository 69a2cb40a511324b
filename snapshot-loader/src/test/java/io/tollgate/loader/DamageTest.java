/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.tollgate.core.signing.SigningKey;
import io.tollgate.loader.fixture.FakeClock;
import io.tollgate.loader.fixture.SampleSnapshot;
import io.tollgate.loader.fixture.SnapshotBuilder;
import io.tollgate.loader.storage.Storage;
import io.tollgate.loader.transfer.ManifestCheck;
import io.tollgate.loader.transfer.RefusedException;
import io.tollgate.loader.transfer.SnapshotAssembly;
import io.tollgate.loader.transfer.SnapshotVersion;
import io.tollgate.loader.transfer.TransferLimits;
import io.tollgate.loader.transfer.TrustedKeys;
import io.tollgate.v1.DataChunk;
import io.tollgate.v1.SignedManifest;
import io.tollgate.v1.SnapshotChunk;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every byte of a small snapshot, flipped, cut off and zeroed: what comes of it is refused, or is exactly what was sent. On the wire the
 * changed byte may be one that means nothing (an unknown field); then content and signature are the same.
 */
final class DamageTest {
    private static final int PAGE_BYTES = 64;
    /** A prime, so that all offsets within records are met; the long test looks at every byte. */
    private static final int STRIDE = 131;

    private final SigningKey key = SigningKey.generate();
    private SnapshotBuilder.Built built = SampleSnapshot.of(3).build();
    private List<byte[]> messages = List.of();
    private byte[] content = {};
    private long refused;

    @TempDir
    Path directory;

    @BeforeEach
    void makeASnapshot() throws Exception {
        built = SampleSnapshot.of(3).signedBy(key).build();
        messages = new ArrayList<>();
        messages.add(
                SnapshotChunk.newBuilder().setManifest(built.manifest()).build().toByteArray());
        built.chunks()
                .forEach(chunk -> messages.add(
                        SnapshotChunk.newBuilder().setData(chunk).build().toByteArray()));
        content = receive(messages);
        assertTrue(content.length > 1_000);
    }

    private ManifestCheck check() throws IOException {
        Path trust = directory.resolve("trust.pem");
        if (!Files.exists(trust)) {
            Files.writeString(trust, key.publicKey().pem());
        }
        return new ManifestCheck("default", TransferLimits.DEFAULT, TrustedKeys.open(trust, false));
    }

    /** What a loader would install, byte for byte. */
    private byte[] receive(List<byte[]> wire) throws IOException, RefusedException {
        SnapshotChunk first = SnapshotChunk.parseFrom(wire.get(0));
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try (SnapshotAssembly assembly =
                new SnapshotAssembly(check().check(first.getManifest()), TransferLimits.DEFAULT)) {
            all.write(first.getManifest().getManifest().toByteArray());
            for (byte[] message : wire.subList(1, wire.size())) {
                assembly.accept(SnapshotChunk.parseFrom(message).getData());
                all.write(assembly.buffer(), 0, assembly.length());
            }
            if (!assembly.isComplete()) {
                throw new RefusedException(RefusedException.Check.COUNT, "not all has come");
            }
        }
        return all.toByteArray();
    }

    private void refusedOrTheSame(int message, byte[] changed, String what) throws IOException {
        List<byte[]> wire = new ArrayList<>(messages);
        wire.set(message, changed);
        try {
            assertTrue(Arrays.equals(content, receive(wire)), what + " was taken with other content");
        } catch (RefusedException e) {
            assertFalse(e.reason().isEmpty(), what);
            refused++;
        } catch (InvalidProtocolBufferException e) {
            refused++;
        }
    }

    @Test
    void shouldRefuseAnyByteOfTheWireThatIsNotWhatWasSent() throws Exception {
        long tries = 0;
        for (int message = 0; message < messages.size(); message++) {
            byte[] whole = messages.get(message);
            for (int at = 0; at < whole.length; at++, tries += 3) {
                byte[] flipped = whole.clone();
                flipped[at] ^= (byte) (1 << at % 8);
                refusedOrTheSame(message, flipped, "message " + message + ", byte " + at + " flipped");
                refusedOrTheSame(message, Arrays.copyOf(whole, at), "message " + message + " cut off at byte " + at);
                byte[] zeroed = whole.clone();
                Arrays.fill(zeroed, at, Math.min(whole.length, at + PAGE_BYTES), (byte) 0);
                refusedOrTheSame(message, zeroed, "message " + message + ", zeroes from byte " + at);
            }
        }
        assertTrue(refused > tries * 98 / 100, refused + " of " + tries);
    }

    @Test
    void shouldRefuseTheWorkOfAForgerWhoGetsEveryDigestRight() throws Exception {
        SnapshotBuilder.Built forged = SampleSnapshot.withRate(3, 1_000_000).build();
        SignedManifest borrowed = forged.manifest().toBuilder()
                .addAllSignatures(built.manifest().getSignaturesList())
                .build();
        for (SignedManifest manifest : List.of(forged.manifest(), borrowed)) {
            RefusedException e = assertThrows(RefusedException.class, () -> check().check(manifest));
            assertEquals(RefusedException.Check.SIGNATURE, e.check());
        }
        // A chunk with other content and a right CRC, behind the manifest that was really signed.
        List<byte[]> wire = new ArrayList<>(messages);
        for (int i = 0; i < forged.chunks().size(); i++) {
            DataChunk chunk = forged.chunks().get(i);
            if (!chunk.getPayload().equals(built.chunks().get(i).getPayload())) {
                wire.set(
                        i + 1, SnapshotChunk.newBuilder().setData(chunk).build().toByteArray());
            }
        }
        assertThrows(RefusedException.class, () -> receive(wire));
    }

    @Test
    void shouldRefuseOrHealAnyDamageToInstalledFiles() throws Exception {
        damageInstalledFiles(STRIDE);
    }

    @Test
    @Tag("long")
    void shouldRefuseOrHealDamageToEveryByteOfInstalledFiles() throws Exception {
        damageInstalledFiles(1);
    }

    private void damageInstalledFiles(int stride) throws Exception {
        Path state = directory.resolve("state");
        check();
        try (LoaderHarness harness = start(state)) {
            harness.install(built);
            assertEquals(new SnapshotVersion(1, 3), harness.active());
        }
        for (String name : List.of("manifest.bin", "INSTALLED", "static.bin")) {
            Path file = state.resolve("snapshots/1-3").resolve(name);
            byte[] whole = Files.readAllBytes(file);
            int shift = 0;
            for (int at = 0; at < whole.length; at += stride, shift++) {
                byte[] flipped = whole.clone();
                flipped[at] ^= (byte) (1 << shift % 8);
                refusedThenHealed(state, file, flipped, name + ", byte " + at + " flipped");
                if (shift % 4 == 0) {
                    refusedThenHealed(state, file, Arrays.copyOf(whole, at), name + " cut off at byte " + at);
                }
            }
        }
    }

    private void refusedThenHealed(Path state, Path file, byte[] damaged, String what) throws Exception {
        Files.write(file, damaged);
        try (LoaderHarness harness = start(state)) {
            assertEquals(SnapshotVersion.NONE, harness.active(), what);
            assertTrue(harness.lastInstallFailure().contains("1-3"), what + ": " + harness.lastInstallFailure());
            harness.install(built);
            assertEquals(new SnapshotVersion(1, 3), harness.active(), what + ": fetched again");
        }
        try (Stream<Path> files = Files.list(state.resolve("snapshots"))) {
            assertEquals(
                    List.of("1-3", "HIGHEST"),
                    files.map(path -> path.getFileName().toString()).sorted().toList(),
                    what);
        }
        Storage.LOCAL.delete(state.resolve("damaged"));
    }

    private LoaderHarness start(Path state) throws IOException {
        return new LoaderHarness(
                state,
                LoaderHarness.context().verifier(TrustedKeys.open(directory.resolve("trust.pem"), false)),
                new FakeClock());
    }

    @Test
    void shouldTakeNothingBelowTheConfiguredVersionEvenWithAnEmptyStateDirectory() throws Exception {
        check();
        LoaderContext context = LoaderHarness.context()
                .verifier(TrustedKeys.open(directory.resolve("trust.pem"), false))
                .oldestVersion(new SnapshotVersion(1, 4));
        try (LoaderHarness harness = new LoaderHarness(directory.resolve("fresh"), context, new FakeClock())) {
            harness.install(built);
            assertEquals(SnapshotVersion.NONE, harness.active());
            assertTrue(harness.lastInstallFailure().contains("trust.oldest_version"), harness.lastInstallFailure());
            SnapshotBuilder.Built four = SampleSnapshot.of(4).signedBy(key).build();
            harness.nextPull(four);
            harness.plane.sendAll(four);
            harness.settle();
            assertEquals(new SnapshotVersion(1, 4), harness.active());
        }
    }

    @Test
    void shouldNotBeFooledByAManifestThatParsesTwoWays() throws Exception {
        // Two manifests in one message: protobuf keeps the last field. The digest must be that of the one that is used.
        ByteString both = SignedManifest.newBuilder()
                .setManifest(
                        SampleSnapshot.withRate(9, 1_000).build().manifest().getManifest())
                .build()
                .toByteString()
                .concat(built.manifest().toByteString());
        assertEquals(
                new SnapshotVersion(1, 3),
                check().check(SignedManifest.parseFrom(both)).version());
        ByteString turned = built.manifest()
                .toByteString()
                .concat(SignedManifest.newBuilder()
                        .setManifest(SampleSnapshot.withRate(9, 1_000)
                                .build()
                                .manifest()
                                .getManifest())
                        .build()
                        .toByteString());
        assertThrows(RefusedException.class, () -> check().check(SignedManifest.parseFrom(turned)));
    }
}
