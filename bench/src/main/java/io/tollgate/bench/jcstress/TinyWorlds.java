/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.jcstress;

import io.tollgate.bench.world.Folders;
import io.tollgate.core.engine.RateWords;
import io.tollgate.core.world.World;
import io.tollgate.core.world.WorldFacts;
import io.tollgate.core.world.WorldTables;
import io.tollgate.core.world.WorldWriter;
import io.tollgate.core.world.WorldWriterSettings;
import io.tollgate.core.world.def.PolicyDef;
import io.tollgate.core.world.def.ScopeDef;
import io.tollgate.examples.generator.GeneratedBundle;
import io.tollgate.examples.generator.GeneratedShape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One principal's world on disk, written once per process and opened as often as wanted. */
final class TinyWorlds {
    private static final WorldTables TABLES;
    private static final Path FOLDER;

    static {
        try {
            final GeneratedBundle bundle = new GeneratedBundle(GeneratedShape.of(1));
            final List<PolicyDef> policies = new ArrayList<>();
            bundle.forEachPolicy(policies::add);
            TABLES = WorldTables.compile(bundle.registry(), policies, bundle.entitlementSets())
                    .withPrices(bundle.priceBooks());
            FOLDER = Files.createTempDirectory("tollgate-jcstress");
            Runtime.getRuntime().addShutdownHook(new Thread(TinyWorlds::remove));
            final List<ScopeDef> scopes = new ArrayList<>();
            bundle.forEachScope(scopes::add);
            final WorldWriterSettings settings = new WorldWriterSettings(FOLDER, scopes.size(), 1, 1, 1 << 16);
            try (WorldWriter writer =
                    WorldWriter.create(settings, TABLES, (scope, definedAt, ceiling) -> 32, RateWords.INLINER)) {
                for (final ScopeDef scope : scopes) {
                    writer.add(scope);
                }
                writer.finish();
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private TinyWorlds() {}

    private static void remove() {
        try {
            Folders.delete(FOLDER);
        } catch (final IOException e) {
            System.err.println("left behind: " + FOLDER + " (" + e + ")");
        }
    }

    /** {@return a world of this version; the files are the same for all} */
    static World open(final long version) {
        final WorldFacts facts = new WorldFacts("tiny", 1, version, "", 0, 0, 0, WorldFacts.PlaneBounds.none());
        try {
            return World.open(FOLDER, TABLES, facts, World.Check.HEADS);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
