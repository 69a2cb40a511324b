/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.signing;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * A public Ed25519 key. Its id is made from it, so no two keys share one by mistake: "ed25519-" and the first 16 hex digits of the SHA-256
 * of its SubjectPublicKeyInfo. The id only picks the key; what is trusted is the key.
 */
public final class TrustedKey {
    /** Bytes of a signature (RFC 8032). */
    public static final int SIGNATURE_BYTES = 64;

    static final String ALGORITHM = "Ed25519";

    /** SubjectPublicKeyInfo of an Ed25519 key (RFC 8410): this, and 32 bytes of the key. */
    private static final byte[] SPKI_HEAD = HexFormat.of().parseHex("302a300506032b6570032100");

    private static final int SPKI_BYTES = 44;
    private static final int ID_DIGEST_BYTES = 8;
    private static final String ID_PREFIX = "ed25519-";

    private final PublicKey key;
    private final String id;

    TrustedKey(PublicKey key) throws GeneralSecurityException {
        this.key = key;
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getEncoded());
        this.id = ID_PREFIX + HexFormat.of().formatHex(digest, 0, ID_DIGEST_BYTES);
    }

    /**
     * Reads every PUBLIC KEY block of a text (SubjectPublicKeyInfo, RFC 8410).
     *
     * @param origin for messages: "trust.keys /etc/tollgate/trust.pem"
     * @throws KeyFormatException when there is none, one is no Ed25519 key, or the text holds a private key
     */
    public static List<TrustedKey> parseAll(String pem, String origin) throws KeyFormatException {
        List<TrustedKey> keys = new ArrayList<>();
        for (Pem.Block block : Pem.parse(pem, origin)) {
            if (block.label().equals(Pem.PUBLIC_KEY)) {
                keys.add(of(block.der(), origin));
            } else if (block.label().contains(Pem.PRIVATE_KEY)) {
                throw new KeyFormatException(origin + " holds a private key, which belongs to the control plane alone:"
                        + " treat it as exposed, and put public keys here (tollgate keys public FILE)");
            } else {
                throw new KeyFormatException(
                        origin + ": a block '" + block.label() + "' stands where only PUBLIC KEY blocks are read");
            }
        }
        if (keys.isEmpty()) {
            throw new KeyFormatException(origin + " holds no PUBLIC KEY block (PEM); tollgate keys generate makes one");
        }
        return keys;
    }

    private static TrustedKey of(byte[] der, String origin) throws KeyFormatException {
        if (der.length != SPKI_BYTES || !Arrays.equals(der, 0, SPKI_HEAD.length, SPKI_HEAD, 0, SPKI_HEAD.length)) {
            throw new KeyFormatException(origin + ": a PUBLIC KEY is no Ed25519 key; only those are used");
        }
        try {
            PublicKey key = KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(der));
            return new TrustedKey(key);
        } catch (GeneralSecurityException e) {
            throw new KeyFormatException(origin + ": a PUBLIC KEY cannot be used: " + e.getMessage());
        }
    }

    /** {@return "ed25519-0123456789abcdef"} */
    public String id() {
        return id;
    }

    /** {@return the key as PEM} */
    public String pem() {
        return Pem.write(Pem.PUBLIC_KEY, key.getEncoded());
    }

    /** Whether a signature over content of this kind was made with the private half. */
    public boolean verifies(SignedKind kind, byte[] content, byte[] signature) {
        if (signature.length != SIGNATURE_BYTES) {
            return false;
        }
        try {
            Signature verification = Signature.getInstance(ALGORITHM);
            verification.initVerify(key);
            verification.update(kind.signedBytes(content));
            return verification.verify(signature);
        } catch (SignatureException ignored) {
            return false; // Not a signature at all.
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform from 15 on has Ed25519", e);
        }
    }

    /** Equal keys, whatever they were read from. */
    @Override
    public boolean equals(Object other) {
        return other instanceof TrustedKey that && Arrays.equals(key.getEncoded(), that.key.getEncoded());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(key.getEncoded());
    }

    /** {@return the id} */
    @Override
    public String toString() {
        return id;
    }
}
