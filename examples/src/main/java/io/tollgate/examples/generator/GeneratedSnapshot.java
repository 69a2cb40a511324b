/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.examples.generator;

import com.google.protobuf.MessageLite;
import io.tollgate.control.publish.BundleSnapshots;
import io.tollgate.control.publish.SnapshotFacts;
import io.tollgate.control.publish.SnapshotWriter;
import io.tollgate.core.Plane;
import io.tollgate.core.world.def.EntitlementSetDef;
import io.tollgate.core.world.def.PoolDef;
import io.tollgate.core.world.def.PriceBookDef;
import io.tollgate.v1.PlaneBound;
import io.tollgate.v1.Section;
import io.tollgate.v1.SnapshotManifest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/** Writes a generated bundle as a portable snapshot file, record by record. */
public final class GeneratedSnapshot {
    private GeneratedSnapshot() {}

    /**
     * Writes.
     *
     * @param bundle      what
     * @param file        replaced when it exists
     * @param identity    the manifest's bundle id and version
     * @param createdAtMs milliseconds since 1970
     * @return the manifest
     * @throws IOException when the disk fails or is full
     */
    public static SnapshotManifest write(
            final GeneratedBundle bundle, final Path file, final Identity identity, final long createdAtMs)
            throws IOException {
        final SnapshotFacts facts = new SnapshotFacts(
                identity.bundle,
                identity.version,
                identity.epoch,
                bundle.registry().version(),
                createdAtMs,
                bounds(identity.maxAgeMs),
                "",
                60_000);
        try (SnapshotWriter writer = SnapshotWriter.begin(file, facts)) {
            writer.add(
                    Section.SECTION_REGISTRY,
                    BundleSnapshots.REGISTRY_KEY,
                    PortableRecords.registry(bundle.registry()));
            bundle.forEachPolicy(
                    policy -> add(writer, Section.SECTION_POLICY, policy.scopePath(), PortableRecords.policy(policy)));
            for (final EntitlementSetDef set : bundle.entitlementSets()) {
                writer.add(Section.SECTION_ENTITLEMENT, set.id(), PortableRecords.entitlementSet(set));
            }
            bundle.forEachScope(
                    scope -> add(writer, Section.SECTION_DIRECTORY, scope.path(), PortableScopes.scope(scope)));
            for (final PriceBookDef book : bundle.priceBooks()) {
                writer.add(Section.SECTION_PRICE, book.id(), PortableCredit.priceBook(book));
            }
            bundle.forEachScope(scope -> scope.holdings()
                    .wallets()
                    .forEach(wallet -> add(
                            writer, Section.SECTION_WALLET, wallet.id(), PortableCredit.wallet(scope.path(), wallet))));
            for (final PoolDef pool : bundle.pools()) {
                writer.add(Section.SECTION_CAPACITY, pool.id(), PortableCredit.pool(pool));
            }
            return writer.finish();
        } catch (final UncheckedIOException e) {
            throw new IOException(e.getCause());
        }
    }

    private static void add(
            final SnapshotWriter writer, final Section section, final String key, final MessageLite record) {
        try {
            writer.add(section, key, record);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<PlaneBound> bounds(final long maxAgeMs) {
        return List.of(Plane.values()).stream()
                .map(plane -> PlaneBound.newBuilder()
                        .setPlaneValue(plane.code())
                        .setMaxAgeMs(maxAgeMs)
                        .build())
                .toList();
    }

    /**
     * Which snapshot it is.
     *
     * @param bundle   its id
     * @param epoch    from 1
     * @param version  from 1
     * @param maxAgeMs how old each plane may be
     */
    public record Identity(String bundle, long epoch, long version, long maxAgeMs) {}
}
