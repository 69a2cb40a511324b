/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.delta;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.tollgate.core.digest.StateDigest;
import io.tollgate.loader.delta.DeltaRefusedException.Cause;
import io.tollgate.loader.transfer.Digests;
import io.tollgate.loader.transfer.ManifestCheck;
import io.tollgate.loader.transfer.ManifestVerifier;
import io.tollgate.loader.transfer.RefusedException;
import io.tollgate.v1.Delta;
import io.tollgate.v1.DeltaChange;
import io.tollgate.v1.Section;
import io.tollgate.v1.SignedDelta;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;

/**
 * Every check that a delta alone allows: size, digest, signature, then layout, bundle, and the limits of its changes. Nothing is parsed
 * before the signature holds. Whether it fits what is installed is {@link DeltaState#next}.
 */
public final class DeltaCheck {
    private final String bundle;
    private final DeltaLimits limits;
    private final ManifestVerifier verifier;

    /** A check for one bundle. */
    public DeltaCheck(String bundle, DeltaLimits limits, ManifestVerifier verifier) {
        this.bundle = bundle;
        this.limits = limits;
        this.verifier = verifier;
    }

    /**
     * Checks and parses.
     *
     * @throws DeltaRefusedException when any check fails
     */
    public VerifiedDelta check(SignedDelta signed) throws DeltaRefusedException {
        ByteString bytes = signed.getDelta();
        if (bytes.size() > limits.maxDeltaBytes()) {
            throw refused(Cause.LIMIT, "a delta of " + bytes.size() + " bytes, at most " + limits.maxDeltaBytes());
        }
        byte[] digest = Digests.sha256().digest(bytes.toByteArray());
        if (!MessageDigest.isEqual(digest, signed.getSha256().toByteArray())) {
            throw refused(
                    Cause.DIGEST,
                    "the delta's SHA-256 is " + HexFormat.of().formatHex(digest) + ", it says "
                            + HexFormat.of()
                                    .formatHex(signed.getSha256()
                                            .substring(
                                                    0,
                                                    Math.min(
                                                            32,
                                                            signed.getSha256().size()))
                                            .toByteArray()));
        }
        String keyId = requireTrusted(signed);
        Delta delta;
        try {
            delta = Delta.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw refused(Cause.MALFORMED, "the delta does not parse: " + e.getMessage());
        }
        checkIdentity(delta);
        checkChanges(delta);
        return new VerifiedDelta(signed, delta, keyId);
    }

    /**
     * Looks at the signatures of a delta again that was checked before: keys may have been removed since.
     *
     * @return id of the trusted key whose signature holds; empty = accepted without one
     * @throws DeltaRefusedException when nobody who is trusted now has signed it
     */
    public String requireTrusted(SignedDelta signed) throws DeltaRefusedException {
        try {
            return verifier.verify(signed);
        } catch (RefusedException e) {
            throw refused(e.check() == RefusedException.Check.LIMIT ? Cause.LIMIT : Cause.SIGNATURE, e.reason());
        }
    }

    private void checkIdentity(Delta delta) throws DeltaRefusedException {
        String where = where(delta);
        if (delta.getSchemaVersion() != ManifestCheck.SCHEMA_VERSION) {
            throw refused(
                    Cause.SCHEMA,
                    where + " has records of schema version " + Integer.toUnsignedString(delta.getSchemaVersion())
                            + ", this sidecar reads " + ManifestCheck.SCHEMA_VERSION);
        }
        if (!delta.getBundle().equals(bundle)) {
            throw refused(
                    Cause.BUNDLE,
                    where + " is of bundle '" + delta.getBundle() + "', this sidecar subscribes to '" + bundle + "'");
        }
        if (delta.getEpoch() == 0 || delta.getSequence() == 0) {
            throw refused(Cause.MALFORMED, "epoch and sequence of a delta must not be 0");
        }
        if (delta.getStateDigest().size() != StateDigest.BYTES
                || delta.getPreviousStateDigest().size() != StateDigest.BYTES) {
            throw refused(Cause.MALFORMED, where + ": its state digests are not " + StateDigest.BYTES + " bytes each");
        }
    }

    private void checkChanges(Delta delta) throws DeltaRefusedException {
        if (delta.getChangesCount() > limits.maxChanges()) {
            throw refused(
                    Cause.LIMIT,
                    where(delta) + " has " + delta.getChangesCount() + " changes, at most " + limits.maxChanges());
        }
        Set<RecordKey> seen = new HashSet<>();
        for (int i = 0; i < delta.getChangesCount(); i++) {
            DeltaChange change = delta.getChanges(i);
            String where = where(delta) + ", change " + i;
            Section section = change.getSection();
            if (section == Section.UNRECOGNIZED || section == Section.SECTION_UNSPECIFIED) {
                throw refused(Cause.MALFORMED, where + ": section number " + change.getSectionValue() + " is unknown");
            }
            int keyBytes = change.getKey().size();
            if (keyBytes == 0 || keyBytes > limits.maxKeyBytes()) {
                throw refused(Cause.LIMIT, where + ": a key of " + keyBytes + " bytes, 1 to " + limits.maxKeyBytes());
            }
            if (change.getValue().size() > limits.maxValueBytes()) {
                throw refused(
                        Cause.LIMIT,
                        where + ": a record of " + change.getValue().size() + " bytes, at most "
                                + limits.maxValueBytes());
            }
            if (change.getRemove() && !change.getValue().isEmpty()) {
                throw refused(Cause.MALFORMED, where + " removes a record and has a value for it");
            }
            if (!seen.add(RecordKey.of(change))) {
                throw refused(Cause.MALFORMED, where + " changes a record again that was changed before");
            }
        }
    }

    private static String where(Delta delta) {
        return "delta " + Long.toUnsignedString(delta.getSequence());
    }

    private static DeltaRefusedException refused(Cause cause, String reason) {
        return new DeltaRefusedException(cause, reason);
    }
}
