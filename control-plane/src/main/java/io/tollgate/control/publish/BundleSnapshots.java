/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.publish;

import io.tollgate.control.compiler.CompiledBundle;
import io.tollgate.control.signing.ManifestSigner;
import io.tollgate.v1.SnapshotManifest;
import java.io.IOException;
import java.nio.file.Path;

/** Compiled bundles as snapshot files. */
public final class BundleSnapshots {
    /** Key of the one registry record. */
    public static final String REGISTRY_KEY = CompiledBundle.REGISTRY_KEY;

    private BundleSnapshots() {}

    /**
     * Writes a bundle.
     *
     * @param file replaced when it exists
     * @param version from 1
     * @param epoch from 1
     * @param createdAtMs milliseconds since 1970
     * @return the manifest
     */
    public static SnapshotManifest write(CompiledBundle bundle, Path file, long version, long epoch, long createdAtMs)
            throws IOException {
        return write(bundle, file, version, epoch, createdAtMs, ManifestSigner.NONE);
    }

    /** As {@link #write(CompiledBundle, Path, long, long, long)}, signed. */
    public static SnapshotManifest write(
            CompiledBundle bundle, Path file, long version, long epoch, long createdAtMs, ManifestSigner signer)
            throws IOException {
        return write(bundle, file, new Numbers(version, epoch, 0), createdAtMs, signer);
    }

    /** Which snapshot of its bundle it is. */
    record Numbers(long version, long epoch, long deltaSequence) {}

    static SnapshotManifest write(
            CompiledBundle bundle, Path file, Numbers numbers, long createdAtMs, ManifestSigner signer)
            throws IOException {
        SnapshotFacts facts = new SnapshotFacts(
                bundle.bundle(),
                numbers.version(),
                numbers.epoch(),
                bundle.registry().getVersion(),
                createdAtMs,
                bundle.planeBounds(),
                bundle.sourceDigest(),
                bundle.defaultReservationTtlMs(),
                numbers.deltaSequence());
        try (SnapshotWriter writer = SnapshotWriter.begin(file, facts, signer)) {
            bundle.forEachRecord(writer::add);
            return writer.finish();
        }
    }
}
