/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.install;

import io.tollgate.core.world.World;
import io.tollgate.loader.transfer.RefusedException;
import io.tollgate.loader.transfer.VerifiedManifest;
import io.tollgate.v1.Section;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a world straight out of records, with the parts of {@link Installation} but without what lasts: no transfer, no Chronicle Map, no
 * INSTALLED. For asking a bundle offline; holds the whole directory on the heap meanwhile. One thread.
 */
public final class DirectInstallation implements AutoCloseable {
    private final InstallContext context;
    private final VerifiedManifest manifest;
    private final @Nullable World before;
    private final Path folder;
    private final StaticRecords statics = new StaticRecords();
    private final List<Entry> scopes = new ArrayList<>();
    private final List<Entry> wallets = new ArrayList<>();
    private @Nullable WorldBuild build;

    private record Entry(byte[] key, byte[] value) {}

    /**
     * Starts.
     *
     * @param folder gets the world's files; emptied
     * @param before the active world, whose rates are carried over; null = none
     */
    public DirectInstallation(InstallContext context, Path folder, VerifiedManifest manifest, @Nullable World before)
            throws IOException {
        this.context = context;
        this.manifest = manifest;
        this.before = before;
        this.folder = folder;
        context.storage().delete(folder);
        context.storage().createDirectories(folder);
    }

    /**
     * Takes the next record, in the order of a snapshot.
     *
     * @throws RefusedException naming the record that makes no sense
     */
    public void add(Section section, byte[] key, byte[] value) throws RefusedException {
        if (section == Section.SECTION_DIRECTORY) {
            scopes.add(new Entry(key, value));
        } else if (section == Section.SECTION_WALLET) {
            wallets.add(new Entry(key, value));
        } else {
            statics.add(section, key, value);
        }
    }

    /**
     * Makes the world after the last record; its owner closes it.
     *
     * @throws RefusedException when the records contradict one another
     */
    public World finish() throws IOException, RefusedException {
        try (WalletSpool spool = spool()) {
            return finish(spool);
        }
    }

    private WalletSpool spool() throws IOException, RefusedException {
        long bytes = 0;
        for (Entry wallet : wallets) {
            bytes += wallet.value().length;
        }
        WalletSpool spool = WalletSpool.create(folder, wallets.size(), bytes);
        try {
            for (Entry wallet : wallets) {
                spool.add(wallet.key(), wallet.value());
            }
            return spool;
        } catch (IOException | RefusedException | RuntimeException e) {
            spool.close();
            throw e;
        }
    }

    private World finish(WalletSpool spool) throws IOException, RefusedException {
        WorldBuild making = WorldBuild.create(
                context, folder, statics.compile(new PoolCells(context.cells())), scopes.size(), () -> before, spool);
        build = making;
        for (Entry scope : scopes) {
            making.add(scope.key(), scope.value());
        }
        making.finish();
        World world = World.open(folder, making.tables(), context.factsOf(manifest), World.Check.HEADS);
        try {
            statics.requireScopes(path -> world.findPath(path) != World.NOT_FOUND);
            spool.requireScopes(path -> world.findPath(path) != World.NOT_FOUND);
            context.setPeriods(world);
            making.carry().beforeActivation(context.epochNs());
        } catch (RefusedException | RuntimeException e) {
            world.close();
            throw e;
        }
        return world;
    }

    /** Removes what is unfinished. */
    @Override
    public void close() throws IOException {
        if (build != null) {
            build.close();
        }
    }
}
