/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.ScopeLevel;
import io.tollgate.core.world.def.CeilingDef;
import io.tollgate.core.world.def.ScopeDef;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory of {@code -Dtollgate.principals} (1 M) principals with three ceilings each. Prints what it took. */
@Tag("long")
class LargeWorldTest {
    private static final int PRINCIPALS = Integer.getInteger("tollgate.principals", 1_000_000);
    private static final int PER_ORGANIZATION = 100;
    private static final int PROBES = 200_000;
    private static final int MIB = 1 << 20;

    @TempDir
    Path directory;

    @Test
    void shouldHoldAMillionPrincipalsOffTheHeap() throws IOException {
        final WorldTables tables = WorldFixture.tables();
        final long usedBefore = usedHeap();
        final long start = System.nanoTime();
        final WorldFiles files = write(tables);
        final long written = System.nanoTime();
        final long usedByWriter = usedHeap() - usedBefore;
        try (World world = World.open(directory, tables, WorldFixture.facts(1), World.Check.EVERY_BYTE)) {
            final long opened = System.nanoTime();
            System.out.printf(
                    "%,d scopes, %,d MiB in %d files: written in %,d ms, opened and checked in %,d ms, heap +%d MiB%n",
                    files.scopes(),
                    files.sizeBytes() / MIB,
                    files.files().size(),
                    (written - start) / 1_000_000,
                    (opened - written) / 1_000_000,
                    usedByWriter / MIB);
            assertTrue(usedByWriter < 32L * MIB, "heap grew by " + usedByWriter);
            assertTrue(usedHeap() - usedBefore < 32L * MIB, "heap of an open world");
            probe(world);
        }
    }

    private WorldFiles write(final WorldTables tables) throws IOException {
        final long[] cell = new long[1];
        try (WorldWriter writer = WorldWriter.create(
                new WorldWriterSettings(directory, PRINCIPALS, 1, 2),
                tables,
                (scope, at, ceiling) -> cell[0]++,
                WorldFixture::inlineRate)) {
            writer.add(WorldFixture.global(each(WorldFixture.gauge("jobs", 7))));
            writer.add(WorldFixture.plan("pro", each(WorldFixture.rate("tpm", 600, 60))));
            for (int i = 0; i < PRINCIPALS; i++) {
                final String organization = "org-" + i / PER_ORGANIZATION;
                if (i % PER_ORGANIZATION == 0) {
                    writer.add(WorldFixture.organization(organization, "pro", WorldFixture.monthly("all", i)));
                }
                writer.add(principal(organization, i));
            }
            return writer.finish();
        }
    }

    private static CeilingDef each(final CeilingDef shared) {
        return WorldFixture.each(ScopeLevel.PRINCIPAL, shared);
    }

    private static ScopeDef principal(final String organization, final int i) {
        return WorldFixture.principal(
                organization, "user", "principal-" + i, List.of("role-" + i % 50), WorldFixture.monthly("own", i));
    }

    private static void probe(final World world) {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        for (int probe = 0; probe < PROBES; probe++) {
            final int i = random.nextInt(PRINCIPALS);
            final long organization = WorldFixture.organization(world, "org-" + i / PER_ORGANIZATION);
            final ScopeRow row = WorldFixture.row(
                    world, WorldFixture.findPrincipal(world, organization, WorldFixture.USER, "principal-" + i));
            final List<CeilingRow> ceilings = WorldFixture.ceilings(world, row);
            assertEquals(i, ceilings.get(0).limit(), "seed " + seed);
            assertEquals(3, ceilings.size(), "seed " + seed);
            assertEquals(world.globalRow(), ceilings.get(1).definedAtRow(), "seed " + seed);
            assertEquals(
                    World.NOT_FOUND,
                    WorldFixture.findPrincipal(world, organization, WorldFixture.USER, "nobody-" + i),
                    "seed " + seed);
        }
    }

    private static long usedHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
