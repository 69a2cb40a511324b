/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.install;

import io.tollgate.core.world.World;
import io.tollgate.core.world.WorldTables;
import io.tollgate.loader.transfer.ManifestCheck;
import io.tollgate.loader.transfer.RefusedException;
import io.tollgate.loader.transfer.SnapshotVersion;
import io.tollgate.loader.transfer.VerifiedManifest;
import io.tollgate.v1.SignedManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Opens what a former run has installed: the newest folder whose every immutable file is what was written. Chronicle Map is not touched,
 * unless only the flat files have to be made anew. A damaged folder is set aside and the next older one is tried; what is missing then
 * comes from the control plane again. Nothing is ever repaired.
 *
 * <p>Loader's thread, before decisions begin.
 */
public final class SnapshotOpener {
    private static final System.Logger LOG = System.getLogger("tollgate.loader.install");
    private static final String WORLD_SUFFIX = ".tgw";

    private final InstallContext context;
    private final ManifestCheck check;
    private final List<String> passedOver = new ArrayList<>();

    /** An opener. */
    public SnapshotOpener(InstallContext context, ManifestCheck check) {
        this.context = context;
        this.check = check;
    }

    /**
     * Opens the newest usable snapshot.
     *
     * @return null when there is none
     * @throws IOException when the state directory itself cannot be used
     */
    public @Nullable InstalledSnapshot openNewest() throws IOException {
        int removed = context.directory().removeUnfinished();
        if (removed > 0) {
            LOG.log(System.Logger.Level.INFO, "removed {0} half-installed snapshots", removed);
        }
        for (Path folder : context.directory().folders()) {
            try {
                return open(folder);
            } catch (DamagedException e) {
                setAside(folder, e.reason());
            } catch (RefusedException e) {
                setAside(folder, e.reason());
            } catch (NoSuchFileException e) {
                setAside(folder, e.getFile() + " is missing");
            } catch (IOException e) {
                LOG.log(
                        System.Logger.Level.ERROR,
                        "installed snapshot " + folder.getFileName() + " cannot be opened now and is passed over: "
                                + e);
            }
        }
        return null;
    }

    /** {@return why the snapshots found were not used, newest first; for an operator} */
    public List<String> passedOver() {
        return List.copyOf(passedOver);
    }

    private void setAside(Path folder, String reason) throws IOException {
        Path where = context.directory().setAside(folder);
        passedOver.add("installed snapshot " + folder.getFileName() + ": " + reason);
        LOG.log(
                System.Logger.Level.WARNING,
                "installed snapshot " + folder.getFileName() + " is of no use and will be fetched again: " + reason
                        + "; it lies in " + where + " for diagnosis");
    }

    private InstalledSnapshot open(Path folder) throws IOException, DamagedException, RefusedException {
        InstalledMarker marker = InstalledMarker.read(folder);
        SnapshotVersion named = StateDirectory.versionOf(folder).orElse(SnapshotVersion.NONE);
        if (!marker.version().equals(named)) {
            throw new DamagedException(folder + " holds snapshot " + marker.version());
        }
        for (InstalledMarker.FileEntry file : marker.files()) {
            if (!file.name().endsWith(WORLD_SUFFIX)) {
                FileSums.check(folder, file);
            }
        }
        VerifiedManifest manifest = readManifest(folder);
        if (!manifest.version().equals(named)) {
            throw new DamagedException(folder + " holds the manifest of snapshot " + manifest.version());
        }
        StaticRecords statics = readStatics(folder);
        WorldTables tables = statics.compile(new PoolCells(context.cells()));
        World world;
        try {
            world = openWorld(folder, marker, manifest, tables);
        } catch (DamagedException | IOException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the flat files of snapshot " + named + " are made anew from its Chronicle Map: " + e.getMessage());
            new WorldRebuild(context, folder, marker).run(tables, manifest.manifest());
            world = World.open(folder, tables, context.factsOf(manifest), World.Check.HEADS);
        }
        context.setPeriods(world);
        return new InstalledSnapshot(folder, manifest, world);
    }

    private World openWorld(Path folder, InstalledMarker marker, VerifiedManifest manifest, WorldTables tables)
            throws IOException, DamagedException {
        for (InstalledMarker.FileEntry file : marker.files()) {
            if (file.name().endsWith(WORLD_SUFFIX)) {
                FileSums.check(folder, file);
            }
        }
        World world = World.open(folder, tables, context.factsOf(manifest), World.Check.HEADS);
        if (world.cellStoreId() != context.cells().id()) {
            world.close();
            throw new DamagedException(folder + " refers to counters that were set aside");
        }
        return world;
    }

    private VerifiedManifest readManifest(Path folder) throws IOException, RefusedException {
        return check.check(SignedManifest.parseFrom(Files.readAllBytes(folder.resolve(Installation.MANIFEST_FILE))));
    }

    static StaticRecords readStatics(Path folder) throws IOException, DamagedException, RefusedException {
        StaticRecords statics = new StaticRecords();
        StaticFile.read(folder, statics::add);
        return statics;
    }
}
