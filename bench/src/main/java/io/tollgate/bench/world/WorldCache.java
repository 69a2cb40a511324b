/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.world;

import io.tollgate.core.engine.RateWords;
import io.tollgate.core.quota.CellStore;
import io.tollgate.core.world.WorldTables;
import io.tollgate.core.world.WorldWriter;
import io.tollgate.core.world.WorldWriterSettings;
import io.tollgate.core.world.def.PolicyDef;
import io.tollgate.core.world.def.ScopeDef;
import io.tollgate.examples.generator.GeneratedBundle;
import io.tollgate.examples.generator.GeneratedShape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * The mapped files of generated worlds, in a folder per shape:
 * <pre>
 *   DONE       written last; what the world was generated from, so that changed code builds anew
 *   world/     WorldWriter's files
 *   cells/     CellStore; the counters live on from fork to fork
 * </pre>
 * One process at a time builds or asks; the others wait at a lock file.
 */
final class WorldCache {
    private static final String DONE = "DONE";
    private static final int CEILINGS_OF_SCOPE = 3;

    private final Path root;

    WorldCache(final Path root) {
        this.root = root;
    }

    /** {@return the cache of this machine: system property tollgate.bench.worlds, else bench/target/worlds of the checkout} */
    static WorldCache ofThisMachine() {
        final String folder = System.getProperty("tollgate.bench.worlds");
        return new WorldCache(
                folder != null
                        ? Path.of(folder)
                        : Path.of(System.getProperty("tollgate.root", "."), "bench", "target", "worlds"));
    }

    /** {@return the small tables, which are compiled in every process} */
    static WorldTables tables(final GeneratedBundle bundle) {
        final List<PolicyDef> policies = new ArrayList<>();
        bundle.forEachPolicy(policies::add);
        return WorldTables.compile(bundle.registry(), policies, bundle.entitlementSets())
                .withPrices(bundle.priceBooks());
    }

    /** {@return a folder with the files of this world, built when they are missing or of another generator} */
    Path folder(final GeneratedBundle bundle, final CeilingChoice choice, final WorldTables tables) throws IOException {
        final GeneratedShape shape = bundle.shape();
        final String name = String.format(
                Locale.ROOT,
                "%d-%d-%d-%s",
                shape.principals(),
                shape.seed(),
                shape.stamp(),
                choice.name().toLowerCase(Locale.ROOT));
        Files.createDirectories(root);
        try (FileChannel channel =
                        FileChannel.open(root.resolve("LOCK"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            final Path folder = root.resolve(name);
            final String source = source(bundle);
            if (!lock.isValid()) {
                throw new IOException("lost the lock of " + root);
            }
            if (!isDone(folder, source)) {
                build(bundle, choice, tables, folder);
                Files.writeString(folder.resolve(DONE), source);
            }
            return folder;
        }
    }

    /** Forgets a world that cannot be opened (another layout), so that the next ask builds it anew. */
    void forget(final Path folder) throws IOException {
        Folders.delete(folder);
    }

    private static boolean isDone(final Path folder, final String source) throws IOException {
        final Path done = folder.resolve(DONE);
        return Files.exists(done) && Files.readString(done).equals(source);
    }

    private static void build(
            final GeneratedBundle bundle, final CeilingChoice choice, final WorldTables tables, final Path folder)
            throws IOException {
        final long beganNs = System.nanoTime();
        final Path fresh = folder.resolveSibling(folder.getFileName() + ".new");
        Folders.delete(fresh);
        final Path world = Files.createDirectories(fresh.resolve("world"));
        final long scopes = bundle.shape().scopes();
        try (CellStore cells =
                CellStore.open(fresh.resolve("cells"), bundle.shape().principals())) {
            cells.expect(scopes * CEILINGS_OF_SCOPE);
            final WorldWriterSettings settings = new WorldWriterSettings(world, scopes, beganNs, cells.id());
            try (WorldWriter writer = WorldWriter.create(
                    settings, tables, new StoreBinder(tables.registry(), cells), RateWords.INLINER)) {
                bundle.forEachScope(scope -> add(writer, choice.of(scope)));
                writer.finish();
            }
        } catch (final UncheckedIOException e) {
            throw new IOException(e.getCause());
        }
        Folders.delete(folder);
        Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
        System.err.printf(
                Locale.ROOT, "built %s: %,d scopes in %.1f s%n", folder, scopes, (System.nanoTime() - beganNs) / 1e9);
    }

    private static void add(final WorldWriter writer, final ScopeDef scope) {
        try {
            writer.add(scope);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a world is made of: the shape, and the code that generates and writes it. */
    private static String source(final GeneratedBundle bundle) throws IOException {
        final CRC32C sum = new CRC32C();
        for (final Class<?> maker : List.of(WorldWriter.class, GeneratedBundle.class, WorldCache.class)) {
            addCode(sum, maker);
        }
        return bundle.shape() + " by code " + Long.toHexString(sum.getValue()) + "\n";
    }

    /** Adds every class of the folder or jar that a class came from. */
    private static void addCode(final CRC32C sum, final Class<?> maker) throws IOException {
        final Path code;
        try {
            code = Path.of(
                    maker.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (final URISyntaxException e) {
            throw new IOException("cannot tell where " + maker + " comes from", e);
        }
        try (Stream<Path> files = Files.walk(code)) {
            for (final Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                sum.update(Files.readAllBytes(file));
            }
        }
    }
}
