/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.transfer;

import com.google.protobuf.InvalidProtocolBufferException;
import io.tollgate.loader.transfer.RefusedException.Check;
import io.tollgate.v1.Plane;
import io.tollgate.v1.PlaneBound;
import io.tollgate.v1.Section;
import io.tollgate.v1.SectionDescriptor;
import io.tollgate.v1.SignedManifest;
import io.tollgate.v1.SnapshotManifest;
import java.security.MessageDigest;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Set;

/**
 * Every check that a manifest alone allows: digest, signature, layout, bundle, and limits. Whether it is newer than what is installed is
 * {@link #requireNewer}.
 */
public final class ManifestCheck {
    /** The layout of records that this version reads. */
    public static final int SCHEMA_VERSION = 1;

    private static final int SHA256_BYTES = 32;

    private final String bundle;
    private final TransferLimits limits;
    private final ManifestVerifier verifier;
    private SnapshotVersion oldest = SnapshotVersion.NONE;

    /**
     * A check for one bundle.
     *
     * @param bundle what this sidecar subscribes to
     */
    public ManifestCheck(String bundle, TransferLimits limits, ManifestVerifier verifier) {
        this.bundle = bundle;
        this.limits = limits;
        this.verifier = verifier;
    }

    /**
     * Sets the oldest version that is ever taken, whatever was installed here; {@link SnapshotVersion#NONE} unless set. Once, before the
     * first check.
     */
    public ManifestCheck notBelow(SnapshotVersion version) {
        oldest = version;
        return this;
    }

    /**
     * Checks and parses.
     *
     * @throws RefusedException when any check fails
     */
    public VerifiedManifest check(SignedManifest signed) throws RefusedException {
        if (signed.getManifest().size() > limits.maxManifestBytes()) {
            throw new RefusedException(
                    Check.LIMIT,
                    "manifest of " + signed.getManifest().size() + " bytes, at most " + limits.maxManifestBytes());
        }
        byte[] digest = Digests.sha256().digest(signed.getManifest().toByteArray());
        if (!MessageDigest.isEqual(digest, signed.getSha256().toByteArray())) {
            throw new RefusedException(
                    Check.MANIFEST_DIGEST,
                    "the manifest's SHA-256 is " + HexFormat.of().formatHex(digest) + ", it says "
                            + HexFormat.of().formatHex(signed.getSha256().toByteArray()));
        }
        String keyId = verifier.verify(signed);
        SnapshotManifest manifest = parse(signed);
        checkIdentity(manifest);
        checkSections(manifest);
        checkBounds(manifest);
        SnapshotVersion version = new SnapshotVersion(manifest.getEpoch(), manifest.getVersion());
        if (oldest.isNewerThan(version)) {
            throw new RefusedException(
                    Check.ROLLBACK, "snapshot " + version + " is older than trust.oldest_version, " + oldest);
        }
        return new VerifiedManifest(signed, manifest, keyId);
    }

    /**
     * Looks at the signatures of a manifest again that was checked before: keys may have been removed since.
     *
     * @throws RefusedException when nobody who is trusted now has signed it
     */
    public void requireTrusted(VerifiedManifest manifest) throws RefusedException {
        verifier.verify(manifest.signed());
    }

    /** {@return grows when {@link #requireTrusted} may answer otherwise than before} */
    public long trustGeneration() {
        return verifier.generation();
    }

    /**
     * Refuses what is older than the installed snapshot, and what carries the same version with other content.
     *
     * @param installed what is installed; {@link SnapshotVersion#NONE} = nothing
     * @param installedSha256Hex its manifest's digest; empty = nothing
     * @param highest the newest version that ever was installed: nothing older is taken, even when it is no longer there
     * @return true = newer; false = exactly what is installed
     * @throws RefusedException on a rollback or a conflict
     */
    public static boolean requireNewer(
            VerifiedManifest offered, SnapshotVersion installed, String installedSha256Hex, SnapshotVersion highest)
            throws RefusedException {
        if (highest.isNewerThan(offered.version())) {
            throw rollback(offered, highest);
        }
        if (offered.version().isNewerThan(installed)) {
            return true;
        }
        if (offered.version().equals(installed)) {
            if (offered.sha256Hex().equals(installedSha256Hex)) {
                return false;
            }
            throw new RefusedException(
                    Check.CONFLICT,
                    "snapshot " + offered.version() + " is installed with manifest " + installedSha256Hex
                            + ", the control plane offers manifest " + offered.sha256Hex()
                            + " under the same version; it must publish a higher version or epoch");
        }
        throw rollback(offered, installed);
    }

