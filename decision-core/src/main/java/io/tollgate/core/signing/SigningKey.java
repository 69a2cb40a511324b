/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.signing;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;

/** A private Ed25519 key and its public half. Nothing but {@link #privatePem} shows the private half. */
public final class SigningKey {
    private final PrivateKey key;
    private final TrustedKey publicKey;

    private SigningKey(PrivateKey key, TrustedKey publicKey) {
        this.key = key;
        this.publicKey = publicKey;
    }

    /** {@return a new key} */
    public static SigningKey generate() {
        try {
            KeyPair pair = KeyPairGenerator.getInstance(TrustedKey.ALGORITHM).generateKeyPair();
            return new SigningKey(pair.getPrivate(), new TrustedKey(pair.getPublic()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform from 15 on has Ed25519", e);
        }
    }

    /**
     * Reads the one PRIVATE KEY block of a text (PKCS #8, not encrypted, as {@code openssl genpkey -algorithm ed25519} writes it).
     *
     * @param origin for messages: "signing.keys /etc/tollgate/signing.key"
     * @throws KeyFormatException when there is not exactly one, or it is no Ed25519 key
     */
    public static SigningKey parse(String pem, String origin) throws KeyFormatException {
        List<Pem.Block> blocks = Pem.parse(pem, origin);
        if (blocks.stream().anyMatch(block -> block.label().equals("ENCRYPTED PRIVATE KEY"))) {
            throw new KeyFormatException(
                    origin + " is encrypted; keep the key in a file that only the control plane can"
                            + " read, without a passphrase");
        }
        List<Pem.Block> found = blocks.stream()
                .filter(block -> block.label().equals(Pem.PRIVATE_KEY))
                .toList();
        if (found.size() != 1) {
            throw new KeyFormatException(origin + " holds " + found.size()
                    + " PRIVATE KEY blocks (PKCS #8 PEM), it must hold one; tollgate keys generate makes it");
        }
        try {
            PrivateKey key = KeyFactory.getInstance(TrustedKey.ALGORITHM)
                    .generatePrivate(new PKCS8EncodedKeySpec(found.get(0).der()));
            return new SigningKey(key, publicHalf(key, origin));
        } catch (GeneralSecurityException e) {
            throw new KeyFormatException(origin + ": the PRIVATE KEY is no Ed25519 key; only those are used");
        }
    }

    /**
     * PKCS #8 holds only the seed, and the platform derives a public key only while it generates a pair: so it generates the pair of this
     * seed. That the two belong together is then checked, not assumed.
     */
    private static TrustedKey publicHalf(PrivateKey key, String origin)
            throws GeneralSecurityException, KeyFormatException {
        byte[] seed = ((EdECPrivateKey) key)
                .getBytes()
                .orElseThrow(() -> new KeyFormatException(origin + ": the PRIVATE KEY does not give its bytes"));
        KeyPairGenerator generator = KeyPairGenerator.getInstance(TrustedKey.ALGORITHM);
        generator.initialize(NamedParameterSpec.ED25519, new SeedAsRandom(seed));
        TrustedKey half = new TrustedKey(generator.generateKeyPair().getPublic());
        byte[] nothing = new byte[0];
        SigningKey candidate = new SigningKey(key, half);
        if (!half.verifies(SignedKind.KEY_CHECK, nothing, candidate.sign(SignedKind.KEY_CHECK, nothing))) {
            throw new KeyFormatException(origin + ": this Java platform does not give the public half of the key");
        }
        return half;
    }

    private static final class SeedAsRandom extends SecureRandom {
        private static final long serialVersionUID = 1L;
        private final byte[] seed;

        SeedAsRandom(byte[] seed) {
            super();
            this.seed = seed;
        }

        @Override
        public void nextBytes(byte[] bytes) {
            System.arraycopy(seed, 0, bytes, 0, Math.min(seed.length, bytes.length));
        }
    }

    /** {@return the id of the public half} */
    public String id() {
        return publicKey.id();
    }

    /** {@return the public half} */
    public TrustedKey publicKey() {
        return publicKey;
    }

    /** {@return 64 bytes; the same content always gives the same ones} */
    public byte[] sign(SignedKind kind, byte[] content) {
        try {
            Signature signing = Signature.getInstance(TrustedKey.ALGORITHM);
            signing.initSign(key);
            signing.update(kind.signedBytes(content));
            return signing.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform from 15 on has Ed25519", e);
        }
    }

    /** {@return the private key as PEM (PKCS #8): for a file that only its owner can read} */
    public String privatePem() {
        return Pem.write(Pem.PRIVATE_KEY, key.getEncoded());
    }

    /** {@return the id, nothing of the key} */
    @Override
    public String toString() {
        return id();
    }
}
