/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.transfer;

import com.google.protobuf.ByteString;
import io.tollgate.core.signing.KeyFormatException;
import io.tollgate.core.signing.SignedKind;
import io.tollgate.core.signing.TrustedKey;
import io.tollgate.loader.transfer.RefusedException.Check;
import io.tollgate.v1.ManifestSignature;
import io.tollgate.v1.SignedDelta;
import io.tollgate.v1.SignedManifest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The public keys that this sidecar trusts, from one PEM file. Several are valid at once, so that keys can be rotated; a changed file
 * counts without a restart. A signature of a trusted key must hold; those of other keys are not looked at.
 *
 * <p>Unsigned manifests are refused, unless that was allowed for development: then what no trusted key has signed passes as unsigned, and a
 * signature of a trusted key that does not hold is refused still.
 *
 * <p>Threading: any thread; the keys in force are one immutable map, replaced as a whole.
 */
public final class TrustedKeys implements ManifestVerifier {
    private static final System.Logger LOG = System.getLogger("tollgate.loader.transfer");
    private static final int MAX_SIGNATURES = 16;
    private static final long MAX_FILE_BYTES = 64 << 10;

    private final @Nullable Path file;
    private final boolean allowUnsigned;
    private volatile Keys keys;
    private String lastTrouble = "";

    /** The keys by id, and the file that they were read from, as it was then. */
    private record Keys(Map<String, TrustedKey> byId, Stamp stamp, long generation) {}

    private record Stamp(long modifiedNs, long sizeBytes, @Nullable Object fileKey) {
        static final Stamp NONE = new Stamp(0, 0, null);

        static Stamp of(Path file) throws IOException {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Stamp(
                    attributes.lastModifiedTime().to(java.util.concurrent.TimeUnit.NANOSECONDS),
                    attributes.size(),
                    attributes.fileKey());
        }
    }

    private TrustedKeys(@Nullable Path file, boolean allowUnsigned, Keys keys) {
        this.file = file;
        this.allowUnsigned = allowUnsigned;
        this.keys = keys;
    }

    /**
     * Reads the keys.
     *
     * @param file PEM with PUBLIC KEY blocks; null = none, which needs allowUnsigned
     * @param allowUnsigned for development
     * @throws IOException when the file cannot be read or holds something else; the message says what to do
     */
    public static TrustedKeys open(@Nullable Path file, boolean allowUnsigned) throws IOException {
        if (file == null) {
            if (!allowUnsigned) {
                throw new IOException(
                        "whom to trust? trust.keys is empty: name a PEM file with the control plane's public"
                                + " key (tollgate keys generate makes a pair). For development only: trust.unsigned: allow");
            }
            return new TrustedKeys(null, true, new Keys(Map.of(), Stamp.NONE, 0));
        }
        try {
            return new TrustedKeys(file, allowUnsigned, read(file, 0));
        } catch (KeyFormatException e) {
            throw new IOException(e.reason(), e);
        }
    }

    private static Keys read(Path file, long generation) throws IOException, KeyFormatException {
        String origin = "trust.keys " + file;
        try {
            Stamp stamp = Stamp.of(file);
            if (stamp.sizeBytes > MAX_FILE_BYTES) {
                throw new IOException(origin + " has more than " + MAX_FILE_BYTES + " bytes and is no file of keys");
            }
            Map<String, TrustedKey> byId = new LinkedHashMap<>();
            for (TrustedKey key : TrustedKey.parseAll(Files.readString(file, StandardCharsets.UTF_8), origin)) {
                byId.put(key.id(), key);
            }
            return new Keys(Map.copyOf(byId), stamp, generation);
        } catch (java.nio.charset.CharacterCodingException e) {
            throw new IOException(origin + " is no text", e);
        } catch (java.nio.file.NoSuchFileException e) {
            throw new IOException(origin + " does not exist", e);
        }
    }

    /** Looks whether the file has changed, and takes over its keys; keeps the ones in force when it cannot be used, and says so. */
    private Keys current() {
        Path watched = file;
        return watched == null ? keys : refreshed(watched);
    }

    private synchronized Keys refreshed(Path watched) {
        Keys now = keys;
        try {
            if (Stamp.of(watched).equals(now.stamp)) {
                return now;
            }
            Keys read = read(watched, now.generation + 1);
            LOG.log(System.Logger.Level.INFO, "trust.keys " + watched + " has changed; trusted are now " + ids(read));
            lastTrouble = "";
            keys = read;
            return read;
        } catch (IOException | KeyFormatException e) {
            String trouble =
                    "trust.keys " + watched + " cannot be used now, the keys read before stay: " + e.getMessage();
            if (!trouble.equals(lastTrouble)) {
                lastTrouble = trouble;
                LOG.log(System.Logger.Level.WARNING, trouble);
            }
            return now;
        }
    }

    private static String ids(Keys keys) {
        return keys.byId.keySet().stream().sorted().collect(Collectors.joining(", "));
    }

    @Override
    public String verify(SignedManifest manifest) throws RefusedException {
        return verify(
                SignedKind.SNAPSHOT_MANIFEST, manifest.getManifest(), manifest.getSignaturesList(), "the snapshot");
    }

    @Override
    public String verify(SignedDelta delta) throws RefusedException {
        return verify(SignedKind.DELTA, delta.getDelta(), delta.getSignaturesList(), "the delta");
    }

    @Override
    public long generation() {
        return current().generation;
    }

    /** {@return whether what is unsigned passes} */
    public boolean allowsUnsigned() {
        return allowUnsigned;
    }

    /**
     * Looks at signatures.
     *
     * @param content the exact bytes
     * @param what for messages: "the snapshot"
     * @return id of the trusted key whose signature holds; empty = accepted without one
     * @throws RefusedException when it must not be used
     */
    public String verify(SignedKind kind, ByteString content, List<ManifestSignature> signatures, String what)
            throws RefusedException {
        Keys trusted = current();
        if (signatures.size() > MAX_SIGNATURES) {
            throw new RefusedException(
                    Check.LIMIT, what + " carries " + signatures.size() + " signatures, at most " + MAX_SIGNATURES);
        }
        byte[] bytes = content.toByteArray();
        String holder = "";
        for (ManifestSignature signature : signatures) {
            TrustedKey key = trusted.byId.get(signature.getKeyId());
            if (key == null) {
                continue;
            }
            if (!key.verifies(kind, bytes, signature.getEd25519().toByteArray())) {
                throw new RefusedException(
                        Check.SIGNATURE,
                        what + " carries a signature of key " + key.id()
                                + " that does not hold: it was changed after it"
                                + " was signed, or signed by somebody else");
            }
            holder = holder.isEmpty() ? key.id() : holder;
        }
        if (holder.isEmpty() && !allowUnsigned) {
            throw new RefusedException(Check.SIGNATURE, what + ' ' + nobody(signatures, trusted));
        }
        return holder;
    }

    private static String nobody(List<ManifestSignature> signatures, Keys trusted) {
        if (signatures.isEmpty()) {
            return "is not signed, and trust.unsigned is refuse: give the publisher a signing key (signing.keys, or"
                    + " tollgate compile --sign-key)";
        }
        return "is signed by "
                + signatures.stream()
                        .map(ManifestSignature::getKeyId)
                        .map(TrustedKeys::printable)
                        .collect(Collectors.joining(", "))
                + ", trusted are " + ids(trusted) + " (trust.keys): the key was removed, or never added";
    }

    /** A key id of somebody who is not trusted goes to a log. */
    private static String printable(String id) {
        return id.matches("[A-Za-z0-9._-]{1,64}") ? id : "a key without a proper id";
    }
}
