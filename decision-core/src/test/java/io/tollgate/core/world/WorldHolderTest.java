/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.core.world;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorldHolderTest {
    private static final int VERSIONS = 8;
    private static final int READERS = 3;
    private static final int SWAPS = 3_000;
    private static final int PRINCIPALS = 20;

    @TempDir
    Path directory;

    private final WorldTables tables = WorldFixture.tables();

    /** Writes a world in which every number is its version. */
    private Path write(final int version) throws IOException {
        final Path where = Files.createDirectory(directory.resolve("v" + version));
        try (WorldWriter writer = WorldFixture.writer(where, tables, (scope, at, ceiling) -> version)) {
            writer.add(WorldFixture.global(WorldFixture.monthly("m", version)));
            writer.add(WorldFixture.organization("acme", null, WorldFixture.monthly("m", version)));
            for (int i = 0; i < PRINCIPALS; i++) {
                writer.add(WorldFixture.principal(
                        "acme", "user", "p" + i, List.of(), WorldFixture.rate("r", 60 + version, 1 + version)));
            }
            writer.finish();
        }
        return where;
    }

    private World open(final Path where, final int version) throws IOException {
        return World.open(where, tables, WorldFixture.facts(version), World.Check.HEADS);
    }

    @Test
    void shouldGiveNothingBeforeTheFirstActivationAndAfterClosing() throws IOException {
        final WorldHolder holder = new WorldHolder(1);
        assertNull(holder.pin(0));
        final World world = open(write(1), 1);
        holder.activate(world);
        assertSame(world, holder.pin(0));
        holder.release(0);
        holder.close();
        assertNull(holder.pin(0));
        assertTrue(world.closed());
    }

    @Test
    void shouldCloseARetiredWorldOnlyAfterItsLastReaderLeft() throws IOException {
        final Path where = write(1);
        final WorldHolder holder = new WorldHolder(3);
        final World first = open(where, 1);
        final World second = open(where, 2);
        holder.activate(first);
        assertSame(first, holder.pin(0));
        assertSame(first, holder.pin(2));
        holder.activate(second);
        assertSame(second, holder.pin(1));
        assertEquals(0, holder.reclaim());
        holder.release(0);
        assertEquals(0, holder.reclaim());
        assertFalse(first.closed());
        assertEquals(1, holder.retiredCount());
        holder.release(2);
        assertEquals(1, holder.reclaim());
        assertTrue(first.closed());
        assertFalse(second.closed());
        holder.close();
        assertFalse(second.closed(), "worker 1 still reads it");
        holder.release(1);
        holder.reclaim();
        assertTrue(second.closed());
        assertEquals(0, holder.retiredCount());
    }

    @Test
    void shouldCloseANewerRetiredWorldWhileAnOlderIsStillRead() throws IOException {
        final Path where = write(1);
        final WorldHolder holder = new WorldHolder(1);
        final World first = open(where, 1);
        final World second = open(where, 2);
        final World third = open(where, 3);
        holder.activate(first);
        holder.pin(0);
        holder.activate(second);
        holder.activate(third);
        assertEquals(1, holder.reclaim());
        assertFalse(first.closed());
        assertTrue(second.closed());
        holder.release(0);
        holder.close();
        assertTrue(first.closed());
    }

    @Test
    void shouldRefuseToActivateAWorldTwiceOrAfterItWasClosed() throws IOException {
        final WorldHolder holder = new WorldHolder(1);
        final World world = open(write(1), 1);
        holder.activate(world);
        assertThrows(IllegalArgumentException.class, () -> holder.activate(world));
        holder.close();
        assertThrows(IllegalArgumentException.class, () -> holder.activate(world));
    }

    @Test
    void shouldNeverShowTwoVersionsOrAClosedWorldWhileSwapping() throws Exception {
        final List<Path> versions = new ArrayList<>();
        for (int version = 0; version < VERSIONS; version++) {
            versions.add(write(version));
        }
        final WorldHolder holder = new WorldHolder(READERS);
        final AtomicReference<Throwable> failure = new AtomicReference<>();
        final AtomicBoolean running = new AtomicBoolean(true);
        final long[] reads = new long[READERS * 16];
        final List<Thread> readers = new ArrayList<>();
        holder.activate(open(versions.get(0), 0));
        for (int worker = 0; worker < READERS; worker++) {
            final int self = worker;
            final Thread reader = new Thread(() -> read(holder, self, running, failure, reads), "reader-" + worker);
            readers.add(reader);
            reader.start();
        }
        int closed = 0;
        for (int swap = 1; swap <= SWAPS && failure.get() == null; swap++) {
            final int version = swap % VERSIONS;
            holder.activate(open(versions.get(version), version));
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
        assertEquals(SWAPS, closed);
        assertEquals(0, holder.retiredCount());
        holder.close();
        assertEquals(0, WorldFilesTest.mappings(directory), "everything must be unmapped");
        for (int worker = 0; worker < READERS; worker++) {
            assertTrue(reads[worker * 16] > 0, "reader " + worker + " must have read");
        }
    }

    private static void read(
            final WorldHolder holder,
            final int worker,
            final AtomicBoolean running,
            final AtomicReference<Throwable> failure,
            final long[] reads) {
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
        final long version = world.facts().version();
        ceiling.first(world, row.wrap(world, world.globalRow()));
        assertEquals(version, ceiling.limit());
        final long organization = WorldFixture.organization(world, "acme");
        ceiling.first(world, row.wrap(world, organization));
        assertEquals(version, ceiling.limit());
        assertEquals(version, ceiling.cellRef());
        for (int i = 0; i < PRINCIPALS; i++) {
            final long principal = WorldFixture.findPrincipal(world, organization, WorldFixture.USER, "p" + i);
            ceiling.first(world, row.wrap(world, principal));
            assertEquals(1 + version, ceiling.burst());
            assertEquals(60 + version, ceiling.rate(0));
        }
    }
}
