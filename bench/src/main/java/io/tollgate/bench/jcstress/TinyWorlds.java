/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.jcstress;

import io.tollgate.bench.world.Folders;
import io.tollgate.core.ScopeLevel;
import io.tollgate.core.engine.RateWords;
import io.tollgate.core.world.CellBinder;
import io.tollgate.core.world.NotPatchableException;
import io.tollgate.core.world.World;
import io.tollgate.core.world.WorldFacts;
import io.tollgate.core.world.WorldPatch;
import io.tollgate.core.world.WorldTables;
import io.tollgate.core.world.WorldWriter;
import io.tollgate.core.world.WorldWriterSettings;
import io.tollgate.core.world.def.CeilingDef;
import io.tollgate.core.world.def.PolicyDef;
import io.tollgate.core.world.def.ScopeDef;
import io.tollgate.examples.generator.GeneratedBundle;
import io.tollgate.examples.generator.GeneratedShape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One principal's world on disk, written once per process and opened as often as wanted. */
final class TinyWorlds {
    private static final WorldTables TABLES;
    private static final Path FOLDER;
    private static final ScopeDef CHANGED;
    private static final byte[] CHANGED_ID;
    private static final CellBinder CELLS = new CellBinder() {
        @Override
        public long bind(final String scopePath, final String definedAtPath, final CeilingDef ceiling) {
            return 32;
        }

        @Override
        public long bindWallet(final String scopePath, final String walletId, final String currency) {
            return 64;
        }
    };

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
            CHANGED = scopes.stream()
                    .filter(scope -> scope.level() == ScopeLevel.ORGANIZATION)
                    .findFirst()
                    .orElseThrow();
            CHANGED_ID = CHANGED.id().getBytes(StandardCharsets.UTF_8);
            final WorldWriterSettings settings = new WorldWriterSettings(FOLDER, scopes.size(), 1, 1, 1 << 16);
            try (WorldWriter writer = WorldWriter.create(settings, TABLES, CELLS, RateWords.INLINER)) {
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

    /** {@return a world made from another: its organization expires at the instant of its version} */
    static World patched(final World base, final long version) {
        final ScopeDef expiring = new ScopeDef(
                CHANGED.level(),
                CHANGED.path(),
                CHANGED.id(),
                CHANGED.displayName(),
                CHANGED.state(),
                version,
                CHANGED.parentPath(),
                CHANGED.actor(),
                CHANGED.holdings());
        final WorldFacts facts = new WorldFacts("tiny", 1, version, "", 0, 0, 0, WorldFacts.PlaneBounds.none());
        try (WorldPatch patch = WorldPatch.begin(base, TABLES, facts, CELLS, RateWords.INLINER)) {
            patch.put(expiring);
            return patch.finish();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        } catch (final NotPatchableException e) {
            throw new IllegalStateException(e);
        }
    }

    /** {@return the row of the organization that patches change} */
    static long changedRow(final World world) {
        return world.find(ScopeLevel.ORGANIZATION, World.NO_ROW, CHANGED_ID, 0, CHANGED_ID.length);
    }
}
