/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.install;

import com.google.protobuf.InvalidProtocolBufferException;
import io.tollgate.core.world.WorldFiles;
import io.tollgate.core.world.WorldTables;
import io.tollgate.loader.transfer.RefusedException;
import io.tollgate.loader.transfer.RefusedException.Check;
import io.tollgate.v1.ScopeLevel;
import io.tollgate.v1.ScopeRecord;
import io.tollgate.v1.Section;
import io.tollgate.v1.SectionDescriptor;
import io.tollgate.v1.SnapshotManifest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes the flat files of an installed snapshot anew from its Chronicle Map: after an upgrade that changes their layout, after they were
 * damaged, or when the counters they refer to were reset. The map is checked record by record before anything is made of it. Takes
 * seconds for a million scopes. Loader's thread, before decisions begin.
 */
final class WorldRebuild {
    private static final String WORLD_GLOB = "*.{tgw,tmp}";

    private final InstallContext context;
    private final Path folder;
    private final InstalledMarker marker;

    private record Place(int level, long depth, String path) {}

    WorldRebuild(InstallContext context, Path folder, InstalledMarker marker) {
        this.context = context;
        this.folder = folder;
        this.marker = marker;
    }

    /**
     * Makes the files and the new INSTALLED.
     *
     * @throws DamagedException when the Chronicle Map is not what was written
     */
    void run(WorldTables tables, SnapshotManifest manifest) throws IOException, DamagedException, RefusedException {
        InstalledMarker.SectionEntry entry = directoryEntry(manifest);
        try (var old = Files.newDirectoryStream(folder, WORLD_GLOB)) {
            for (Path each : old) {
                context.storage().delete(each);
            }
        }
        List<InstalledMarker.FileEntry> files = new ArrayList<>();
        for (InstalledMarker.FileEntry each : marker.files()) {
            if (!each.name().endsWith(".tgw")) {
                files.add(each);
            }
        }
        try (SectionMap map = openMap(entry);
                Wallets wallets = new Wallets(spool());
                WorldBuild build =
                        WorldBuild.create(context, folder, tables, entry.records(), () -> null, wallets.spool())) {
            addAll(map, entry, build);
            for (WorldFiles.WorldFile made : build.finish().files()) {
                files.add(new InstalledMarker.FileEntry(made.name(), made.sizeBytes(), made.crc32c()));
            }
        } catch (RuntimeException e) {
            // What Chronicle says when it reads nonsense.
            throw new DamagedException(folder.resolve(entry.fileName()) + " cannot be read: " + e);
        }
        context.cells().sync();
        new InstalledMarker(marker.version(), files, marker.sections()).write(context.storage(), folder);
    }

    /** Closes the scratch file, if there is one. */
    private record Wallets(@Nullable WalletSpool spool) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            if (spool != null) {
                spool.close();
            }
        }
    }

    /** {@return the wallets of the snapshot by scope, or null when it has none} */
    private @Nullable WalletSpool spool() throws IOException, DamagedException, RefusedException {
        for (InstalledMarker.SectionEntry entry : marker.sections()) {
            if (entry.section() == Section.SECTION_WALLET && entry.records() > 0) {
                try (SectionMap map = openMap(entry)) {
                    return spool(map, entry);
                }
            }
        }
        return null;
    }

    private WalletSpool spool(SectionMap map, InstalledMarker.SectionEntry entry)
            throws IOException, DamagedException, RefusedException {
        ContentSum sum = new ContentSum();
        long[] bytes = {0};
        map.<RefusedException>forEach((key, value) -> {
            sum.add(key, value);
            bytes[0] += value.length;
        });
        if (sum.records() != entry.records() || sum.sum() != entry.contentSum()) {
            throw new DamagedException(
                    map.file() + " does not hold the " + entry.records() + " records that were written");
        }
        WalletSpool spool = WalletSpool.create(folder, entry.records(), bytes[0]);
        try {
            map.<RefusedException>forEach(spool::add);
            return spool;
        } catch (IOException | RefusedException | RuntimeException e) {
            spool.close();
            throw e;
        }
    }

    private SectionMap openMap(InstalledMarker.SectionEntry entry) throws DamagedException {
        try {
            return SectionMap.open(folder, entry);
        } catch (IOException e) {
            throw new DamagedException(String.valueOf(e.getMessage()));
        }
    }

    private InstalledMarker.SectionEntry directoryEntry(SnapshotManifest manifest) throws DamagedException {
        for (InstalledMarker.SectionEntry entry : marker.sections()) {
            if (entry.section() == Section.SECTION_DIRECTORY && entry.records() == recordsOf(manifest)) {
                return entry;
            }
        }
        throw new DamagedException(folder + " lists no directory of " + recordsOf(manifest) + " records");
    }

    private static long recordsOf(SnapshotManifest manifest) {
        for (SectionDescriptor descriptor : manifest.getSectionsList()) {
            if (descriptor.getSection() == Section.SECTION_DIRECTORY) {
                return descriptor.getRecordCount();
            }
        }
        return 0;
    }

    /** The map has no order: places first, from the widest, then who is in them. */
    private static void addAll(SectionMap map, InstalledMarker.SectionEntry entry, WorldBuild build)
            throws IOException, DamagedException, RefusedException {
        ContentSum sum = new ContentSum();
        List<Place> places = new ArrayList<>();
        map.<RefusedException>forEach((key, value) -> {
            sum.add(key, value);
            int level = levelOf(key, value);
            if (level < ScopeLevel.SCOPE_LEVEL_PRINCIPAL_VALUE) {
                String path = new String(key, StandardCharsets.UTF_8);
                places.add(new Place(level, path.chars().filter(c -> c == '/').count(), path));
            }
        });
        if (sum.records() != entry.records() || sum.sum() != entry.contentSum()) {
            throw new DamagedException(
                    map.file() + " does not hold the " + entry.records() + " records that were written");
        }
        places.sort(Comparator.comparingInt(Place::level)
                .thenComparingLong(Place::depth)
                .thenComparing(Place::path));
        for (Place place : places) {
            byte[] key = place.path().getBytes(StandardCharsets.UTF_8);
            byte[] value = map.get(key);
            if (value != null) {
                build.add(key, value);
            }
        }
        addLevel(map, ScopeLevel.SCOPE_LEVEL_PRINCIPAL_VALUE, build);
        addLevel(map, ScopeLevel.SCOPE_LEVEL_API_KEY_VALUE, build);
    }

    private static void addLevel(SectionMap map, int level, WorldBuild build) throws IOException, RefusedException {
        map.<RefusedException>forEach((key, value) -> {
            if (levelOf(key, value) == level) {
                build.add(key, value);
            }
        });
    }

    private static int levelOf(byte[] key, byte[] value) throws RefusedException {
        try {
            return ScopeRecord.parseFrom(value).getScope().getLevelValue();
        } catch (InvalidProtocolBufferException e) {
            throw new RefusedException(
                    Check.CONTENT,
                    "directory '" + new String(key, StandardCharsets.UTF_8) + "' does not parse: " + e.getMessage());
        }
    }
}
