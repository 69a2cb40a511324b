/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tollgate.core.world.def.ScopeDef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Patches become active under running readers, and now and then a whole world does. In the world of number n every number is n, so a
 * reader that met rows of two worlds would see it, and one that met freed memory would fail.
 */
class WorldPatchSwapTest {
    private static final int READERS = 4;
    private static final int ROUNDS = 12;
    private static final int PATCHES = 120;
    private static final int PRINCIPALS = 15;

    @TempDir
    Path directory;

    private final WorldTables tables = WorldFixture.tables();
    private final AtomicBoolean running = new AtomicBoolean(true);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final long[] reads = new long[READERS * 16];

    private static List<ScopeDef> scopes(final long number) {
        final List<ScopeDef> scopes = new ArrayList<>();
        scopes.add(WorldFixture.global(WorldFixture.monthly("m", number)));
        scopes.add(WorldFixture.organization("acme", null, WorldFixture.monthly("m", number)));
        for (int i = 0; i < PRINCIPALS; i++) {
            scopes.add(WorldFixture.principal(
                    "acme",
                    "user",
                    "p" + i,
                    List.of("r" + number % 50),
                    WorldFixture.rate("r", 60 + number, 1 + number)));
        }
        return scopes;
    }

    /** Comes with even numbers and goes with odd ones. */
    private static ScopeDef visitor(final long number) {
        return WorldFixture.principal("acme", "service", "visitor", List.of(), WorldFixture.rate("r", 60, 1 + number));
    }

    private World write(final long number) throws IOException {
        final Path where = Files.createDirectory(directory.resolve("v" + number));
        try (WorldWriter writer = WorldFixture.writer(where, tables, (scope, at, ceiling) -> 7)) {
            for (final ScopeDef scope : scopes(number)) {
                writer.add(scope);
            }
            if (number % 2 == 0) {
                writer.add(visitor(number));
            }
            writer.finish();
        }
        return World.open(where, tables, WorldFixture.facts(number), World.Check.HEADS);
    }

    private World patch(final World base, final long number) throws IOException, NotPatchableException {
        try (WorldPatch patch = WorldPatch.begin(
                base, tables, WorldFixture.facts(number), (scope, at, ceiling) -> 7, WorldFixture::inlineRate)) {
            for (final ScopeDef scope : scopes(number)) {
                patch.put(scope);
            }
            if (number % 2 == 0) {
                patch.put(visitor(number));
            } else {
                patch.remove(visitor(number).path());
            }
            return patch.finish();
        }
    }

    @Test
    void shouldNeverShowTwoWorldsOrFreedMemoryWhilePatchesBecomeActive() throws Exception {
        final WorldHolder holder = new WorldHolder(READERS);
        final List<Thread> readers = new ArrayList<>();
        long number = 0;
        World current = write(number);
        holder.activate(current);
        for (int worker = 0; worker < READERS; worker++) {
            final int self = worker;
            final Thread reader = new Thread(() -> read(holder, self), "reader-" + worker);
            readers.add(reader);
            reader.start();
        }
        int closed = 0;
        final List<World> lines = new ArrayList<>();
        for (int round = 0; round < ROUNDS && failure.get() == null; round++) {
            for (int i = 0; i < PATCHES && failure.get() == null; i++) {
                current = patch(current, ++number);
                holder.activate(current);
                closed += holder.reclaim();
            }
            lines.add(current);
            number += 2;
            current = write(number);
            holder.activate(current);
            closed += holder.reclaim();
        }
        running.set(false);
        for (final Thread reader : readers) {
            reader.join();
        }
        if (failure.get() != null) {
            throw new AssertionError("a reader failed", failure.get());
        }
        closed += holder.reclaim();
        assertEquals(ROUNDS * (PATCHES + 1), closed);
        for (final World line : lines) {
            assertEquals(0, line.memory().space().bytes(), "overlay memory of retired worlds must be freed");
        }
        holder.close();
        assertTrue(current.closed());
        assertEquals(0, WorldFilesTest.mappings(directory), "everything must be unmapped");
        for (int worker = 0; worker < READERS; worker++) {
            assertTrue(reads[worker * 16] > 0, "reader " + worker + " must have read");
        }
    }

    private void read(final WorldHolder holder, final int worker) {
        final ScopeRow row = new ScopeRow();
        final CeilingRow ceiling = new CeilingRow();
        try {
            while (running.get() || reads[worker * 16] == 0) {
                final World world = holder.pin(worker);
                assertNotNull(world);
                verify(world, row, ceiling);
                assertFalse(world.closed(), "closed while pinned");
                holder.release(worker);
                reads[worker * 16]++;
            }
        } catch (final Throwable ex) { // handed to the test's thread
            failure.compareAndSet(null, ex);
        }
    }

    private static void verify(final World world, final ScopeRow row, final CeilingRow ceiling) {
        final long number = world.facts().version();
        assertEquals(
                number, ceiling.first(world, row.wrap(world, world.globalRow())).limit());
        final long acme = WorldFixture.organization(world, "acme");
        assertEquals(number, ceiling.first(world, row.wrap(world, acme)).limit());
        for (int i = 0; i < PRINCIPALS; i++) {
            final long principal = WorldFixture.findPrincipal(world, acme, WorldFixture.USER, "p" + i);
            assertEquals(
                    1 + number, ceiling.first(world, row.wrap(world, principal)).burst());
            assertEquals(60 + number, ceiling.rate(0));
            final int roles = row.roleSetId();
            assertEquals("r" + number % 50, world.roles().name(world.roleSets().member(roles, 0)));
        }
        final long visitor = WorldFixture.findPrincipal(world, acme, WorldFixture.SERVICE, "visitor");
        assertEquals(number % 2 == 0, visitor != World.NOT_FOUND);
        if (visitor != World.NOT_FOUND) {
            assertEquals(
                    1 + number, ceiling.first(world, row.wrap(world, visitor)).burst());
        }
    }
}