    private static RefusedException rollback(VerifiedManifest offered, SnapshotVersion seen) {
        return new RefusedException(
                Check.ROLLBACK,
                "the control plane offers snapshot " + offered.version() + ", " + seen
                        + " was installed here; versions never go back: a control plane that lost its history must raise"
                        + " its epoch above " + Long.toUnsignedString(seen.epoch()));
    }

    private static SnapshotManifest parse(SignedManifest signed) throws RefusedException {
        try {
            return SnapshotManifest.parseFrom(signed.getManifest());
        } catch (InvalidProtocolBufferException e) {
            throw new RefusedException(Check.MALFORMED, "the manifest does not parse: " + e.getMessage());
        }
    }

    private void checkIdentity(SnapshotManifest manifest) throws RefusedException {
        if (manifest.getSchemaVersion() != SCHEMA_VERSION) {
            throw new RefusedException(
                    Check.SCHEMA,
                    "snapshot records have schema version " + Integer.toUnsignedString(manifest.getSchemaVersion())
                            + ", this sidecar reads " + SCHEMA_VERSION + "; upgrade the older of the two");
        }
        if (!manifest.getBundle().equals(bundle)) {
            throw new RefusedException(
                    Check.BUNDLE,
                    "the snapshot is of bundle '" + manifest.getBundle() + "', this sidecar subscribes to '" + bundle
                            + "'");
        }
        if (manifest.getEpoch() == 0 || manifest.getVersion() == 0) {
            throw new RefusedException(Check.MALFORMED, "epoch and version must not be 0");
        }
    }

    private void checkSections(SnapshotManifest manifest) throws RefusedException {
        Set<Section> seen = EnumSet.noneOf(Section.class);
        Budget records = new Budget("records", limits.maxRecords());
        Budget bytes = new Budget("bytes", limits.maxTotalBytes());
        Budget chunks = new Budget("chunks", limits.maxChunks());
        for (SectionDescriptor descriptor : manifest.getSectionsList()) {
            Section section = descriptor.getSection();
            if (section == Section.UNRECOGNIZED || section == Section.SECTION_UNSPECIFIED || !seen.add(section)) {
                throw new RefusedException(
                        Check.MALFORMED,
                        "section number " + descriptor.getSectionValue() + " is unknown or listed twice");
            }
            if (descriptor.getSha256().size() != SHA256_BYTES) {
                throw new RefusedException(Check.MALFORMED, section + ": its digest is not " + SHA256_BYTES + " bytes");
            }
            records.take(section, descriptor.getRecordCount());
            bytes.take(section, descriptor.getLengthBytes());
            chunks.take(section, descriptor.getChunkCount());
        }
        if (chunks.taken != manifest.getChunkCount()) {
            throw new RefusedException(
                    Check.COUNT,
                    "the manifest counts " + Long.toUnsignedString(manifest.getChunkCount()) + " chunks, its sections "
                            + chunks.taken);
        }
        for (Section needed : new Section[] {Section.SECTION_REGISTRY, Section.SECTION_DIRECTORY}) {
            if (!seen.contains(needed)) {
                throw new RefusedException(Check.MALFORMED, needed + " is missing");
            }
        }
    }

    private static void checkBounds(SnapshotManifest manifest) throws RefusedException {
        Set<Plane> seen = EnumSet.noneOf(Plane.class);
        for (PlaneBound bound : manifest.getPlaneBoundsList()) {
            Plane plane = bound.getPlane();
            if (plane == Plane.UNRECOGNIZED || plane == Plane.PLANE_UNSPECIFIED || !seen.add(plane)) {
                throw new RefusedException(
                        Check.MALFORMED, "plane number " + bound.getPlaneValue() + " is unknown or bounded twice");
            }
            if (bound.getMaxAgeMs() <= 0) {
                throw new RefusedException(
                        Check.MALFORMED,
                        plane + ": max_age_ms is " + Long.toUnsignedString(bound.getMaxAgeMs()) + ", must be from 1 to "
                                + Long.MAX_VALUE);
            }
        }
    }

    /** Adds up unsigned counts against a limit, so that nothing wraps. */
    private static final class Budget {
        private final String what;
        private final long limit;
        private long taken;

        Budget(String what, long limit) {
            this.what = what;
            this.limit = limit;
        }

        void take(Section section, long count) throws RefusedException {
            if (count < 0 || count > limit - taken) {
                throw new RefusedException(
                        Check.LIMIT,
                        section + ": " + Long.toUnsignedString(count) + " " + what + " on top of " + taken
                                + " pass the limit of " + limit);
            }
            taken += count;
        }
    }
}
