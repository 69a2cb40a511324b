/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control.publish;

import io.tollgate.control.compiler.CompiledBundle;
import io.tollgate.control.signing.ManifestSigner;
import io.tollgate.v1.CapacityPoolRecord;
import io.tollgate.v1.EntitlementSetRecord;
import io.tollgate.v1.PolicyRecord;
import io.tollgate.v1.PriceBookRecord;
import io.tollgate.v1.ScopeRecord;
import io.tollgate.v1.Section;
import io.tollgate.v1.SnapshotManifest;
import io.tollgate.v1.WalletRecord;
import java.io.IOException;
import java.nio.file.Path;

/** Compiled bundles as snapshot files. */
public final class BundleSnapshots {
    /** Key of the one registry record. */
    public static final String REGISTRY_KEY = "registry";

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
        SnapshotFacts facts = new SnapshotFacts(
                bundle.bundle(),
                version,
                epoch,
                bundle.registry().getVersion(),
                createdAtMs,
                bundle.planeBounds(),
                bundle.sourceDigest(),
                bundle.defaultReservationTtlMs());
        try (SnapshotWriter writer = SnapshotWriter.begin(file, facts, signer)) {
            writer.add(Section.SECTION_REGISTRY, REGISTRY_KEY, bundle.registry());
            for (PolicyRecord policy : bundle.policies()) {
                writer.add(Section.SECTION_POLICY, policy.getScope().getPath(), policy);
            }
            for (EntitlementSetRecord set : bundle.entitlementSets()) {
                writer.add(Section.SECTION_ENTITLEMENT, set.getId(), set);
            }
            for (ScopeRecord scope : bundle.scopes()) {
                writer.add(Section.SECTION_DIRECTORY, scope.getScope().getPath(), scope);
            }
            for (PriceBookRecord book : bundle.commerce().priceBooks()) {
                writer.add(Section.SECTION_PRICE, book.getId(), book);
            }
            for (WalletRecord wallet : bundle.commerce().wallets()) {
                writer.add(Section.SECTION_WALLET, wallet.getId(), wallet);
            }
            for (CapacityPoolRecord pool : bundle.commerce().capacityPools()) {
                writer.add(Section.SECTION_CAPACITY, pool.getId(), pool);
            }
            return writer.finish();
        }
    }
}
