/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.transfer;

import io.tollgate.v1.SectionDescriptor;
import io.tollgate.v1.SignedManifest;
import io.tollgate.v1.SnapshotManifest;
import java.util.HexFormat;

/**
 * A manifest that passed every check of {@link ManifestCheck}.
 *
 * @param signed as received
 * @param manifest parsed
 * @param keyId of the trusted key whose signature holds; empty = accepted unsigned
 */
public record VerifiedManifest(SignedManifest signed, SnapshotManifest manifest, String keyId) {
    /** {@return whether a trusted signature holds} */
    public boolean signatureVerified() {
        return !keyId.isEmpty();
    }

    /** {@return epoch and version} */
    public SnapshotVersion version() {
        return new SnapshotVersion(manifest.getEpoch(), manifest.getVersion());
    }

    /** {@return SHA-256 of the manifest, lower-case hex} */
    public String sha256Hex() {
        return HexFormat.of().formatHex(signed.getSha256().toByteArray());
    }

    /** {@return records of all sections} */
    public long recordCount() {
        long count = 0;
        for (SectionDescriptor section : manifest.getSectionsList()) {
            count += section.getRecordCount();
        }
        return count;
    }

    /** {@return inflated bytes of all sections} */
    public long lengthBytes() {
        long length = 0;
        for (SectionDescriptor section : manifest.getSectionsList()) {
            length += section.getLengthBytes();
        }
        return length;
    }

    /** {@return same bytes, hence the same snapshot} */
    public boolean isSameAs(SignedManifest other) {
        return signed.getManifest().equals(other.getManifest());
    }
}
