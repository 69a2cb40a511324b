/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.signing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SigningTest {
    /** RFC 8032, section 7.1, test 1: seed and public key. */
    private static final String SEED = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";

    private static final String PUBLIC = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

    private static final byte[] CONTENT = "content".getBytes(StandardCharsets.UTF_8);

    private static String pem(String label, String hex) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hex)) + "\n-----END " + label + "-----\n";
    }

    private static SigningKey known() throws KeyFormatException {
        return SigningKey.parse(pem("PRIVATE KEY", "302e020100300506032b657004220420" + SEED), "test");
    }

    @Test
    void shouldDeriveThePublicHalfOfAPrivateKey() throws KeyFormatException {
        TrustedKey expected = TrustedKey.parseAll(pem("PUBLIC KEY", "302a300506032b6570032100" + PUBLIC), "test")
                .get(0);
        assertEquals(expected, known().publicKey());
        assertEquals(expected.id(), known().id());
        assertTrue(known().id().matches("ed25519-[0-9a-f]{16}"), known().id());
    }

    @Test
    void shouldVerifyWhatTheOtherHalfSigned() throws KeyFormatException {
        SigningKey key = SigningKey.generate();
        byte[] signature = key.sign(SignedKind.SNAPSHOT_MANIFEST, CONTENT);
        assertTrue(key.publicKey().verifies(SignedKind.SNAPSHOT_MANIFEST, CONTENT, signature));
        assertFalse(SigningKey.generate().publicKey().verifies(SignedKind.SNAPSHOT_MANIFEST, CONTENT, signature));
        SigningKey again = SigningKey.parse(key.privatePem(), "test");
        assertArrayEquals(signature, again.sign(SignedKind.SNAPSHOT_MANIFEST, CONTENT));
        assertEquals(
                List.of(key.publicKey()), TrustedKey.parseAll(key.publicKey().pem(), "test"));
    }

    @Test
    void shouldNeverTakeASignatureForAnotherKind() {
        SigningKey key = SigningKey.generate();
        for (SignedKind signed : SignedKind.values()) {
            byte[] signature = key.sign(signed, CONTENT);
            for (SignedKind asked : SignedKind.values()) {
                assertEquals(
                        signed == asked, key.publicKey().verifies(asked, CONTENT, signature), signed + " " + asked);
            }
        }
    }

    @Test
    void shouldRefuseEveryFlippedBitAndEveryCutLength() {
        SigningKey key = SigningKey.generate();
        byte[] signature = key.sign(SignedKind.SNAPSHOT_MANIFEST, CONTENT);
        for (int bit = 0; bit < signature.length * 8; bit++) {
            byte[] flipped = signature.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertFalse(key.publicKey().verifies(SignedKind.SNAPSHOT_MANIFEST, CONTENT, flipped), "bit " + bit);
        }
        for (int length = 0; length < signature.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(signature, length);
            assertFalse(key.publicKey().verifies(SignedKind.SNAPSHOT_MANIFEST, CONTENT, cut), "length " + length);
        }
        assertFalse(key.publicKey().verifies(SignedKind.SNAPSHOT_MANIFEST, CONTENT, new byte[64]));
        byte[] ones = new byte[64];
        java.util.Arrays.fill(ones, (byte) 0xff);
        assertFalse(key.publicKey().verifies(SignedKind.SNAPSHOT_MANIFEST, CONTENT, ones));
    }

    @Test
    void shouldReadSeveralPublicKeysWithCommentsBetween() throws KeyFormatException {
        SigningKey first = SigningKey.generate();
        SigningKey second = SigningKey.generate();
        assertEquals(
                List.of(first.publicKey(), second.publicKey()),
                TrustedKey.parseAll(
                        "# 2026\n" + first.publicKey().pem() + "\r\n# 2027\n"
                                + second.publicKey().pem(),
                        "test"));
        assertNotEquals(first.id(), second.id());
    }

    @Test
    void shouldSayWhatIsWrongAndNeverShowTheKey() {
        SigningKey key = SigningKey.generate();
        String secret = key.privatePem().lines().skip(1).findFirst().orElseThrow();
        refused("trust.pem holds a private key", () -> TrustedKey.parseAll(key.privatePem(), "trust.pem"), secret);
        refused("trust.pem holds no PUBLIC KEY block", () -> TrustedKey.parseAll("", "trust.pem"), secret);
        refused("no Ed25519 key", () -> TrustedKey.parseAll(pem("PUBLIC KEY", "3000"), "trust.pem"), secret);
        refused("no END line", () -> SigningKey.parse("-----BEGIN PRIVATE KEY-----\n" + secret, "a.key"), secret);
        refused(
                "is not Base64",
                () -> SigningKey.parse(
                        "-----BEGIN PRIVATE KEY-----\n*" + secret + "\n-----END PRIVATE KEY-----", "a.key"),
                secret);
        refused(
                "a.key holds 2 PRIVATE KEY blocks",
                () -> SigningKey.parse(key.privatePem() + key.privatePem(), "a.key"),
                secret);
        refused("is encrypted", () -> SigningKey.parse(pem("ENCRYPTED PRIVATE KEY", "3000"), "a.key"), secret);
        refused("no Ed25519 key", () -> SigningKey.parse(pem("PRIVATE KEY", "3000"), "a.key"), secret);
        assertFalse(key.toString().contains(secret));
    }

    private interface Reading {
        Object read() throws KeyFormatException;
    }

    private static void refused(String expected, Reading reading, String secret) {
        KeyFormatException e = assertThrows(KeyFormatException.class, reading::read);
        assertTrue(e.reason().contains(expected), e.reason());
        assertFalse(e.reason().contains(secret), e.reason());
    }
}
