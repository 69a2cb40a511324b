/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader.install;

import com.google.protobuf.InvalidProtocolBufferException;
import io.tollgate.core.ScopeLevel;
import io.tollgate.core.world.World;
import io.tollgate.core.world.WorldFiles;
import io.tollgate.core.world.WorldTables;
import io.tollgate.core.world.WorldWriter;
import io.tollgate.core.world.WorldWriterSettings;
import io.tollgate.core.world.def.ScopeDef;
import io.tollgate.core.world.def.WalletDef;
import io.tollgate.loader.transfer.RefusedException;
import io.tollgate.loader.transfer.RefusedException.Check;
import io.tollgate.loader.translate.ScopeTranslator;
import io.tollgate.loader.translate.WalletTranslator;
import io.tollgate.v1.ScopeRecord;
import io.tollgate.v1.WalletRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes the flat files of a world from portable records: once while a snapshot is installed, again when only these files have to be made
 * anew. Every mistake of the records is a refusal that names the record. Loader's thread only.
 */
final class WorldBuild implements AutoCloseable {
    private final WorldTables tables;
    private final WorldWriter writer;
    private final RateCarry carry;
    private final @Nullable WalletSpool wallets;

    private WorldBuild(WorldTables tables, WorldWriter writer, RateCarry carry, @Nullable WalletSpool wallets) {
        this.tables = tables;
        this.writer = writer;
        this.carry = carry;
        this.wallets = wallets;
    }

    /**
     * Starts.
     *
     * @param folder gets the files; has none of them yet
     * @param before gives the active world, which may change meanwhile; null = none
     * @param wallets all of the snapshot; null = it has none. Not closed here
     */
    static WorldBuild create(
            InstallContext context,
            Path folder,
            WorldTables tables,
            long expectedScopes,
            Supplier<@Nullable World> before,
            @Nullable WalletSpool wallets)
            throws IOException {
        RateCarry carry = RateCarry.begin(context, before);
        CeilingCells cells = new CeilingCells(tables.registry(), context.cells(), carry);
        WorldWriterSettings settings = new WorldWriterSettings(
                folder,
                expectedScopes,
                context.random().nextLong(),
                context.cells().id());
        return new WorldBuild(tables, WorldWriter.create(settings, tables, cells, cells), carry, wallets);
    }

    WorldTables tables() {
        return tables;
    }

    RateCarry carry() {
        return carry;
    }

    /** Adds a record of the directory; what it refers to was added before. */
    void add(byte[] key, byte[] value) throws IOException, RefusedException {
        String path = new String(key, StandardCharsets.UTF_8);
        try {
            ScopeRecord record = ScopeRecord.parseFrom(value);
            StaticRecords.requireKey(path, record.getScope().getPath(), "directory '" + path + "'");
            writer.add(withWallets(ScopeTranslator.translate(record)));
        } catch (InvalidProtocolBufferException e) {
            throw new RefusedException(Check.CONTENT, "directory '" + path + "' does not parse: " + e.getMessage());
        } catch (UncheckedIOException e) {
            throw new IOException(e.getCause());
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new RefusedException(Check.CONTENT, "directory '" + path + "': " + e.getMessage());
        }
    }

    private ScopeDef withWallets(ScopeDef scope) throws IOException, RefusedException {
        if (wallets == null || scope.level() == ScopeLevel.PRINCIPAL || scope.level() == ScopeLevel.API_KEY) {
            return scope;
        }
        return withWallets(scope, wallets.of(scope.path()));
    }

    /** {@return a scope that pays with these} */
    static ScopeDef withWallets(ScopeDef scope, List<WalletRecord> records) throws RefusedException {
        if (records.isEmpty()) {
            return scope;
        }
        List<WalletDef> defs = new ArrayList<>(records.size());
        for (WalletRecord record : records) {
            defs.add(WalletTranslator.wallet(record));
        }
        return scope.withWallets(defs);
    }

    /** Completes the files; they are on the disk then. */
    WorldFiles finish() throws IOException, RefusedException {
        try {
            return writer.finish();
        } catch (IllegalArgumentException e) {
            throw new RefusedException(Check.CONTENT, String.valueOf(e.getMessage()));
        }
    }

    /** Deletes the files unless they are finished. */
    @Override
    public void close() throws IOException {
        writer.close();
    }
}
