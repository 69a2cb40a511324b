/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.signing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.tollgate.control.ConfigException;
import io.tollgate.control.ControlPlaneConfig;
import io.tollgate.core.signing.SigningKey;
import io.tollgate.core.signing.TrustedKey;
import io.tollgate.v1.SignedManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SigningTest {
    private static final SignedManifest MANIFEST = SignedManifest.newBuilder()
            .setManifest(ByteString.copyFromUtf8("m"))
            .build();

    @TempDir
    Path directory;

    @Test
    void shouldWriteAPairForItsOwnerAloneAndNeverReplaceOne() throws Exception {
        SigningKey key = SigningKey.generate();
        Path file = directory.resolve("a.key");
        Path publicFile = KeyFiles.write(key, file);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertEquals(key.id(), KeyFiles.read(file, "key").id());
        assertEquals(List.of(key.publicKey()), TrustedKey.parseAll(Files.readString(publicFile), "test"));
        IOException e = assertThrows(IOException.class, () -> KeyFiles.write(SigningKey.generate(), file));
        assertTrue(String.valueOf(e.getMessage()).contains("never replaced"), e.getMessage());
        Files.delete(file);
        assertThrows(IOException.class, () -> KeyFiles.write(SigningKey.generate(), file));
        assertFalse(Files.exists(file), "half a pair must not stay");
        assertEquals(List.of(key.publicKey()), TrustedKey.parseAll(Files.readString(publicFile), "test"));
    }

    @Test
    void shouldRefuseAKeyThatOthersCanRead() throws Exception {
        Path file = directory.resolve("a.key");
        KeyFiles.write(SigningKey.generate(), file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        KeyFiles.read(file, "key");
        for (String mode : List.of("rw----r--", "rw--w----", "rw-----w-")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
            IOException e = assertThrows(IOException.class, () -> KeyFiles.read(file, "key"), mode);
            assertTrue(String.valueOf(e.getMessage()).contains("chmod 600"), e.getMessage());
        }
    }

    @Test
    void shouldSignWithEveryValidKeyTheActiveOneFirst() throws Exception {
        SigningKey old = SigningKey.generate();
        SigningKey next = SigningKey.generate();
        KeyFiles.write(old, directory.resolve("old.key"));
        ManifestSigner signer = ManifestSigner.load(
                new SigningConfig(List.of(
                        new SigningConfig.Key(directory.resolve("old.key"), null, false),
                        new SigningConfig.Key(null, "NEXT", true))),
                Map.of("NEXT", next.privatePem()));
        assertEquals(List.of(next.id(), old.id()), signer.keyIds());
        SignedManifest signed = signer.sign(MANIFEST);
        assertTrue(signer.hasSigned(signed));
        assertEquals(signed, signer.sign(signed), "signatures are replaced, and the same every time");
        assertFalse(signer.hasSigned(MANIFEST));
        assertFalse(signer.hasSigned(signed.toBuilder().removeSignatures(1).build()));
        assertFalse(signer.hasSigned(
                signed.toBuilder().setManifest(ByteString.copyFromUtf8("n")).build()));
        assertFalse(ManifestSigner.of(List.of(next)).hasSigned(signed));
        assertTrue(ManifestSigner.NONE.hasSigned(MANIFEST));
        assertFalse(ManifestSigner.NONE.hasSigned(signed));
    }

    @Test
    void shouldReadKeysFromAConfiguration() throws Exception {
        assertEquals(List.of(), read("").signing().keys());
        assertEquals(
                List.of(new SigningConfig.Key(directory.resolve("k/a.key"), null, true)),
                read("signing: { keys: [ { file: k/a.key } ] }").signing().keys());
        assertEquals(
                List.of(
                        new SigningConfig.Key(null, "A_KEY", true),
                        new SigningConfig.Key(directory.resolve("b.key"), null, false)),
                read("signing: { keys: [ { environment: A_KEY, active: true }, { file: b.key } ] }")
                        .signing()
                        .keys());
    }

    @Test
    void shouldSayWhatIsWrongWithKeys() throws Exception {
        refused("exactly one must", "[ { file: a.key }, { file: b.key } ]");
        refused("2 keys say active", "[ { file: a.key, active: true }, { file: b.key, active: true } ]");
        refused("is listed twice", "[ { file: a.key, active: true }, { file: ./a.key } ]");
        refused("set one of file and environment", "[ { active: true } ]");
        refused("set one of file and environment", "[ { file: a.key, environment: A } ]");
        refused("at most 4", "[ { file: a, active: true }, { file: b }, { file: c }, { file: d }, { file: e } ]");

        SigningConfig unset = new SigningConfig(List.of(new SigningConfig.Key(null, "NO_KEY", true)));
        IOException e = assertThrows(IOException.class, () -> ManifestSigner.load(unset, Map.of()));
        assertTrue(String.valueOf(e.getMessage()).contains("NO_KEY is not set"), e.getMessage());
        String pem = SigningKey.generate().privatePem();
        SigningConfig same = new SigningConfig(
                List.of(new SigningConfig.Key(null, "A", true), new SigningConfig.Key(null, "B", false)));
        e = assertThrows(IOException.class, () -> ManifestSigner.load(same, Map.of("A", pem, "B", pem)));
        assertTrue(String.valueOf(e.getMessage()).contains("another entry holds already"), e.getMessage());
        assertFalse(String.valueOf(e.getMessage()).contains(pem.substring(40, 60)), e.getMessage());
    }

    private void refused(String expected, String keys) {
        ConfigException e = assertThrows(ConfigException.class, () -> read("signing: { keys: " + keys + " }"));
        assertTrue(String.valueOf(e.getMessage()).contains(expected), e.getMessage());
    }

    private ControlPlaneConfig read(String signing) throws IOException {
        Path file = Files.writeString(
                directory.resolve("plane.yaml"), "state_dir: s\nbundles: [ { dir: b } ]\n" + signing + "\n");
        return ControlPlaneConfig.read(file);
    }
}
