/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.signing;

import com.google.protobuf.ByteString;
import io.tollgate.core.signing.KeyFormatException;
import io.tollgate.core.signing.SignedKind;
import io.tollgate.core.signing.SigningKey;
import io.tollgate.core.signing.TrustedKey;
import io.tollgate.v1.Delta;
import io.tollgate.v1.FreshnessStatement;
import io.tollgate.v1.ManifestSignature;
import io.tollgate.v1.SignedDelta;
import io.tollgate.v1.SignedFreshness;
import io.tollgate.v1.SignedManifest;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Signs with every valid key, the active one first. Immutable; any thread. */
public final class ManifestSigner {
    /** Signs nothing: for development, sidecars refuse what comes of it unless told otherwise. */
    public static final ManifestSigner NONE = new ManifestSigner(List.of());

    private final List<SigningKey> keys;

    private ManifestSigner(List<SigningKey> keys) {
        this.keys = List.copyOf(keys);
    }

    /** {@return a signer with these keys, the active one first} */
    public static ManifestSigner of(List<SigningKey> keys) {
        return new ManifestSigner(keys);
    }

    /**
     * Reads the configured keys.
     *
     * @param environment variables
     * @throws IOException when one cannot be used; the message says which and what to do
     */
    public static ManifestSigner load(SigningConfig config, Map<String, String> environment) throws IOException {
        List<SigningKey> loaded = new ArrayList<>();
        for (SigningConfig.Key key : config.keys()) {
            SigningKey read = read(key, environment);
            if (loaded.stream().anyMatch(other -> other.id().equals(read.id()))) {
                throw new IOException("signing.keys: " + key.origin() + " is key " + read.id()
                        + ", which another entry holds already; remove one");
            }
            loaded.add(key.active() ? 0 : loaded.size(), read);
        }
        return new ManifestSigner(loaded);
    }

    private static SigningKey read(SigningConfig.Key key, Map<String, String> environment) throws IOException {
        if (key.file() != null) {
            return KeyFiles.read(key.file(), "signing.keys:");
        }
        String name = String.valueOf(key.environment());
        String pem = environment.get(name);
        if (pem == null || pem.isBlank()) {
            throw new IOException("signing.keys: environment variable " + name
                    + " is not set; it must hold a private key" + " (PKCS #8 PEM)");
        }
        try {
            return SigningKey.parse(pem, "signing.keys: environment variable " + name);
        } catch (KeyFormatException e) {
            throw new IOException(e.reason(), e);
        }
    }

    /** {@return ids of the keys, the active one first} */
    public List<String> keyIds() {
        return keys.stream().map(SigningKey::id).toList();
    }

    /** {@return whether anything is signed} */
    public boolean isSigning() {
        return !keys.isEmpty();
    }

    /** Puts signatures over the exact bytes of the manifest, in place of those that are there. */
    public SignedManifest sign(SignedManifest manifest) {
        return manifest.toBuilder()
                .clearSignatures()
                .addAllSignatures(signatures(SignedKind.SNAPSHOT_MANIFEST, manifest.getManifest()))
                .build();
    }

    /** {@return the statement with signatures over its exact bytes} */
    public SignedFreshness sign(FreshnessStatement statement) {
        ByteString bytes = statement.toByteString();
        return SignedFreshness.newBuilder()
                .setStatement(bytes)
                .addAllSignatures(signatures(SignedKind.FRESHNESS_STATEMENT, bytes))
                .build();
    }

    /** {@return the delta with its digest and signatures over its exact bytes} */
    public SignedDelta sign(Delta delta) {
        ByteString bytes = delta.toByteString();
        return SignedDelta.newBuilder()
                .setDelta(bytes)
                .setSha256(ByteString.copyFrom(sha256(bytes)))
                .addAllSignatures(signatures(SignedKind.DELTA, bytes))
                .build();
    }

    private static byte[] sha256(ByteString bytes) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes.asReadOnlyByteBuffer());
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private List<ManifestSignature> signatures(SignedKind kind, ByteString content) {
        byte[] bytes = content.toByteArray();
        return keys.stream()
                .map(key -> ManifestSignature.newBuilder()
                        .setKeyId(key.id())
                        .setEd25519(ByteString.copyFrom(key.sign(kind, bytes)))
                        .build())
                .toList();
    }

    /** Whether a manifest carries the good signatures of exactly these keys: then there is no reason to sign it anew. */
    public boolean hasSigned(SignedManifest manifest) {
        Map<String, TrustedKey> byId = keys.stream().collect(Collectors.toMap(SigningKey::id, SigningKey::publicKey));
        if (manifest.getSignaturesCount() != byId.size()) {
            return false;
        }
        byte[] bytes = manifest.getManifest().toByteArray();
        for (ManifestSignature signature : manifest.getSignaturesList()) {
            TrustedKey key = byId.remove(signature.getKeyId());
            if (key == null
                    || !key.verifies(
                            SignedKind.SNAPSHOT_MANIFEST,
                            bytes,
                            signature.getEd25519().toByteArray())) {
                return false;
            }
        }
        return true;
    }
}
